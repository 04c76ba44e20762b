"""Taking 项目支出绩效自评表 over from Excel and Word files into the 绩效自评 of a 底稿."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from docgen.docx.paragraphs import DocTable, ReportFile
from docgen.docx.reading import read_document
from workbook.companion.model import Project
from workbook.entries import Entry
from workbook.errors import InputError
from workbook.formats.source import open_source
from workbook.issues import Issue
from workbook.pack.layout import normalise
from workbook.pack.rules import Rule
from workbook.performance.grid import GridCell, grid_of_sheet
from workbook.performance.model import FUND_LABELS, TOTAL_FUNDS, FundRow, PerformanceTable
from workbook.performance.parse import known_labels, lines_of, looks_like, parse_lines, parse_sheet

Rows = list[list[GridCell]]
_WORD = frozenset({".docx", ".docm"})
_GOES_ON = re.compile("绩效|续")  # what may stand between the parts of a table
_TITLE_CHARACTERS = 60  # of the paragraphs above a table, so many may be its title


class PerformanceImport(NamedTuple):
    """Tables found in files, and what is wrong in them."""

    tables: tuple[PerformanceTable, ...]
    issues: tuple[Issue, ...]


def read_tables(path: Path, rules: Mapping[str, Rule]) -> PerformanceImport:
    """Every 自评表 in an Excel or Word file.  Raises :class:`InputError` when there is none."""
    if path.suffix.lower() in _WORD:
        found = tables_in(read_document(path), rules)
    else:
        found = _import_of(parse_sheet(sheet, rules) for sheet in open_source(path).sheets)
    if not found.tables:
        raise InputError(path, "没有认出项目支出绩效自评表", "自评表靠“项目名称”“一级指标”“三级指标”“分值”等栏目认出")
    return found


class SourceTable(NamedTuple):
    """A table of a file as it stands there, to be looked at beside what was taken from it."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    understood: frozenset[tuple[int, int]]
    """Row and column of the labels that were recognised."""


def source_tables(path: Path) -> tuple[SourceTable, ...]:
    """Every table of an Excel or Word file.  Raises :class:`InputError`."""
    if path.suffix.lower() in _WORD:
        blocks = [block for block in read_document(path).blocks if isinstance(block, DocTable)]
        grids = [(f"表格{block.number}", _grid(block, path.name)) for block in blocks]
    else:
        grids = [(sheet.name, [list(row) for row in grid_of_sheet(sheet)]) for sheet in open_source(path).sheets if sheet.rows]
    return tuple(_source_table(name, rows) for name, rows in grids)


def _source_table(name: str, rows: Rows) -> SourceTable:
    width = max((cell.column + cell.span for row in rows for cell in row), default=0)
    texts = [[""] * width for _ in rows]
    for place, row in enumerate(rows):
        for cell in row:
            texts[place][cell.column] = cell.text
    return SourceTable(name, tuple(map(tuple, texts)), frozenset(known_labels(lines_of(rows))))


def _import_of(parsed: Iterable[tuple[PerformanceTable | None, Iterable[Issue]]]) -> PerformanceImport:
    pairs = [*parsed]
    tables = tuple(t for t, _ in pairs if t is not None)
    return PerformanceImport(tables, tuple(issue for _, issues in pairs for issue in issues))


def tables_in(document: ReportFile, rules: Mapping[str, Rule]) -> PerformanceImport:
    """Every 自评表 in a Word file; one that Word (or a conversion) split at a page end is put together again.

    The cells' references name the table as ``表格N`` (N-th of the document).
    """
    file = document.path.name
    forms: list[tuple[str, Rows]] = []
    title = ""
    is_open = False
    for block in document.blocks:
        if not isinstance(block, DocTable):
            title = f"{title[-_TITLE_CHARACTERS:]}\n{block.text.strip()}".strip()
            is_open = is_open and (not block.text.strip() or _GOES_ON.search(block.text) is not None)
            continue
        is_open = is_open and not _has(forms[-1][1], "总分")
        if not is_open and "项目名称" not in "".join("".join([cell.text for row in block.rows for cell in row]).split()):
            continue
        name = f"表格{block.number}"
        rows = _grid(block, file)
        if _has(rows, "项目名称") and (looks_like(lines_of(rows)) or "绩效自评" in title):
            # The paragraph above the table states the year.
            forms.append((name, [[GridCell(title, 0, 1, 0, (file, name))], *rows]))
            is_open = True
        elif is_open:
            forms[-1][1].extend(rows)
    return _import_of(parse_lines(lines_of(rows), name, rules) for name, rows in forms)


def _grid(table: DocTable, file: str) -> Rows:
    name = f"表格{table.number}"
    return [[GridCell(c.text.strip(), c.column - 1, c.span, c.row - 1, (file, name)) for c in row] for row in table.rows]


def _has(rows: Rows, label: str) -> bool:
    return any(cell.heading == label for row in rows for cell in row)


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
    changes: dict[str, Any] = {
        field: getattr(project, field).with_value(entry.value) for field, entry in project.table.summary().items()
        if entry.value is not None and (anew or getattr(project, field).value is None)
    }
    return replace(project, **changes)


def blank_table(project: Project, unit: str, year: int | None) -> PerformanceTable:
    """An empty table for *project* in the official layout."""
    funds = tuple(FundRow(label, weight=Entry.of(10) if label == TOTAL_FUNDS else Entry("—")) for label in FUND_LABELS)
    return PerformanceTable(
        Entry.of(project.name.text), unit=Entry.of(unit), year=year, funds=funds,
        total_weight=Entry.of(100), has_direction=True)
