"""The 项目支出绩效自评表 in a report: against the 底稿, and by its own arithmetic where the 底稿 has no such table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from docgen.docx.reading import Document
from docgen.imports.performance_word import performance_tables_in
from docgen.job.inputs import Inputs
from docgen.review.model import Finding
from docgen.review.rules import Finder
from workbook.entries import Entry
from workbook.issues import CellRef, Issue, IssueCell
from workbook.pack.layout import normalise
from workbook.performance.checks import check_table
from workbook.performance.model import FUND_LABELS, Indicator, PerformanceTable

_TABLE = re.compile(r"^表格(\d+)$")
_FUND_FIELDS = (
    ("initial_budget", "年初预算数"), ("adjusted_budget", "全年预算数"), ("actual", "全年执行数"), ("rate", "执行率"), ("score", "得分"),
)
_INDICATOR_FIELDS = (("target", "年度指标值"), ("actual", "实际完成值"), ("weight", "分值"), ("score", "得分"))
Place = tuple[int, int, int]
Difference = tuple[str, Entry, Entry]


def review_performance(document: Document, inputs: Inputs, finder: Finder) -> Iterator[Finding]:
    """All findings about the report's 自评表."""
    tables, issues = performance_tables_in(document, inputs.pack.companion_rules)
    if not tables:
        return
    places: dict[Place, int] = {}
    for paragraph in finder.text.paragraphs:
        if paragraph.table:
            places.setdefault((paragraph.table, paragraph.row, paragraph.column), paragraph.number)
    ours = {normalise(t.name.text): t for t in _of_companion(inputs)}
    for issue in issues:
        yield _placed(issue, places, finder)
    for table in tables:
        own = ours.get(normalise(table.name.text))
        if own is None:
            yield from (_placed(issue, places, finder) for issue in check_table(table, inputs.pack.companion_rules))
        else:
            yield from _compared(table, own, places, finder)


def _of_companion(inputs: Inputs) -> Iterator[PerformanceTable]:
    if inputs.companion is not None:
        yield from (p.table for p in inputs.companion.projects if p.table is not None)


def _paragraph(ref: CellRef | None, places: Mapping[Place, int]) -> int | None:
    match = _TABLE.match(ref.sheet) if ref is not None else None
    return places.get((int(match[1]), ref.row + 1, ref.column + 1)) if match and ref is not None else None


def _placed(issue: Issue, places: Mapping[Place, int], finder: Finder) -> Finding:
    """An issue about a cell of a Word table as a finding on the cell's paragraph."""
    number = next((n for cell in issue.cells if (n := _paragraph(cell.ref, places)) is not None), None)
    _, start, end = finder.all_of(number)
    return Finding(
        replace(issue, paragraph=number, text=finder.quoted((number, 0, 0)) or "", cells=(), culprit=None), start, end)


def _compared(
    table: PerformanceTable, own: PerformanceTable, places: Mapping[Place, int], finder: Finder
) -> Iterator[Finding]:
    """Where the report's table says something else than the 底稿's."""
    found = [(words, a, b) for words, a, b in _differences(table, own) if not _same(a, b)]
    each = finder.limit("表文-26", "逐处")
    for words, stated, expected in found[:each]:
        number = _paragraph(stated.ref, places)
        cells = (IssueCell(expected.ref, expected.text),) if expected.ref is not None else ()
        yield from finder.on(
            "表文-26", at=finder.all_of(number), stated=stated.plain(), expected=expected.plain(), cells=cells,
            项目=table.name.text, 数=words)
    if len(found) > each:
        yield from finder.on(
            "表文-26", "很多", at=(_paragraph(table.name.ref, places), 0, 0), 项目=table.name.text, 几处=len(found) - each)


def _differences(table: PerformanceTable, own: PerformanceTable) -> Iterator[Difference]:
    for label in FUND_LABELS:
        for name, words in _FUND_FIELDS:
            yield f"“{label}”的{words}", getattr(table.fund(label), name), getattr(own.fund(label), name)
    yield "总分", table.total_score, own.total_score
    mine, theirs = _by_name(table), _by_name(own)
    for key, indicator in mine.items():
        if key in theirs:
            for name, words in _INDICATOR_FIELDS:
                yield f"指标“{indicator.third}”的{words}", getattr(indicator, name), getattr(theirs[key], name)


def _by_name(table: PerformanceTable) -> dict[tuple[str, str, str], Indicator]:
    return {(normalise(i.first), normalise(i.second), normalise(i.third)): i for i in table.indicators}


def _same(one: Entry, other: Entry) -> bool:
    """Whether both say the same; a blank, a dash and nought do."""
    if one.value is not None or other.value is not None:
        return (one.value or 0) == (other.value or 0)
    return normalise(one.text).strip("—-") == normalise(other.text).strip("—-")
