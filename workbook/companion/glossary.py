"""The pack's standard glossary (名词解释), with which a 底稿 starts."""

from __future__ import annotations

from workbook.companion.model import Term
from workbook.entries import Entry
from workbook.pack.loading import Pack
from workbook.pack.records import read_csv


def glossary_of(pack: Pack) -> tuple[Term, ...]:
    """The pack's ``glossary.csv``; none when the pack has no such file.

    Raises :class:`~workbook.errors.PackError` when the file is broken.
    """
    path = pack.folder / "glossary.csv"
    if not path.exists():
        return ()
    return read_csv(path, ("术语", "解释"), lambda record, _: Term(Entry.of(record["术语"]), Entry.of(record["解释"])))
