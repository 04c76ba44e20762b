"""Reading a 底稿, as tolerantly as the eleven sheets: by sheet names, labels and headers, never by position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.amounts import MoneyUnit
from workbook.companion.areas import ListArea, Row, find_entries, find_list, money_unit, recognise_sheets
from workbook.companion.lists import LISTS, columns_of, key, keys, names_of
from workbook.companion.model import (
    VERIFIED,
    BudgetLine,
    Column,
    Companion,
    Level,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
    Term,
    Verified,
)
from workbook.companion.prior import read_prior
from workbook.entries import Entry
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source, open_source
from workbook.issues import Issue
from workbook.pack.companion_form import YEAR, CompanionSheet, Role
from workbook.pack.formula_parser import USE
from workbook.pack.loading import Pack
from workbook.pack.rules import Findings
from workbook.performance.model import PerformanceTable
from workbook.performance.parse import parse_sheet
from workbook.reading.codes import code_text
from workbook.values import dataclass

_COUNT_ROWS = 6
"""The numbers of projects are looked for in so many rows below their heading."""


@dataclass(frozen=True)
class Reading:
    """A 底稿 as read, with the findings and with where its parts stand (needed to write back)."""

    companion: Companion
    issues: tuple[Issue, ...]
    sheets: dict[str, RawSheet] = field(default_factory=dict)
    """Name of a sheet in the pack's form → sheet."""
    lists: dict[str, ListArea] = field(default_factory=dict)
    """Name of a sheet in the pack's form → its list."""
    tables: tuple[PerformanceTable, ...] = ()


def read_companion(path: Path, pack: Pack) -> tuple[Companion, tuple[Issue, ...]]:
    """Read a 底稿: its values, and one issue (kind 规范) for each mistake in it.

    Raises :class:`InputError` when the file cannot be used at all.
    """
    reading = read(path, pack)
    return reading.companion, reading.issues


def read(path: Path, pack: Pack) -> Reading:
    """Read a 底稿 with all that is needed to write it back."""
    if path.is_dir():
        raise InputError(path, "这是文件夹，不是底稿", "请选择底稿的 Excel 文件")
    return _Reader(open_source(path), pack).read()


