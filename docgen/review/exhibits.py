"""What a report shows beside its sentences, tables and charts, against the workbook and the 底稿."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import chain

from docgen.docx.package import WordFile, chart_data, parse_part
from docgen.docx.paragraphs import DocTable, ReportFile
from docgen.docx.xml import C, R
from docgen.imports.performance import tables_in
from docgen.pdf.reading import PdfReport
from docgen.review.expected import Share
from docgen.review.findings import Finder, Finding
from docgen.review.own_tables import OwnTables, own_tables
from docgen.review.phrasing import Phrasing, alike, pairs
from docgen.review.text import Line
from workbook.amounts import ZERO, MoneyUnit, round_half_up
from workbook.entries import Entry
from workbook.formats.package import PackageError
from workbook.formats.sniff import FileFormat
from workbook.formulas.wording import plain
from workbook.issues import CellRef, Issue, IssueCell
from workbook.pack.layout import SheetLayout, normalise
from workbook.performance.checks import check_table
from workbook.performance.model import FUND_LABELS, Indicator, PerformanceTable
from workbook.reading.accounts import read_table
from workbook.reading.identify import read_frame
from workbook.reading.tables import Table
from workbook.rules.check import check

_MISSING, _NAME, _FEWEST_TABLES, _SUBJECT = "规范-01", "规范-15", 3, 8
"""A report that shows fewer of the tables leaves them to another file."""
_CHART = re.compile(r"^word/charts/chart(\d+)\.xml$")
_CAPTION = re.compile(r"^图\s*(\d+)")
_LIKE = 0.72
_HUNDRED = Decimal(100)
_FUND_FIELDS = (
    ("initial_budget", "年初预算数"), ("adjusted_budget", "全年预算数"), ("actual", "全年执行数"), ("rate", "执行率"), ("score", "得分"),
)
_INDICATOR_FIELDS = (("target", "年度指标值"), ("actual", "实际完成值"), ("weight", "分值"), ("score", "得分"))
Places = Mapping[tuple[str, int, int], int]
"""Table, row and column as a cell's reference has them → paragraph."""


def review_tables(report: ReportFile, finder: Finder) -> Iterator[tuple[list[Finding], int]]:
    """For each final-accounts table that the report shows its findings, and how many cells were compared.

    Where the tables are the report's own there is nothing to compare them with but each other: the check formulas.
    """
    accounts = finder.inputs.accounts
    shown = own_tables(report, accounts.pack)
    if unread := shown.unread():
        yield finder.on("表文-62", "附表", at=(None, 0, 0), 表="、".join(unread)), 0
    if accounts.source.format is FileFormat.REPORT:
        yield list(_broken(shown, finder)), 0
        return
    parts: dict[str, list[Table]] = {code: [table] for code, table in shown.accounts.tables.items()}
    for code, sheet in shown.accounts.duplicates:
        parts[code].append(read_table(accounts.pack.sheets[code], sheet, read_frame(sheet).money_unit or MoneyUnit.WAN))
    for code, tables in parts.items():
        stated = [table for table in tables if table.rows]
        if stated and code in accounts.tables:
            compared = sum(len(c) for table in stated for c in table.columns.values())
            found = _compare(shown, stated, accounts.tables[code], finder)
            yield [replace(f, issue=replace(f.issue, sheet=code)) for f in found], compared
    missing = [
        table.layout for code, table in accounts.tables.items()
        if code not in parts and not shown.misread and not _is_newer(table.layout, finder)]
    if len(parts) >= _FEWEST_TABLES and missing:
        gone = ((layout, f) for layout in missing for f in finder.on("表文-61", at=(None, 0, 0), 表=layout.mark, 表名=layout.title))
        yield [replace(f, issue=replace(f.issue, sheet=layout.code)) for layout, f in gone], 0


def _is_newer(layout: SheetLayout, finder: Finder) -> bool:
    """Whether a table that may be empty, and is, may not have been in the form of the accounts' year: nor has it a section."""
    accounts, words = finder.inputs.accounts, layout.title[:_SUBJECT]
    table = accounts.tables.get(layout.code)
    titles = [p.text for p in finder.text.paragraphs if p.number in finder.text.sections.titles]
    is_earlier = accounts.year is not None and accounts.year < accounts.pack.years[0]
    is_without = is_earlier and not any(words in title for title in titles)
    return is_without and bool(layout.empty_statement) and (table is None or table.is_empty())


