"""Taking 项目支出绩效自评表 over from Excel and Word files into the 绩效自评 of a 底稿."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from docgen.imports.performance_word import read_performance_tables
from workbook.companion.model import Project
from workbook.entries import Entry
from workbook.errors import InputError
from workbook.formats.source import open_source
from workbook.issues import Issue
from workbook.pack.layout import normalise
from workbook.pack.rules import Rule
from workbook.performance.model import FUND_LABELS, TOTAL_FUNDS, FundRow, PerformanceTable
from workbook.performance.parse import parse_sheet
from workbook.values import dataclass

_WORD = frozenset({".docx", ".docm"})


@dataclass(frozen=True, slots=True)
class PerformanceImport:
    """Tables found in files, and what is wrong in them."""

    tables: tuple[PerformanceTable, ...]
    issues: tuple[Issue, ...]


def read_tables(path: Path, rules: Mapping[str, Rule]) -> PerformanceImport:
    """Every 自评表 in an Excel or Word file.  Raises :class:`InputError` when there is none."""
    if path.suffix.lower() in _WORD:
        return PerformanceImport(*read_performance_tables(path, rules))
    tables: list[PerformanceTable] = []
    issues: list[Issue] = []
    for sheet in open_source(path).sheets:
        table, found = parse_sheet(sheet, rules)
        issues += found
        if table is not None:
            tables.append(table)
    if not tables:
        raise InputError(path, "没有找到项目支出绩效自评表", "请选择含有自评表的文件，表中应有“项目名称”“一级指标”等栏目")
    return PerformanceImport(tuple(tables), tuple(issues))


def with_tables(projects: Iterable[Project], tables: Iterable[PerformanceTable], fund: str) -> tuple[Project, ...]:
    """*projects* with *tables*: one with the name of a project becomes its table, the others are new projects of *fund*.

    What the summary of a project does not state yet is taken from its table.
    """
    projects = list(projects)
    for table in tables:
        name = normalise(table.name.text)
        place = next((i for i, p in enumerate(projects) if normalise(p.name.text) == name), None)
        if place is None:
            projects.append(summarised(Project(Entry.of(table.name.text), fund, table=table)))
        else:
            projects[place] = summarised(replace(projects[place], table=table))
    return tuple(projects)


def summarised(project: Project, *, anew: bool = False) -> Project:
    """*project* with score and amounts of its table where it states none (*anew*: everywhere)."""
    if project.table is None:
        return project
    fund = project.table.fund()
    own = {
        "score": project.table.total_score, "adjusted_budget": fund.adjusted_budget, "actual": fund.actual,
        "initial_budget": fund.initial_budget,
    }
    changes: dict[str, Any] = {}
    for field, entry in own.items():
        stated: Entry = getattr(project, field)
        if entry.value is not None and (anew or stated.value is None):
            changes[field] = stated.with_value(entry.value)
    return replace(project, **changes)


def blank_table(project: Project, unit: str, year: int | None) -> PerformanceTable:
    """An empty table for *project* in the official layout."""
    funds = tuple(FundRow(label, weight=Entry.of(10) if label == TOTAL_FUNDS else Entry("—")) for label in FUND_LABELS)
    return PerformanceTable(
        Entry.of(project.name.text), unit=Entry.of(unit), year=year, funds=funds, total_weight=Entry.of(100), has_direction=True)
