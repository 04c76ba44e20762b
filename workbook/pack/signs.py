"""What the tables of a form are known by: titles, codes and labels, as ``sheets.toml`` has them and nothing more of the pack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from workbook.pack.layout import normalise
from workbook.pack.records import Record
from workbook.pack.sheets import years_of
from workbook.values import dataclass

_OF_ALL = frozenset({"数", "合计", "小计", "总计", "金额", "决算数"})
"""Labels that say nothing about a table."""
_LONGER = 24
"""So many characters may stand around a title."""


@dataclass(frozen=True, eq=False)
class TableText:
    """What a table of a workbook or of a report says of itself, as written."""

    top: Sequence[str]
    """Its first texts, title and code among them, and the names of its sheet and file."""
    texts: Iterable[str]
    """All texts that may be headers or labels; looked at once, and only when titles do not decide."""

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The first texts, normalised."""
        return tuple(normalise(text) for text in self.top)

    @cached_property
    def labels(self) -> frozenset[str]:
        """All texts, normalised."""
        return frozenset(normalise(text) for text in self.texts)


class SheetSigns(NamedTuple):
    """What a sheet of a form is known by, normalised."""

    head: str
    """Its code without the number: ``公开``."""
    number: int
    """0: its code ends in none."""
    titles: tuple[str, ...]
    """The official one first."""
    labels: tuple[frozenset[str], ...]
    """Its headers and labels, each in all its spellings."""


@dataclass(frozen=True, eq=False)
class PackSigns:
    """What the tables of a pack are known by."""

    folder: Path
    name: str
    title: str
    years: tuple[int, int]
    """First and last year that it serves."""
    sheets: tuple[SheetSigns, ...]

    @cached_property
    def titles(self) -> tuple[tuple[str, int], ...]:
        """Every title with the place of its sheet in the form, the longest first: some titles are in others."""
        titles = [(title, n) for n, sheet in enumerate(self.sheets) for title in sheet.titles]
        return tuple(sorted(titles, key=lambda pair: -len(pair[0])))

    @cached_property
    def mark(self) -> re.Pattern[str]:
        """A code of the form as printed on its sheets."""
        heads = sorted({re.escape(sheet.head) for sheet in self.sheets}, key=len, reverse=True)
        return re.compile(rf"({'|'.join(heads)})0?(\d{{1,2}})表?")

    def sheet_of(self, text: str) -> tuple[int, str] | None:
        """Place of the sheet whose title is in the normalised *text*, and that title."""
        fits = ((n, t) for t, n in self.titles if t in text and len(text) <= len(t) + _LONGER and "《" not in text)
        return next(fits, None)


def signs_in(folder: Path) -> PackSigns:
    """What the pack in *folder* is known by.  Raises :class:`~workbook.errors.PackError`."""
    file = Record.read(folder / "sheets.toml")
    try:
        sheets = tuple(_sheet(record) for record in file.data["sheet"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise file.error(f"表样的写法不对（{error}）") from error
    return PackSigns(folder, file.needed("pack"), file.needed("name"), years_of(file), sheets)


def _sheet(record: Mapping[str, Any]) -> SheetSigns:
    panels = record.get("panel", ())
    columns = [*record.get("columns", ()), *(column for panel in panels for column in panel["columns"])]
    rows = [*record.get("rows", ()), *(row for panel in panels for row in panel["rows"])]
    spellings = [[row[2], *row[3:]] for row in rows]
    for _, (official, *others), _ in columns:
        *above, last = official.split("/")
        spellings += [*([part] for part in above), [last, *(path.rpartition("/")[2] for path in others)]]
    labels = dict.fromkeys(frozenset(map(normalise, each)) - _OF_ALL for each in spellings if normalise(each[0]) not in _OF_ALL)
    code = record["code"]
    head = code.rstrip("0123456789")
    return SheetSigns(head, int(code[len(head) :] or 0), tuple(map(normalise, record["titles"])), tuple(labels))