def _broken(shown: OwnTables, finder: Finder) -> Iterator[Finding]:
    """What the check formulas and the rules of form say of the report's own tables."""
    checked = check(finder.inputs.accounts, finder.inputs.view)
    has_tables = len(shown.accounts.tables) + len(shown.misread) >= _FEWEST_TABLES
    if not has_tables:
        yield from finder.on("表文-63", at=(None, 0, 0))
    for issue in checked.issues:
        layout = finder.inputs.pack.sheets.get(issue.sheet or "")
        is_explained = bool(shown.misread) or (layout is not None and _is_newer(layout, finder))
        is_elsewhere = (not has_tables and not issue.cells) or (issue.code == _MISSING and is_explained)
        if is_elsewhere or (issue.code == _NAME and _is_cut(issue, shown, finder)):
            continue  # of tables that are elsewhere
        number = next((n for cell in issue.cells if (n := shown.paragraph(cell.ref)) is not None), None)
        yield Finding(replace(issue, paragraph=number, text=finder.quoted((number, 0, 0))), *finder.all_of(number)[1:])


def _is_cut(issue: Issue, shown: OwnTables, finder: Finder) -> bool:
    """Whether a name in a PDF may have been cut where its line or its cell ends."""
    names = {**finder.inputs.pack.functional.names, **finder.inputs.pack.economic.names}
    is_start = any(str(issue.cells[0].value).strip() in names.get(str(cell.value).strip(), "")[:-1] for cell in issue.cells)
    return issue.sheet in shown.loose or (shown.is_printed and is_start)


def _compare(shown: OwnTables, parts: Sequence[Table], ours: Table, finder: Finder) -> Iterator[Finding]:
    wrong = [
        (paragraph, row, column, own, theirs) for stated in parts for row, column, own, theirs in _cells(stated, ours)
        if (paragraph := shown.paragraph(stated.ref(row, column))) is not None and (own or ZERO) != (theirs or ZERO)
    ]
    each, listed = finder.limit("表文-22", "逐处"), finder.limit("表文-23", "列出")
    for paragraph, row, column, own, theirs in wrong[:each]:
        cell: IssueCell | None = ours.issue_cell(row, column)
        words, right = ("空白" if value is None else plain(value) for value in (own, theirs))
        yield from finder.on(
            "表文-22", at=finder.all_of(paragraph), stated=words, expected=right,
            amounts=(own or ZERO, theirs or ZERO), cells=(cell,) if cell else (), 数=ours.label(row, column))
    whole = next(iter(shown.sheets[parts[0].sheet.name].places.values())), 0, 0
    if len(wrong) > each:
        yield from finder.on("表文-22", "很多", at=whole, 表=ours.layout.mark, 几个=len(wrong) - each)
    there = {row for stated in parts for row in stated.rows}
    gone = [row for row, (_, columns) in ours.rows.items() if row not in there and any(ours.value(row, c) for c in columns)]
    if gone and len(gone) < len(ours.rows):
        names = "、".join(ours.label(r, next(iter(ours.rows[r][1]))).partition(" ")[2].partition("·")[0] for r in gone[:listed])
        yield from finder.on(
            "表文-23", "很多" if len(gone) > listed else "", at=whole, 表=ours.layout.mark, 各行=names, 几行=len(gone))


def _cells(stated: Table, ours: Table) -> Iterator[tuple[str, str, Decimal | None, Decimal | None]]:
    """Every cell that both tables have and that can be read.

    Row, column, value in the report and in the workbook as printed.
    """
    for row, (_, columns) in stated.rows.items():
        for column in columns if row in ours.rows else ():
            if column in ours.rows[row][1] and (row, column) not in ours.faults and (row, column) not in stated.faults:
                places = 6 if stated.unit is ours.unit is MoneyUnit.YUAN else 2
                own, theirs = (
                    value if value is None or stated.is_count(row, column) else round_half_up(value, places)
                    for value in (stated.value(row, column), ours.value(row, column)))
                yield row, column, own, theirs


# ---------------------------------------------------------------- 项目支出绩效自评表


def review_performance(document: ReportFile, finder: Finder) -> Iterator[Finding]:
    """All findings about the report's 自评表; one that the 底稿 has not is checked by its own arithmetic."""
    rules = finder.inputs.pack.companion_rules
    if isinstance(document, PdfReport):  # without ruling lines its cells run into each other
        loose = document.loose
        kept = [b for b in document.blocks if not (isinstance(b, DocTable) and b.number in loose)]
        document = replace(document, blocks=tuple(kept))
    tables, issues = tables_in(document, rules)
    if not tables:
        return
    places = {
        (f"表格{p.table}", p.row - 1, p.column - 1): p.number for p in reversed(finder.text.paragraphs) if p.table}
    projects = finder.inputs.companion.projects if finder.inputs.companion is not None else ()
    ours = {normalise(p.table.name.text): p.table for p in projects if p.table is not None}
    for issue in issues:
        yield _placed(issue, places, finder)
    for table in tables:
        own = ours.get(normalise(table.name.text))
        if own is None:
            yield from (_placed(issue, places, finder) for issue in check_table(table, rules))
        else:
            yield from _compared(table, own, places, finder)


