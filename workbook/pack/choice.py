"""Which pack a workbook, or a report, is of: the titles, codes, order and labels of its tables against each pack's.

Packs are not loaded to be chosen from: only what their tables are known by (:mod:`workbook.pack.signs`) is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.compiled import built_in_signs
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES
from workbook.pack.signs import PackSigns, SheetSigns, TableText, signs_in
from workbook.values import dataclass

_TITLE, _OFFICIAL, _MARK, _ORDER, _YEAR = 10.0, 1.0, 2.0, 0.5, 1.0
"""What counts: a table found by its title (by its labels: their share of that); the title being the official one; its code; its place; the year."""
_MISSING = 4.0
"""What a table of the form counts that is not there, where more than half of them are."""
_LABELS, _HEADINGS = 3.0, 20.0
"""What all labels of a table count, and all headings of a report."""
_CLEAR = 6.0
"""A lead that no labels make up for."""
_ALIKE = 0.01
_KNOWN = 0.6
"""So many of its labels tell a table that has no title."""
_CONTENTS = 3
"""A table that holds so many titles lists them."""
BY_TABLES, BY_NAME, BY_REPORT, BY_COMPANION, BY_DEFAULT = "按表样选用", "指定", "与报告相同", "与底稿相同", "默认"
"""How a pack came to be the one in use, as people read it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The pack that is used, and how it came to be."""

    folder: Path
    how: str = BY_NAME
    rivals: tuple[Path, ...] = ()
    """Folders of others that fit as well."""


HeadingsOf = Callable[[PackSigns], float]
"""How much of a pack's section headings a report has, 0 to 1."""


def choose(
    tables: Sequence[TableText], year: int | None = None, user_packs: Path | None = None, headings: HeadingsOf | None = None
) -> Choice:
    """The pack that fits best; of several that fit alike the default one, else the first; the default where none does."""
    scores = {pack: _Fit(pack, tables, year) for pack in all_signs(user_packs)}
    points = {pack: fit.points + (_HEADINGS * headings(pack) if headings else 0.0) for pack, fit in scores.items()}
    if max(points.values(), default=0.0) <= 0.0:
        return Choice(TEMPLATES / DEFAULT_PACK, BY_DEFAULT)
    close = _leading(points, _CLEAR)
    if len(close) > 1:
        close = _leading({pack: points[pack] + scores[pack].labels for pack in close}, _ALIKE)
    best = next((pack for pack in close if pack.folder == TEMPLATES / DEFAULT_PACK), close[0])
    return Choice(best.folder, BY_TABLES, tuple(pack.folder for pack in close if pack is not best))


def key_of(folder: Path) -> str:
    """What ``--pack`` may say for the pack in *folder*: a built-in one's name, else the folder."""
    return folder.name if folder.parent == TEMPLATES else str(folder)


def folder_named(name: str, user_packs: Path | None = None) -> Path | None:
    """The folder of the pack that calls itself *name*, as reports carry it."""
    return next((signs.folder for signs in all_signs(user_packs) if signs.name == name), None)


def all_signs(user_packs: Path | None = None) -> tuple[PackSigns, ...]:
    """What every pack is known by, the built-in ones first; a user's own that cannot be read is not among them."""
    if user_packs is None or not user_packs.is_dir():
        return _built_in()
    own = (path.parent for path in sorted(user_packs.glob("*/sheets.toml")))
    return (*_built_in(), *(signs for folder in own if (signs := _own(folder, _changed(folder))) is not None))


def _leading(points: dict[PackSigns, float], within: float) -> list[PackSigns]:
    first = max(points.values())
    return [pack for pack, score in points.items() if score > first - within]


class _Fit:
    """How well a pack fits some tables."""

    def __init__(self, pack: PackSigns, tables: Sequence[TableText], year: int | None) -> None:
        self._found: dict[int, tuple[float, TableText]] = {}
        """Place of a sheet in the form → what its best table counts, and that table; in the order of the tables."""
        self._sheets = pack.sheets
        for table in tables:
            self._place(pack, table)
        self.points = self._points(pack, year) if self._found else 0.0

    def _place(self, pack: PackSigns, table: TableText) -> None:
        hits = [hit for text in table.heads if (hit := pack.sheet_of(text)) is not None]
        if len({n for n, _ in hits}) >= _CONTENTS:
            return
        if hits:
            place, title = hits[0]
            points = _TITLE + _OFFICIAL * (title == pack.sheets[place].titles[0] and title in table.heads)
        else:
            shares = [_share(sheet, table) for sheet in pack.sheets]
            place = max(range(len(shares)), key=lambda n: (shares[n], _mark_points(pack, pack.sheets[n], table), n not in self._found))
            if shares[place] < _KNOWN:
                return
            points = _TITLE * shares[place]
        points += _mark_points(pack, pack.sheets[place], table)
        if place not in self._found or points > self._found[place][0]:
            self._found[place] = points, table

    def _points(self, pack: PackSigns, year: int | None) -> float:
        places, missing = list(self._found), len(pack.sheets) - len(self._found)
        followed = sum(b == a + 1 for a, b in pairwise(places))
        serves = year is None or pack.years[0] <= year <= pack.years[1]
        counted = sum(points for points, _ in self._found.values()) + _ORDER * followed + _YEAR * serves
        return counted - _MISSING * missing * (missing < len(places))

    @property
    def labels(self) -> float:
        """What the labels count."""
        return sum(_LABELS * _share(self._sheets[place], table) for place, (_, table) in self._found.items())


def _share(sheet: SheetSigns, table: TableText) -> float:
    """How many of the sheet's labels are in the table, 0 to 1."""
    found = sum(not label.isdisjoint(table.labels) for label in sheet.labels)
    return found / len(sheet.labels) if sheet.labels else 0.0


def _mark_points(pack: PackSigns, sheet: SheetSigns, table: TableText) -> float:
    """For the code printed on a table: the one of its sheet, or another."""
    mark = next((match for text in table.heads if (match := pack.mark.fullmatch(text)) is not None), None)
    if mark is None:
        return 0.0
    return _MARK if (mark[1], int(mark[2])) == (sheet.head, sheet.number) else -_MARK


@lru_cache(maxsize=1)
def _built_in() -> tuple[PackSigns, ...]:
    return built_in_signs()


@lru_cache(maxsize=64)
def _own(folder: Path, _changed: int) -> PackSigns | None:
    try:
        return signs_in(folder)
    except PackError:
        return None


def _changed(folder: Path) -> int:
    return (folder / "sheets.toml").stat().st_mtime_ns
