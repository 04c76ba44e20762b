"""Reading ``sheets.toml`` and the code catalogues that it names; a broken record fails here, with file, line and cause."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from workbook.numerals import chinese_numeral
from workbook.pack.formula import PRIOR, is_of_companion
from workbook.pack.layout import MONEY, Column, Panel, Printed, Row, SheetKind, SheetLayout, Sum
from workbook.pack.records import Record, read_csv
from workbook.values import dataclass

_T = TypeVar("_T")
_CODE = re.compile(r"\w+")
_ANY_YEAR = "{年度}"
"""Stands for the year in the name of a catalogue."""
_WRITTEN = {
    "columns": '["编号", ["表头", "别名"…], 宽度]，之后可以写 count_units 中的单位或“金额”',
    "rows": '["编号", 行次, "文字", "别名"…]',
    "row_headers": '["编号", ["文字", "别名"…]]',
    **dict.fromkeys(("sums", "column_sums"), '["合计的编号", ["相加的编号"…]]'),
}
CLASS_DIGITS, LEVEL_DIGITS = 3, 2
"""Digits of a 类, and of each level below it (政府收支分类科目: 类 3, 款 5, 项 7)."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A code that was renamed or moved: what an older workbook may still use."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    remark: str


@dataclass(frozen=True)
class Catalogue:
    """Names by code, plus the older codes and names that stand for them."""

    names: dict[str, str]
    aliases: tuple[Alias, ...]

    @cached_property
    def successors(self) -> dict[str, Alias]:
        """Older code → the alias that moves it to a new one."""
        return {a.old_code: a for a in reversed(self.aliases) if a.new_code != a.old_code}

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How many digits its codes have, shortest first."""
        return tuple(sorted({len(code) for code in self.names}))

    def name(self, code: str) -> str | None:
        """The official name of *code*, or ``None`` when the catalogue has no such code."""
        return self.names.get(code)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes one level below *code* (two digits longer), in order."""
        size = len(code) + LEVEL_DIGITS
        return tuple(c for c in self.names if len(c) == size and c.startswith(code))


