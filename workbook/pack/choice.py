"""Which pack a workbook, or a report, is of: the titles, codes, order and labels of its tables against each pack's.

Packs are not loaded to be chosen from: only what their tables are known by is looked at, as ``sheets.toml`` has it.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from workbook.errors import PackError
from workbook.pack.layout import normalise
from workbook.pack.loading import DEFAULT_PACK, STORE, TEMPLATES, available_packs
from workbook.pack.records import Record
from workbook.pack.sheets import years_of
from workbook.values import dataclass

_OF_ALL = frozenset({"数", "合计", "小计", "总计", "金额", "决算数"})
"""Labels that say nothing about a table."""
_LONGER = 24
"""So many characters may stand around a title."""
_TITLE, _OFFICIAL, _MARK, _ORDER, _YEAR = 10.0, 1.0, 2.0, 0.5, 1.0
"""What counts: a table found by its title (by its labels: their share of that); the title being the official one; its
code; its place; the year."""
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
    def common(self) -> str:
        """A character that all titles have, such as 表; empty where they have none.  Most texts have it not."""
        return min(set[str].intersection(*(set(title) for title, _ in self.titles)), default="") if self.titles else ""

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
        raise file.error("表样的写法不对，用 --pack 指定这个模板包，可以看到是哪一处") from error
    return PackSigns(folder, file.needed("pack"), file.needed("name"), years_of(file), sheets)


def _sheet(record: Mapping[str, Any]) -> SheetSigns:
    panels = record.get("panel", ())
    columns = [*record.get("columns", ()), *(column for panel in panels for column in panel["columns"])]
    rows = [*record.get("rows", ()), *(row for panel in panels for row in panel["rows"])]
    spellings = [[row[2], *row[3:]] for row in rows]
    for _, (official, *others), *_ in columns:
        *above, last = official.split("/")
        spellings += [*([part] for part in above), [last, *(path.rpartition("/")[2] for path in others)]]
    labels = dict.fromkeys(frozenset(map(normalise, each)) - _OF_ALL for each in spellings if normalise(each[0]) not in _OF_ALL)
    code = record["code"]
    head = code.rstrip("0123456789")
    return SheetSigns(head, int(code[len(head) :] or 0), tuple(map(normalise, record["titles"])), tuple(labels))


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
    found = {pack: _places(pack, tables) for pack in all_signs(user_packs)}
    points = {
        pack: _points(pack, places, year) + (_HEADINGS * headings(pack) if headings else 0.0) for pack, places in found.items()}
    if max(points.values(), default=0.0) <= 0.0:
        return Choice(TEMPLATES / DEFAULT_PACK, BY_DEFAULT)
    close = _leading(points, _CLEAR)
    if len(close) > 1:
        labels = {pack: sum(_share(pack.sheets[place], table) for place, (_, table) in found[pack].items()) for pack in close}
        close = _leading({pack: points[pack] + _LABELS * labels[pack] for pack in close}, _ALIKE)
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
    return (*_built_in(), *(signs for signs in _own_ones(user_packs) if isinstance(signs, PackSigns)))


def unreadable(user_packs: Path | None) -> tuple[PackError, ...]:
    """What is wrong with the user's own packs that are not among them."""
    return tuple(error for error in _own_ones(user_packs) if isinstance(error, PackError))


def _own_ones(user_packs: Path | None) -> list[PackSigns | PackError]:
    return [
        _own(path.parent, path.stat().st_mtime_ns)
        for path in sorted(user_packs.glob("*/sheets.toml") if user_packs is not None else ())]


def _leading(points: dict[PackSigns, float], within: float) -> list[PackSigns]:
    first = max(points.values())
    return [pack for pack, score in points.items() if score > first - within]


def _places(pack: PackSigns, tables: Sequence[TableText]) -> dict[int, tuple[float, TableText]]:
    """Place of a sheet in the form → what its best table counts, and that table; in the order of the tables."""
    found: dict[int, tuple[float, TableText]] = {}
    for table in tables:
        hits = [hit for text in table.heads if pack.common in text and (hit := pack.sheet_of(text)) is not None]
        if len({n for n, _ in hits}) >= _CONTENTS:
            continue
        if hits:
            place, title = hits[0]
            points = _TITLE + _OFFICIAL * (title == pack.sheets[place].titles[0] and title in table.heads)
        else:
            shares = [_share(sheet, table) for sheet in pack.sheets]
            place = max(
                range(len(shares)), key=lambda n: (shares[n], _mark_points(pack, pack.sheets[n], table), n not in found))
            if shares[place] < _KNOWN:
                continue
            points = _TITLE * shares[place]
        points += _mark_points(pack, pack.sheets[place], table)
        if place not in found or points > found[place][0]:
            found[place] = points, table
    return found


def _points(pack: PackSigns, found: Mapping[int, tuple[float, TableText]], year: int | None) -> float:
    """How well a pack fits the tables that were *found* to be its sheets."""
    if not found:
        return 0.0
    missing, followed = len(pack.sheets) - len(found), sum(b == a + 1 for a, b in pairwise(found))
    serves = year is None or pack.years[0] <= year <= pack.years[1]
    counted = sum(points for points, _ in found.values()) + _ORDER * followed + _YEAR * serves
    return counted - _MISSING * missing * (missing < len(found))


def _share(sheet: SheetSigns, table: TableText) -> float:
    """How many of the sheet's labels are in the table, 0 to 1."""
    found = sum(not label.isdisjoint(table.labels) for label in sheet.labels)
    return found / len(sheet.labels) if sheet.labels else 0.0


def _mark_points(pack: PackSigns, sheet: SheetSigns, table: TableText) -> float:
    """For the code printed on a table: the one of its sheet, or another."""
    mark = next(filter(None, map(pack.mark.fullmatch, table.heads)), None)
    if mark is None:
        return 0.0
    return _MARK if (mark[1], int(mark[2])) == (sheet.head, sheet.number) else -_MARK


@lru_cache(maxsize=1)
def _built_in() -> tuple[PackSigns, ...]:
    """What the tables of the built-in packs are known by, compiled like the packs themselves."""
    data = STORE.fetch(_tables()) or compiled_signs()[1]
    kept: tuple[PackSigns, ...] = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
    return tuple(replace(signs, folder=TEMPLATES / signs.folder) for signs in kept)


def compiled_signs() -> tuple[bytes, bytes]:
    """All that the built-in packs say of their tables, and what is made of it."""
    signs = (replace(signs_in(folder), folder=Path(folder.name)) for folder in available_packs())
    return _tables(), pickle.dumps(tuple(signs), protocol=pickle.HIGHEST_PROTOCOL)


def _tables() -> bytes:
    return b"\0".join(folder.name.encode() + (folder / "sheets.toml").read_bytes() for folder in available_packs())


@lru_cache(maxsize=64)
def _own(folder: Path, _changed: int) -> PackSigns | PackError:
    try:
        return signs_in(folder)
    except PackError as error:
        return error
