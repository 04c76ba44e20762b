"""Import of 项目支出绩效自评表 from the tables of a Word file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docgen.docx.paragraphs import DocTable
from docgen.docx.reading import Document, read_document
from workbook.errors import InputError
from workbook.issues import CellRef, Issue
from workbook.pack.rules import Rule
from workbook.performance.grid import GridCell
from workbook.performance.model import PerformanceTable
from workbook.performance.parse import looks_like, parse_rows

Rows = list[list[GridCell]]
_TITLE_CHARACTERS = 60  # of the paragraphs above a table, so many may be its title


def read_performance_tables(path: Path, rules: Mapping[str, Rule]) -> tuple[tuple[PerformanceTable, ...], tuple[Issue, ...]]:
    """Every 项目支出绩效自评表 in the Word file, and what is wrong in them.

    A table that Word (or a conversion) split at a page end is put together again.  Raises
    :class:`InputError` when the file cannot be read or holds no such table.
    """
    tables, issues = performance_tables_in(read_document(path), rules)
    if not tables:
        raise InputError(path, "没有找到项目支出绩效自评表", "请选择含有自评表的 Word 文件，表中应有“项目名称”“一级指标”等栏目")
    return tables, issues


def performance_tables_in(
    document: Document, rules: Mapping[str, Rule]
) -> tuple[tuple[PerformanceTable, ...], tuple[Issue, ...]]:
    """The same for a file that was read already; nothing when it holds no such table.

    The cells' references name the table as ``表格N`` (N-th of the document).
    """
    file = document.path.name
    forms: list[tuple[str, Rows]] = []
    title = ""
    for block in document.blocks:
        if not isinstance(block, DocTable):
            title = f"{title[-_TITLE_CHARACTERS:]}\n{block.text.strip()}".strip()
            continue
        is_open = bool(forms) and not _has(forms[-1][1], "总分")
        if not is_open and "项目名称" not in "".join("".join([cell.text for row in block.rows for cell in row]).split()):
            continue
        name = f"表格{block.number}"
        rows = _rows(block, file, name)
        if _has(rows, "项目名称") and (looks_like(rows) or "绩效自评" in title):
            forms.append((name, [_title_row(title, file, name), *rows]))
        elif is_open:
            forms[-1][1].extend(rows)
    tables: list[PerformanceTable] = []
    issues: list[Issue] = []
    for name, rows in forms:
        table, found = parse_rows(rows, name, rules)
        issues += found
        if table is not None:
            tables.append(table)
    return tuple(tables), tuple(issues)


def _title_row(title: str, file: str, name: str) -> list[GridCell]:
    """The paragraph above the table: it states the year."""
    return [GridCell(title, 0, 1, CellRef(file, name, 0, 0))]


def _has(rows: Rows, label: str) -> bool:
    return any(cell.label == label for row in rows for cell in row)


def _rows(table: DocTable, file: str, name: str) -> Rows:
    return [
        [GridCell(cell.text.strip(), cell.column - 1, cell.span, CellRef(file, name, cell.row - 1, cell.column - 1)) for cell in row]
        for row in table.rows
    ]