class FormReader:
    """Reads the file: the form's years and catalogues at once."""

    def __init__(self, path: Path, built_in: Path, year: int | None = None) -> None:
        """*built_in* is the folder of the catalogues that come with the program; those of *year* are wanted."""
        self.file = file = Record.read(path)
        self.name, self.title, self.years = file.needed("pack"), file.needed("name"), years_of(file)
        functional, economic = file.needed("functional_catalogue"), file.needed("economic_catalogue")
        folders = (path.parent, path.parents[1] / "catalogues", built_in)
        self.catalogue_years = _years_of_files(functional, folders)
        self.catalogue_year = _nearest(self.catalogue_years, year or self.years[1]) or _year_in(functional) or self.years[1]
        functional, economic = (name.replace(_ANY_YEAR, str(self.catalogue_year)) for name in (functional, economic))
        self.functional, self.economic = (
            load_catalogue(folder / name, load_aliases(folder / "aliases.csv", what))
            for name, what in ((functional, "功能"), (economic, "经济"))
            for folder in [next((f for f in folders if (f / name).is_file()), path.parent)])
        self.class_codes, self.count_units = file.texts("class_codes"), file.texts("count_units")
        self.measures = frozenset(file.texts("measure_units"))
        if unknown := sorted(self.measures.difference(self.count_units)):
            raise file.error(f"measure_units 中的“{'、'.join(unknown)}”不在 count_units 中", "measure_units")
        self.unprinted_classes = file.texts("unprinted_classes")
        if unknown := [c for c in self.class_codes if c not in self.functional.names]:
            raise file.error(f"class_codes 中的“{'、'.join(unknown)}”不在功能分类目录中", unknown[0])
        if unknown := sorted(set(self.unprinted_classes).difference(self.class_codes)):
            raise file.error(f"unprinted_classes 中的“{'、'.join(unknown)}”不在 class_codes 中", "unprinted_classes")

    def sheets(self) -> dict[str, SheetLayout]:
        """All layouts by code."""
        sheets = {layout.code: layout for layout in self.file.records("sheet", "code", self._sheet)}
        if not sheets:
            raise self.file.error("没有任何表样（[[sheet]]）")
        if len(whole := [layout.code for layout in sheets.values() if layout.whole]) > 1:
            raise self.file.error(f"只能有一张表写 whole，现有：{'、'.join(whole)}", "whole")
        return sheets

    def printed(self) -> Printed:
        record = self.file.table("printed")
        printed = record.make(Printed, economic_code=record.text("economic_code", record.text("code")))
        record.check_patterns(printed, **dict.fromkeys(Printed.__dataclass_fields__, "单位名称、年度、金额单位、编号"))
        return printed

    def _sheet(self, record: Record) -> SheetLayout:
        code, kind = record.needed("code"), record.value("kind", SheetKind)
        if not _CODE.fullmatch(code) or is_of_companion(code) or code.startswith(PRIOR):
            raise record.error(f"编号“{code}”应由字母、数字、汉字组成，不能是审核公式里另有所指的名称", code)
        optional = record.texts("optional")
        rows = _lines(record, "rows", self._row)
        if kind is SheetKind.SINGLE:
            rows = _lines(record, "row_headers", lambda row, labels: Row(row, 0, _list(labels)[0], tuple(labels[1:])))
        layout = record.make(
            SheetLayout, code=code, kind=kind, rows=rows, measures=self.measures, sums=_lines(record, "sums", _sum),
            panel_headers=tuple(map(str, record.value("panel_headers", list, ()))),  # some are empty
            columns=self._columns(record, optional),
            panels=record.records("panel", "", self._panel, above="sheet"))
        record.check_patterns(layout, empty_statement="单位名称")
        self._verify(layout, record)
        return layout

    def _panel(self, record: Record) -> Panel:
        rows = _lines(record, "rows", self._row)
        if record.has("classes"):
            rows = tuple(sorted((*rows, *self._class_rows(record.value("classes", int))), key=lambda r: r.line))
        sums = _lines(record, "sums", lambda total, parts: _sum(total, [*self.class_codes] if parts == ["各类"] else parts))
        panel = record.make(
            Panel, rows=rows, columns=self._columns(record), sums=sums, column_sums=_lines(record, "column_sums", _sum))
        lines = [row.line for row in rows if not row.optional]
        if wrong := next((line for line in lines if line and (lines.count(line) > 1 or line < panel.first_line)), 0):
            raise record.error(f"行次 {wrong} 有两行，或在 first_line（{panel.first_line}）之前", "rows")
        return panel

    def _class_rows(self, first: int) -> list[Row]:
        """A row for every class, from line *first* on.

        A class that the form does not print follows on the line of the one above.
        """
        rows: list[Row] = []
        line = first - 1
        for index, code in enumerate(self.class_codes):
            is_printed = code not in self.unprinted_classes
            line += is_printed
            label = f"{chinese_numeral((line - first if is_printed else index) + 1)}、{self.functional.names[code]}"
            former = tuple(a.old_name for a in self.functional.aliases if a.new_code == code and a.old_name)
            rows.append(Row(code, line, label, former, optional=not is_printed))
        return rows

    def _columns(self, record: Record, optional: tuple[str, ...] = ()) -> tuple[Column, ...]:
        """Value columns: id, header paths, width.

        Where it is not as the rows say: the unit of a count, or that it holds amounts.
        """

        def column(column_id: str, paths: list[str], width: float, unit: str = "") -> Column:
            if unit not in ("", MONEY, *self.count_units):
                raise ValueError
            return Column(
                column_id, tuple(tuple(p.split("/")) for p in _list(paths)), float(width), column_id in optional, unit)

        return _lines(record, "columns", column)

    def _row(self, row_id: str, line: int, label: str, *aliases: str) -> Row:
        """A fixed row: id, line, label, aliases and, last, the unit of a count."""
        unit = aliases[-1] if aliases and aliases[-1] in self.count_units else ""
        return Row(str(row_id), int(line), str(label), aliases[:-1] if unit else aliases, unit)

    def _verify(self, layout: SheetLayout, record: Record) -> None:
        """Refuse ids that are there twice, and names of rows, columns or codes that are not there."""
        rows = [r.id for p in layout.panels for r in p.rows if r.id] or [r.id for r in layout.rows]
        columns = [[c.id for c in some] for some in (layout.columns, *(p.columns for p in layout.panels))]
        for ids, what in ((rows, "行"), *((ids, "列") for ids in columns)):
            if twice := sorted({i for i in ids if ids.count(i) > 1}):
                raise record.error(f"{what}“{'、'.join(twice)}”重复", twice[0])
        known = {*layout.row_ids, *layout.column_ids, *self.economic.names}
        for total in (*layout.sums, *(s for p in layout.panels for s in (*p.sums, *p.column_sums))):
            if unknown := [i for i in (total.total, *total.parts) if i not in known]:
                raise record.error(f"合计“{total.total}”用到未知的行或列“{unknown[0]}”", unknown[0])
        for code in (*(c for panel in layout.economic_panels for c in panel), *sorted(layout.unprinted_codes)):
            if code not in self.economic.names:
                raise record.error(f"用到未知的经济分类“{code}”", code)
        if layout.kind is SheetKind.ECONOMIC and (len(layout.total_panels) != len(layout.rows) or not all(
                0 <= place < len(layout.economic_panels) for place in layout.total_panels)):
            raise record.error(
                f"total_panels 应写每一行合计在哪一栏之下，从 0 数起，共 {len(layout.rows)} 个，栏有 {len(layout.economic_panels)} 个", "total_panels")
        if layout.whole and not (
            len(layout.whole) == 2 and layout.whole[0] in layout.fixed_rows and layout.whole[1] in layout.column_ids
        ):
            raise record.error("whole 应是它的一行和一列", "whole")


