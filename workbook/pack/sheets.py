"""Reading ``sheets.toml``: the layouts of a form's sheets; a broken record fails here, with file, line and cause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbook.amounts import MoneyUnit
from workbook.errors import PackError
from workbook.numerals import chinese_numeral
from workbook.pack.catalogue import load_aliases, load_catalogue
from workbook.pack.formula import PRIOR, is_of_companion
from workbook.pack.layout import Column, Panel, Printed, Row, SheetKind, SheetLayout, Sum

_CODE = re.compile(r"\w+")
_ANY_YEAR = "{年度}"
"""Stands for the year in the name of a catalogue."""
_OF_SHEET = frozenset({
    "code", "title", "titles", "tab", "kind", "panel", "columns", "optional", "rows", "row_headers", "sums", "economic_panels",
    "panel_headers", "total_panels", "notes", "empty_statement", "rows_vary", "whole", "unprinted_codes", "total_last",
    "row_headers_below", "statement_last",
})
_OF_PANEL = frozenset({"id", "header", "label_width", "first_line", "columns", "classes", "rows", "sums", "column_sums", "units"})
_PRINTED = frozenset(Printed.__dataclass_fields__)
_MAY_BE_EMPTY = frozenset({"line", "unit", "number", "mark"})
_IN_PRINTED = {"单位名称": "", "年度": 0, "金额单位": MoneyUnit.WAN, "编号": ""}


class SheetReader:
    """Turns the parsed TOML into layouts, naming file, line and sheet when something is wrong."""

    def __init__(self, path: Path, data: Mapping[str, Any], built_in: Path, year: int | None = None) -> None:
        """*built_in* is the folder of the catalogues that come with the program; those of *year* are wanted."""
        self.path, self.data = path, data
        self._lines = path.read_text(encoding="utf-8-sig").splitlines()
        self._first = 0
        """First line (0-based) of the sheet that is being read."""
        try:
            self.years = years_of(data)
        except (TypeError, ValueError) as error:
            raise self.fault("years 应是首尾两个年度，如 [2023, 2026]", "year") from error
        functional, economic = self.text(data, "functional_catalogue"), self.text(data, "economic_catalogue")
        folders = (path.parent, path.parents[1] / "catalogues", built_in)
        self.catalogue_years = _years_of_files(functional, folders)
        self.catalogue_year = _nearest(self.catalogue_years, year or self.years[1]) or _year_in(functional) or self.years[1]
        functional, economic = (name.replace(_ANY_YEAR, str(self.catalogue_year)) for name in (functional, economic))
        folder = next((f for f in folders if (f / functional).is_file()), path.parent)
        self.functional = load_catalogue(folder / functional, load_aliases(folder / "aliases.csv", "功能"))
        self.economic = load_catalogue(folder / economic, load_aliases(folder / "aliases.csv", "经济"))
        self.class_codes = tuple(str(c) for c in data.get("class_codes", ()))
        self.unprinted_classes = frozenset(data.get("unprinted_classes", ()))
        self.count_units = frozenset(data.get("count_units", ()))
        if unknown := [c for c in self.class_codes if c not in self.functional.names]:
            raise self.fault(f"class_codes 中的“{'、'.join(unknown)}”不在功能分类目录中", unknown[0])
        if unknown := sorted(self.unprinted_classes.difference(self.class_codes)):
            raise self.fault(f"unprinted_classes 中的“{'、'.join(unknown)}”不在 class_codes 中", "unprinted_classes")

    def fault(self, cause: str, word: str = "") -> PackError:
        """The error of the sheet that is being read, with the first of its lines that holds *word*."""
        lines = enumerate(self._lines[self._first :], self._first + 1)
        line = next((number for number, text in lines if word and word in text), self._first + 1 if self._first else None)
        return PackError(self.path, cause, line)

    def text(self, record: Mapping[str, Any], key: str) -> str:
        """A text that the record must have."""
        value = record.get(key)
        if not isinstance(value, str) or not value:
            raise self.fault(f"缺少文字项“{key}”", key)
        return value

    def sheets(self) -> dict[str, SheetLayout]:
        """All layouts by code."""
        sheets: dict[str, SheetLayout] = {}
        starts = (number for number, text in enumerate(self._lines) if text.strip() == "[[sheet]]")
        for record in self.data.get("sheet", ()):
            self._first = next(starts, 0)
            try:
                layout = self.sheet(record)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
                raise self.fault(f"表“{record.get('code', '?')}”的写法不对（{error}）") from error
            if layout.code in sheets:
                raise self.fault(f"表“{layout.code}”重复", layout.code)
            sheets[layout.code] = layout
        self._first = 0
        if not sheets:
            raise self.fault("没有任何表样（[[sheet]]）")
        if len(whole := [layout.code for layout in sheets.values() if layout.whole]) > 1:
            raise self.fault(f"只能有一张表写 whole，现有：{'、'.join(whole)}", "whole =")
        return sheets

    def printed(self) -> Printed:
        """The form's fixed words."""
        record = self.data.get("printed", {})
        self.known(record, _PRINTED)
        record = {"economic_code": record.get("code"), "mark": "{编号}表", **record}
        texts = {name: "" if name in _MAY_BE_EMPTY and record.get(name) == "" else self.text(record, name) for name in _PRINTED}
        for text in texts.values():
            self.check_pattern(text, _IN_PRINTED)
        return Printed(**texts)

    def check_pattern(self, text: str, values: Mapping[str, object]) -> None:
        """Refuse a text that names in braces what is not among *values*."""
        try:
            text.format_map(values)
        except (KeyError, IndexError, ValueError) as error:
            raise self.fault(f"“{text}”中只能用 {'、'.join(f'{{{name}}}' for name in values)}", text) from error

    def known(self, record: Mapping[str, Any], keys: frozenset[str]) -> None:
        """Refuse entries that mean nothing (misspelt ones)."""
        if unknown := [key for key in record if key not in keys]:
            raise self.fault(f"不认识的项“{unknown[0]}”", unknown[0])

    def sheet(self, record: Mapping[str, Any]) -> SheetLayout:
        """One layout."""
        self.known(record, _OF_SHEET)
        optional = frozenset(record.get("optional", ()))
        kind = SheetKind(self.text(record, "kind"))
        rows = tuple(self.row(r) for r in record.get("rows", ()))
        if kind is SheetKind.SINGLE:
            rows = tuple(Row(r[0], 0, r[1][0], tuple(r[1][1:])) for r in record["row_headers"])
        code = self.text(record, "code")
        if not _CODE.fullmatch(code) or is_of_companion(code) or code.startswith(PRIOR):
            raise self.fault(f"表的编号“{code}”应由字母、数字、汉字组成，不能是审核公式里另有所指的名称", code)
        layout = SheetLayout(
            code=code,
            title=self.text(record, "title"),
            titles=tuple(record["titles"]),
            kind=kind,
            panels=tuple(self.panel(p) for p in record.get("panel", ())),
            columns=tuple(_column(c, optional) for c in record.get("columns", ())),
            rows=rows,
            sums=_sums(record.get("sums", ())),
            economic_panels=tuple(tuple(p) for p in record.get("economic_panels", ())),
            panel_headers=tuple(record.get("panel_headers", ())),
            total_panels=tuple(record.get("total_panels", ())),
            notes=tuple(record.get("notes", ())),
            empty_statement=record.get("empty_statement", ""),
            statement_last=bool(record.get("statement_last", False)),
            rows_vary=bool(record.get("rows_vary", False)),
            whole=tuple(record.get("whole", ())),
            tab=record.get("tab", ""),
            unprinted_codes=frozenset(record.get("unprinted_codes", ())),
            total_last=bool(record.get("total_last", False)),
            row_headers_below=bool(record.get("row_headers_below", False)),
        )
        self.check_pattern(layout.empty_statement, {"单位名称": ""})
        self.verify(layout)
        return layout

    def panel(self, record: Mapping[str, Any]) -> Panel:
        """One block of rows of a fixed sheet."""
        self.known(record, _OF_PANEL)
        rows = [self.row(r) for r in record["rows"]]
        if "classes" in record:
            rows += self.class_rows(int(record["classes"]))
            rows.sort(key=lambda r: r.line)
        return Panel(
            id=self.text(record, "id"),
            header=record.get("header", ""),
            label_width=float(record.get("label_width", 30)),
            first_line=int(record["first_line"]),
            columns=tuple(_column(c, frozenset()) for c in record["columns"]),
            rows=tuple(rows),
            sums=_sums(record.get("sums", ()), self.class_codes),
            column_sums=_sums(record.get("column_sums", ())),
            units=bool(record.get("units", False)),
        )

    def class_rows(self, first: int) -> list[Row]:
        """A row for every class, from line *first* on; a class that the form does not print follows on the line of the one above."""
        rows: list[Row] = []
        line = first - 1
        for index, code in enumerate(self.class_codes):
            is_printed = code not in self.unprinted_classes
            line += is_printed
            place = line - first if is_printed else index
            label = f"{chinese_numeral(place + 1)}、{self.functional.names[code]}"
            rows.append(Row(code, line, label, self.former_names(code), optional=not is_printed))
        return rows

    def former_names(self, code: str) -> tuple[str, ...]:
        """Older official names of a class."""
        return tuple(a.old_name for a in self.functional.aliases if a.new_code == code and a.old_name)

    def row(self, fields: list[Any]) -> Row:
        """A fixed row: id, line, label, aliases and, last, the unit of a count."""
        row_id, line, label, *aliases = fields
        unit = aliases.pop() if aliases and aliases[-1] in self.count_units else ""
        return Row(str(row_id), int(line), str(label), tuple(aliases), unit)

    def verify(self, layout: SheetLayout) -> None:
        """Refuse ids that are there twice, and names of rows, columns or codes that are not there."""
        rows = [r.id for p in layout.panels for r in p.rows if r.id] or [r.id for r in layout.rows]
        for ids, what in ((rows, "行"), ([c.id for c in layout.columns], "列")):
            if twice := sorted({i for i in ids if ids.count(i) > 1}):
                raise self.fault(f"表“{layout.code}”的{what}“{'、'.join(twice)}”重复", twice[0])
        known = {*layout.row_ids(), *layout.column_ids(), *self.economic.names}
        totals = [*layout.sums, *(s for p in layout.panels for s in (*p.sums, *p.column_sums))]
        for total in totals:
            if unknown := [i for i in (total.total, *total.parts) if i not in known]:
                raise self.fault(f"表“{layout.code}”的合计“{total.total}”用到未知的行或列“{unknown[0]}”", unknown[0])
        for code in (*(c for panel in layout.economic_panels for c in panel), *sorted(layout.unprinted_codes)):
            if code not in self.economic.names:
                raise self.fault(f"表“{layout.code}”用到未知的经济分类“{code}”", code)
        if layout.whole and not (
            len(layout.whole) == 2 and layout.whole[0] in layout.fixed_rows and layout.whole[1] in layout.column_ids()
        ):
            raise self.fault(f"表“{layout.code}”的 whole 应是它的一行和一列", "whole")


def years_of(data: Mapping[str, Any]) -> tuple[int, int]:
    """First and last year that a pack serves.  Raises ``ValueError``, ``TypeError``."""
    first, last = data["years"] if "years" in data else (data.get("year", 0),) * 2
    if type(first) is not int or type(last) is not int or first > last:
        raise ValueError(first)
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


def _column(fields: list[Any], optional: frozenset[str]) -> Column:
    column_id, paths, width = fields
    return Column(column_id, tuple(tuple(p.split("/")) for p in paths), float(width), column_id in optional)


def _sums(records: Any, classes: tuple[str, ...] = ()) -> tuple[Sum, ...]:
    return tuple(Sum(total, classes if parts == ["各类"] else tuple(parts)) for total, parts in records)