class _Reader:
    """Collects values and issues sheet by sheet."""

    def __init__(self, source: Source, pack: Pack) -> None:
        self.source = source
        self.pack = pack
        self.form = pack.companion
        self.found = Findings(pack.companion_rules)
        self.lists: dict[str, ListArea] = {}
        self.entries: dict[str, Entry] = {}
        self.sheets = recognise_sheets(source, self.form)
        for form in self.form.sheets:
            if form.name not in self.sheets and form.role is not Role.VERIFIED:
                self.found.add("底稿-01", sheet=form.name, 工作表=form.name)

    def read(self) -> Reading:
        for form in self.form.sheets:
            if form.role is Role.ENTRIES and form.name in self.sheets:
                self._labelled(form)
        prior_sheet = self.sheets.get(self.form.name(Role.PRIOR))
        prior, prior_year = read_prior(prior_sheet, self.pack, self.found) if prior_sheet is not None else ({}, None)
        tables = self._tables()
        overview, units, budget, reasons = self._overview(), self._units(), self._budget(), self._reasons()
        projects = self._projects(tables)
        used = {id(project.table) for project in projects}
        companion = Companion(
            self.source.path, self.form, self.entries, overview, units, budget, prior, prior_year, reasons, projects,
            tuple(table for table in tables if id(table) not in used), self._glossary(), self._verified(), self.source.sha256)
        return Reading(companion, tuple(self.found.issues), self.sheets, self.lists, tables)

    # ------------------------------------------------------------ labelled entries
    def _labelled(self, form: CompanionSheet) -> None:
        sheet = self.sheets[form.name]
        unit, places = money_unit(sheet), find_entries(sheet, form.entries, (form.header[1], *form.content))
        for entry in form.entries:
            if entry.id in places:
                row, column = places[entry.id]
                self.entries[entry.id] = Row(sheet, self.found, unit, {entry.id: column}, row).entry(entry)
        if YEAR in places and any(entry.id == YEAR for entry in form.entries):
            self._year()
        for entry in form.entries:
            found = self.entries.get(entry.id, Entry())
            if entry.required and (found.value is None if entry.content.is_number else not found.text):
                where = f"底稿“{sheet.name}”" + (f" {found.ref.a1}" if found.ref else "")
                self.found.add("底稿-07", "", found, 位置=where, 项目=entry.label)

    def _year(self) -> None:
        """“2024年度” is understood, and what is no year is none."""
        entry = self.entries[YEAR]
        if (value := entry.value) is None or value != int(value) or not 2000 <= value <= 2099:
            text = "".join(ch for ch in entry.text if ch.isdigit())
            fixed = Decimal(text) if len(text) == 4 and text.startswith("20") else None
            if fixed is not None:  # so the note that it is text goes
                self.found.issues = [i for i in self.found.issues if not (i.code == "底稿-03" and i.culprit == entry.ref)]
            self.entries[YEAR] = Entry(entry.text, fixed, entry.ref)

    # ------------------------------------------------------------ lists
    def _list(self, role: Role) -> tuple[Row, ...]:
        """The records of the list of that *role*."""
        sheet = self.sheets.get(name := self.form.name(role))
        if sheet is None:
            return ()
        area = find_list(sheet, columns_of(self.form, role))
        if area is None:
            wanted = "、".join(c.id for c in columns_of(self.form, role) if c.required)
            self.found.add("底稿-02", sheet=name, 工作表=sheet.name, 各列=wanted)
            return ()
        self.lists[name] = area
        unit = money_unit(sheet, area.header)
        return tuple(Row(sheet, self.found, unit, area.columns, r) for r in area.rows)

    def _overview(self) -> tuple[OverviewParagraph, ...]:
        found: list[OverviewParagraph] = []
        parts = [part.name for part in self.form.parts]
        part, levels = next(iter(parts), ""), {str(level): level for level in Level}
        for row in self._list(Role.OVERVIEW):
            stated = row.choice("部分", parts).text
            part = stated if stated in parts else part
            level, text = row.choice("级别", tuple(levels), Level.BODY).text, row.text("文字")
            if text.text:
                found.append(OverviewParagraph(part, levels.get(level, Level.BODY), text, row.text("备注").text))
        return tuple(found)

    def _records(self, role: Role) -> Iterator[tuple[Row, dict[str, Any]]]:
        """The records of a list: their rows and fields."""
        columns = columns_of(self.form, role)
        for row in self._list(role):
            yield row, row.fields(LISTS[role], columns)

    def _units(self) -> tuple[SubordinateUnit, ...]:
        return tuple(SubordinateUnit(**fields) for _, fields in self._records(Role.UNITS) if fields["name"].text)

    def _budget(self) -> tuple[BudgetLine, ...]:
        form = self.form.sheet(Role.BUDGET)
        totals = {name: entry.id for entry in form.entries for name in names_of(entry)}
        funds = [fund.name for fund in form.funds] or [""]
        lines: list[BudgetLine] = []
        seen: set[tuple[str, str]] = set()
        for row in self._list(Role.BUDGET):
            code, name, amount = code_text(row.content("功能科目编码")), row.text("科目名称").text, row.number("年初预算数")
            total = totals.get(key(code)) or totals.get(key(name))
            if total is not None:
                self.entries.setdefault(total, amount)
            elif code.isdigit() or name or amount.value is not None:
                fund = row.choice("预算类别", funds, funds[0]).text
                line = BudgetLine(
                    code if code.isdigit() else "", "".join(name.split()),
                    amount, row.text(USE), fund if fund in funds else funds[0])
                if not line.code and amount.value is not None:
                    row.report("底稿-05", "没有编码", "功能科目编码")
                elif line.code and self.pack.functional.name(line.code) is None:
                    row.report("底稿-05", "不在目录", "功能科目编码", 编码=line.code)
                elif line.code and (line.code, line.fund) in seen:
                    row.report("底稿-06", "编码", "功能科目编码", 编码=line.code)
                lines.append(line)
                seen.add((line.code, line.fund))
        return tuple(line for line in lines if line.code)

    def _reasons(self) -> tuple[Reason, ...]:
        found: dict[str, Reason] = {}
        for row, fields in self._records(Role.REASONS):
            slot = fields["slot"]
            if slot and slot not in found:
                found[slot] = Reason(**fields)
            elif slot:
                row.report("底稿-06", "原因", "编号", 编号=slot)
            elif fields["text"].text:
                row.report("底稿-05", "原因", "变动原因")
        return tuple(found.values())

    def _glossary(self) -> tuple[Term, ...]:
        return tuple(Term(**fields) for _, fields in self._records(Role.GLOSSARY) if fields["term"].text)

    def _verified(self) -> tuple[Verified, ...]:
        return tuple(
            Verified(row=row.row, **{
                **fields, "numbers": " ".join(fields["numbers"].split()), "is_given": fields["is_given"] == VERIFIED})
            for row, fields in self._records(Role.VERIFIED) if fields["code"])

    # ------------------------------------------------------------ performance
    def _tables(self) -> tuple[PerformanceTable, ...]:
        """Every 项目支出绩效自评表 among the other sheets."""
        used = {id(sheet) for sheet in self.sheets.values()}
        tables: list[PerformanceTable] = []
        for sheet in self.source.sheets:
            if id(sheet) not in used:
                table, found = parse_sheet(sheet, self.pack.companion_rules)
                self.found.issues += found
                tables += [table] if table is not None else []
        return tuple(tables)

    def _projects(self, tables: Sequence[PerformanceTable]) -> tuple[Project, ...]:
        form = self.form.sheet(Role.PROJECTS)
        if form.name not in self.sheets:
            return ()
        records = [(row, fields) for row, fields in self._records(Role.PROJECTS) if fields["name"].text]
        self._counts(form)
        found: list[Project] = []
        for row, fields in records:
            name, sheet = fields["name"].text, fields["sheet_name"].text
            table = next((t for t in tables if (t.sheet == sheet if sheet else key(t.name.text) == key(name))), None)
            fund = fields["fund"] if fields["fund"] in self.form.funds else self.form.funds[0]
            found.append(Project(**{**fields, "fund": fund}, table=table))
            if sheet and table is None:
                row.report("底稿-05", "自评表", "工作表名", 工作表名=sheet)
        return tuple(found)

    def _counts(self, form: CompanionSheet) -> None:
        """Numbers of projects: a row for each budget, a column for each kind of number."""
        sheet = self.sheets[form.name]
        wanted_columns = tuple(Column(name, (name.removesuffix("数"),)) for name in form.counts)
        area = find_list(sheet, wanted_columns, len(wanted_columns)) if wanted_columns else None
        if area is None:
            return
        for fund in form.funds:
            wanted = keys(fund.name, fund.aliases)
            below = range(area.header + 1, min(area.header + _COUNT_ROWS, len(sheet.rows)))
            place = next((b for b in below if {key(t) for t in sheet.rows[b] if isinstance(t, str)} & wanted), None)
            if place is not None:
                row = Row(sheet, self.found, MoneyUnit.WAN, area.columns, place)
                for count in form.counts:
                    self.entries[fund.count(count)] = row.number(count, money=False)