def years_of(file: Record) -> tuple[int, int]:
    """First and last year that a pack serves.  Raises :class:`~workbook.errors.PackError`."""
    first, *others = file.value("years", tuple[int, ...], ()) or (file.value("year", int, 0),)
    last = others[-1] if others else first
    if len(others) > 1 or first > last or not first:
        raise file.error("years 应是首尾两个年度，如 [2023, 2026]", "years")
    return first, last


def _years_of_files(name: str, folders: Sequence[Path]) -> tuple[int, ...]:
    """The years of which there are files called *name*, which holds a place for the year."""
    if _ANY_YEAR not in name:
        return ()
    return tuple(sorted({year for folder in folders for file in folder.glob(name.replace(_ANY_YEAR, "20[0-9][0-9]"))
                         if (year := _year_in(file.name))}))


def _nearest(years: Sequence[int], year: int) -> int:
    """Of *years* this one, else the last before it, else the first."""
    return max((y for y in years if y <= year), default=min(years, default=0))


def _year_in(name: str) -> int:
    return int(found[0]) if (found := re.search(r"20\d\d", name)) else 0


def _lines(record: Record, key: str, make: Callable[..., _T]) -> tuple[_T, ...]:
    """What *make* makes of each of the lists below *key* (id, header paths, width …)."""
    made: list[_T] = []
    for fields in record.value(key, list, ()):
        try:
            made.append(make(*_list(fields)))
        except (TypeError, ValueError, IndexError, AttributeError) as error:
            raise record.error(
                f"“{key}”中的 {json.dumps(fields, ensure_ascii=False, default=str)} 应写作 {_WRITTEN[key]}", key) from error
    return tuple(made)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value



def _sum(total: str, parts: Sequence[str]) -> Sum:
    return Sum(total, tuple(_list(parts)))


def load_catalogue(path: Path, aliases: tuple[Alias, ...] = ()) -> Catalogue:
    """Read a catalogue; every code below a 类 needs its superior."""
    names: dict[str, str] = {}

    def add(record: Mapping[str, str], _line: int) -> None:
        code, name = record["编码"], record["名称"]
        if not code.isdigit() or len(code) < CLASS_DIGITS or (len(code) - CLASS_DIGITS) % LEVEL_DIGITS:
            raise ValueError("长度不对")
        if len(code) > CLASS_DIGITS and (superior := code[:-LEVEL_DIGITS]) not in names:
            raise ValueError(f"之前没有上级编码“{superior}”")
        names[code] = name

    read_csv(path, ("编码", "名称"), add, unique="编码", needed=("名称",))
    return Catalogue(names, aliases)


def load_aliases(path: Path, category: str) -> tuple[Alias, ...]:
    """The aliases of one *category* (功能 or 经济); no file means no aliases."""
    columns = ("旧编码", "旧名称", "新编码", "新名称", "说明")
    if not path.exists():
        return ()
    return read_csv(path, ("类别", *columns), lambda r, _: Alias(*(r[c] for c in columns)) if r["类别"] == category else None)
