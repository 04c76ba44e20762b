"""Import of 项目支出绩效自评表 from the tables of a Word file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.input import blocks, text_of
from docgen.docx.package import WordFile, open_word
from docgen.docx.xml import W, value_of
from workbook.errors import InputError
from workbook.issues import CellRef, Issue
from workbook.performance.grid import GridCell
from workbook.performance.model import PerformanceTable
from workbook.performance.parse import looks_like, parse_rows

if TYPE_CHECKING:
    from lxml.etree import _Element

Rows = list[list[GridCell]]


def read_performance_tables(path: Path) -> tuple[tuple[PerformanceTable, ...], tuple[Issue, ...]]:
    """Every 项目支出绩效自评表 in the Word file, and what is wrong in them.

    A table that Word (or a conversion) split at a page end is put together again.  Raises
    :class:`InputError` when the file cannot be read or holds no such table.
    """
    tables, issues = performance_tables_in(open_word(path))
    if not tables:
        raise InputError(path, "没有找到项目支出绩效自评表", "请选择含有自评表的 Word 文件，表中应有“项目名称”“一级指标”等栏目")
    return tables, issues


def performance_tables_in(file: WordFile) -> tuple[tuple[PerformanceTable, ...], tuple[Issue, ...]]:
    """The same for a file that is open already; nothing when it holds no such table.

    The cells' references name the table as ``表格N`` (N-th of the document).
    """
    path = file.path
    forms: list[tuple[str, Rows]] = []
    title, number = "", 0
    for block in blocks(file.body):
        if block.tag == f"{W}p":
            title = f"{title[-60:]}\n{text_of(block).strip()}".strip()
            continue
        number += 1
        is_open = bool(forms) and not _has(forms[-1][1], "总分")
        if not is_open and "项目名称" not in "".join("".join(block.itertext()).split()):
            continue
        name = f"表格{number}"
        rows = _rows(block, path.name, name)
        if _has(rows, "项目名称") and (looks_like(rows) or "绩效自评" in title):
            forms.append((name, [_title_row(title, path.name, name), *rows]))
        elif is_open:
            forms[-1][1].extend(rows)
    tables: list[PerformanceTable] = []
    issues: list[Issue] = []
    for name, rows in forms:
        table, found = parse_rows(rows, name)
        issues += found
        if table is not None:
            tables.append(table)
    return tuple(tables), tuple(issues)


def _title_row(title: str, file: str, name: str) -> list[GridCell]:
    """The paragraph above the table: it states the year."""
    return [GridCell(title, 0, 1, CellRef(file, name, 0, 0))]


def _has(rows: Rows, label: str) -> bool:
    return any(cell.label == label for row in rows for cell in row)


def _rows(table: _Element, file: str, name: str) -> Rows:
    rows: Rows = []
    for r, row in enumerate(table.iterchildren(f"{W}tr")):
        column = int(value_of(row, "trPr/gridBefore") or 0)
        cells: list[GridCell] = []
        for cell in row.iterchildren(f"{W}tc", f"{W}sdt"):
            content = cell if cell.tag == f"{W}tc" else cell.find(f"{W}sdtContent/{W}tc")
            if content is None:
                continue
            span = int(value_of(content, "tcPr/gridSpan") or 1)
            merge = content.find(f"{W}tcPr/{W}vMerge")
            continued = merge is not None and merge.get(f"{W}val", "continue") == "continue"
            text = "" if continued else text_of(content).strip()
            cells.append(GridCell(text, column, span, CellRef(file, name, r, column)))
            column += span
        rows.append(cells)
    return rows
