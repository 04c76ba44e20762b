"""A new 底稿 for a unit: what it starts with when nothing of last year is taken over."""

from __future__ import annotations

from pathlib import Path

from workbook.companion.model import Companion, SubordinateUnit, Term, UnitInfo
from workbook.entries import Entry
from workbook.pack.catalogue import read_records
from workbook.pack.loading import Pack


def glossary_of(pack: Pack) -> tuple[Term, ...]:
    """The pack's standard glossary (``glossary.csv``); none when the pack has no such file.

    Raises :class:`~workbook.errors.PackError` when the file is broken.
    """
    path = pack.folder / "glossary.csv"
    if not path.exists():
        return ()
    return tuple(Term(Entry.of(r["术语"]), Entry.of(r["解释"])) for _, r in read_records(path, ("术语", "解释")))


def blank_companion(path: Path, unit: str, year: int, pack: Pack, *, nature: str = "") -> Companion:
    """A 底稿 for *unit* and *year* with nothing filled in but what is known: names, the unit itself, the glossary."""
    return Companion(
        path=path,
        info=UnitInfo(name=Entry.of(unit), nature=Entry.of(nature), year=Entry.of(year)),
        units=(SubordinateUnit(Entry.of(unit), Entry.of(nature), "1"),),
        glossary=glossary_of(pack),
    )
