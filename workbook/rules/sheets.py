"""Form of a sheet: its rows and columns, its cells, the statement of an empty one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook.amounts import CENT, Fault, MoneyUnit
from workbook.issues import Issue, IssueCell
from workbook.pack.layout import SheetKind
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table, is_coded
from workbook.rules.codes import code_issues
from workbook.rules.form_issues import FormIssues, corner
from workbook.rules.frames import frame_issues, sheet_issues

_FAULT_RULES = {Fault.ERROR_VALUE: "规范-25", Fault.UNCOMPUTED: "规范-26"}
_OTHER_FAULT = "规范-27"
_NAMED_LINES = 4
"""So many absent rows are named, the others counted."""


def form_issues(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """All issues of form, workbook first, then sheet by sheet."""
    yield from sheet_issues(accounts, form)
    yield from frame_issues(accounts, form)
    for table in accounts.tables.values():
        yield from table_issues(table, accounts.pack, form)


def table_issues(table: Table, pack: Pack, form: FormIssues) -> Iterator[Issue]:
    """Findings of form in one sheet."""
    for check in (_lines, _faults, _cells, _hidden, _merged):
        yield from check(table, form)
    if is_coded(table.layout):
        yield from code_issues(table, pack, form)
    if table.layout.empty_statement:
        yield from _empty(table, form)


def _lines(table: Table, form: FormIssues) -> Iterator[Issue]:
    layout = table.layout
    is_blank_form = bool(layout.kind is SheetKind.FUNCTIONAL and layout.empty_statement and not table.rows)
    missing = () if is_blank_form else table.absent_rows()
    form.examine(0 if is_blank_form else len(layout.fixed_rows), "规范-29")
    if missing:
        words = "、".join(f"“{r}”" for r in missing[:_NAMED_LINES])
        words += f"等 {len(missing)} 行" if len(missing) > _NAMED_LINES else "行"
        yield from form.issue(
            "规范-29", "缺行", 表=layout.mark, 各行=words, cells=[corner(table.sheet)], sheet=table.code,
            milder="从轻" if layout.rows_vary else "")
    if not table.rows:
        return
    absent = [c for c in table.absent_columns() if c not in layout.optional_columns]
    form.examine(len(layout.column_ids()) - len(layout.optional_columns), "规范-29")
    if absent:
        yield from form.issue(
            "规范-29", "缺列", 表=layout.mark, 各列="、".join(f"“{c}”" for c in absent), cells=[corner(table.sheet)],
            sheet=table.code, milder="从轻" if layout.empty_statement else "")


def _faults(table: Table, form: FormIssues) -> Iterator[Issue]:
    """Cells that are no amounts; many of one kind (a sheet that was never computed) in one issue."""
    form.examine(table.structure.size, *_FAULT_RULES.values(), _OTHER_FAULT)
    found: dict[str, list[tuple[IssueCell, Fault, str]]] = {}
    for (row, column), fault in table.faults.items():
        if (cell := table.issue_cell(row, column)) is not None:
            wanted = "数量" if row in table.counts else "金额"
            found.setdefault(_FAULT_RULES.get(fault, _OTHER_FAULT), []).append((cell, fault, wanted))
    for code, faulty in found.items():
        few = form.rules[code].parameters.get("逐处") if code in form.rules else None
        if few is not None and len(faulty) > few:
            cells = [cell for cell, *_ in faulty]
            places = "、".join(cell.ref.a1 for cell in cells[: int(few)])
            yield from form.issue(
                code, "多处", 表=table.layout.mark, 个数=len(cells), 单元格=places, cells=cells, sheet=table.code)
            continue
        for cell, fault, wanted in faulty:
            yield from form.issue(
                code, 单元格=cell.ref, 项目=cell.label, 内容=cell.value, 种类=fault, 应为=wanted, cells=[cell], sheet=table.code)


def _cells(table: Table, form: FormIssues) -> Iterator[Issue]:
    amounts = sum(map(len, table.columns.values()))
    form.examine(amounts, "规范-23")
    if table.text_numbers:
        yield from _of_cells("规范-23", table, table.text_numbers, form)
    if table.unit is MoneyUnit.WAN:
        form.examine(amounts, "规范-21")
        fine = [(row, column) for column, values in table.columns.items() for row, value in values.items() if value % CENT]
        if fine:
            yield from _of_cells("规范-21", table, fine, form)


def _hidden(table: Table, form: FormIssues) -> Iterator[Issue]:
    marks = table.sheet.marks
    form.examine(sum(map(len, table.columns.values())), "规范-24")
    if not marks.hidden_rows and not marks.hidden_columns:
        return
    hidden = [
        (row, column) for column, values in table.columns.items() for row, value in values.items()
        if value and (place := table.position(row, column))
        and (place[0] in marks.hidden_rows or place[1] in marks.hidden_columns)
    ]
    if hidden:
        yield from _of_cells("规范-24", table, hidden, form)


def _of_cells(code: str, table: Table, keys: Sequence[tuple[str, str]], form: FormIssues) -> Iterator[Issue]:
    """One issue for all these cells of a sheet."""
    cells = table.issue_cells(keys)
    yield from form.issue(code, 表=table.layout.mark, 个数=len(cells), cells=cells, sheet=table.code)


def _merged(table: Table, form: FormIssues) -> Iterator[Issue]:
    if not table.rows:
        return
    merged, first = table.sheet.marks.merged, table.first_data_row
    form.examine(len(merged), "规范-28")
    data = [m for m in merged if m[2] >= first and m[2] - m[0] <= 200 and m[3] - m[1] <= 60]
    if data:
        columns = table.structure.value_columns
        last = max([r for r, _ in table.rows.values()])
        data = [m for m in data if m[0] <= last and any(m[1] <= c <= m[3] for c in columns)]
    if not data:
        return
    rows = {r for top, _, bottom, _ in data for r in range(top, bottom + 1)}
    places = {
        (r, c): (row, column) for row, (r, positions) in table.rows.items() if r in rows
        for column, c in positions.items()
    }
    for top, left, bottom, right in data:
        inside = [places[r, c] for r in range(top, bottom + 1) for c in range(left, right + 1) if (r, c) in places]
        if len(inside) > 1:
            cells = table.issue_cells(inside)
            yield from form.issue("规范-28", 单元格=cells[0].ref, 个数=len(inside), cells=cells, sheet=table.code)


def _empty(table: Table, form: FormIssues) -> Iterator[Issue]:
    form.examine(1, "规范-31")
    rule = form.rules.get("规范-31")
    if rule is None or not table.is_empty():
        return
    words, shortest = rule.parameters["用词"], rule.parameters["最少字数"]
    if not any(
        isinstance(content, str) and len(content) >= shortest and any(w in content for w in words)
        for row in table.sheet.rows for content in row
    ):
        yield from form.issue(
            rule.code, 表=table.layout.mark, 说明=table.layout.empty_statement, cells=[corner(table.sheet)], sheet=table.code)