def _paragraph(ref: CellRef | None, places: Places) -> int | None:
    return places.get((ref.sheet, ref.row, ref.column)) if ref is not None else None


def _placed(issue: Issue, places: Places, finder: Finder) -> Finding:
    """An issue about a cell of a Word table as a finding on the cell's paragraph."""
    number = next((n for cell in issue.cells if (n := _paragraph(cell.ref, places)) is not None), None)
    quoted = finder.quoted((number, 0, 0)) or ""
    return Finding(replace(issue, paragraph=number, text=quoted, cells=(), culprit=None), *finder.all_of(number)[1:])


def _compared(table: PerformanceTable, own: PerformanceTable, places: Places, finder: Finder) -> Iterator[Finding]:
    """Where the report's table says something else than the 底稿's."""
    found = [(words, a, b) for words, a, b in _differences(table, own) if not _same(a, b)]
    each = finder.limit("表文-26", "逐处")
    for words, stated, expected in found[:each]:
        cells = (IssueCell(expected.ref, expected.text),) if expected.ref is not None else ()
        yield from finder.on(
            "表文-26", at=finder.all_of(_paragraph(stated.ref, places)), stated=stated.plain(), expected=expected.plain(),
            cells=cells, 项目=table.name.text, 数=words)
    if len(found) > each:
        yield from finder.on(
            "表文-26", "很多", at=(_paragraph(table.name.ref, places), 0, 0), 项目=table.name.text, 几处=len(found) - each)


def _differences(table: PerformanceTable, own: PerformanceTable) -> Iterator[tuple[str, Entry, Entry]]:
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


# ---------------------------------------------------------------- charts


def _charts(file: WordFile) -> Iterator[tuple[int, list[tuple[str, Decimal]]]]:
    """Label and value of the slices or bars of every chart that the Word file shows, in the order of their numbers.

    The part of a chart that somebody deleted may still be in the package.
    """
    relations = file.package.relations(file.part)
    shown = {relation.part for chart in file.body.iter(f"{C}chart") if (relation := relations.get(chart.get(f"{R}id", "")))}
    names = {int(m[1]): n for n in file.package.names if n in shown and (m := _CHART.match(n))}
    for number in sorted(names):
        points = []
        with suppress(PackageError):  # Word itself shows no such chart
            for label, value in chain.from_iterable(chart_data(parse_part(file.package, names[number]))):
                with suppress(InvalidOperation):
                    points.append((label, Decimal(value)))
        yield number, points


def review_charts(file: WordFile, finder: Finder) -> Iterator[Finding]:
    """Points whose value is neither the amount nor the share that the workbook gives."""
    captions = {int(m[1]): p.number for p in finder.text.paragraphs if not p.table and (m := _CAPTION.match(p.text.strip()))}
    shares = {share.name: share for shares in finder.expected.shares.values() for share in shares}
    for number, points in _charts(file):
        for label, value in points:
            share = _share_of(label, shares)
            if share is None or not share.amount.is_known or (shown := _wrong(label, value, share, finder.phrasing)) is None:
                continue
            figure = share.amount
            yield from finder.on(
                "表文-27", at=(captions.get(number), 0, 0), stated=f"{shown} 万元", expected=f"{figure.text} 万元",
                figure=figure, amounts=(shown, figure.value), 图号=number, 名称=normalise(label.split(" ")[0]))


def _share_of(label: str, shares: Mapping[str, Share]) -> Share | None:
    """What a point is about."""
    bare = pairs(normalise(re.split(r"[\s\d（(：:，]", label.strip())[0]))
    name, likeness = max(((n, alike(bare, pairs(normalise(n)))) for n in shares), key=lambda pair: pair[1], default=("", 0.0))
    return shares[name] if likeness >= _LIKE else None


def _wrong(label: str, value: Decimal, share: Share, phrasing: Phrasing) -> Decimal | None:
    """The amount that a point shows instead of its own; ``None`` when it shows that.

    A point may show the amount (in 万元 or 元) or the share (as per cent or fraction); its label may state the amount.
    """
    figure, exact = share.amount, share.share.exact
    written = next((n.value for n in Line(label, phrasing, free=()).numbers if n.unit == "万元"), None)
    if written is not None and written != figure.value:
        return written
    right = {figure.value, round_half_up((figure.exact or ZERO).scaleb(4))}
    if exact is not None:
        right |= {share.share.value, round_half_up(exact / _HUNDRED, 4)}
    return None if {round_half_up(value), round_half_up(value, 4)} & right else round_half_up(value)
