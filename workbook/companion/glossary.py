"""The pack's standard glossary (名词解释), with which a 底稿 starts."""

from __future__ import annotations

from workbook.companion.model import Term
from workbook.entries import Entry
from workbook.pack.catalogue import read_records
from workbook.pack.loading import Pack


def glossary_of(pack: Pack) -> tuple[Term, ...]:
    """The pack's ``glossary.csv``; none when the pack has no such file.

    Raises :class:`~workbook.errors.PackError` when the file is broken.
    """
    path = pack.folder / "glossary.csv"
    if not path.exists():
        return ()
    return tuple(Term(Entry.of(r["术语"]), Entry.of(r["解释"])) for _, r in read_records(path, ("术语", "解释")))
