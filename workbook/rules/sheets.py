"""Checks of form (规范): sheets, frames, codes and cells; the amounts' relations are formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workbook.amounts import CENT, Fault, MoneyUnit
from workbook.issues import Issue, IssueCell, Severity
from workbook.pack.layout import SheetKind
from workbook.pack.rules import FormIssues, FormRule
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table, is_coded
from workbook.rules.codes import code_issues
from workbook.rules.frames import corner, frame_issues, sheet_issues

_FAULT_RULES = {Fault.ERROR_VALUE: "规范-25", Fault.UNCOMPUTED: "规范-26"}
_FAULT_WORDS = {
    "规范-25": "是错误值“{value}”，没有按 0 计算，请修正公式或直接填写数字",
    "规范-26": "的公式没有计算结果，没有按 0 计算，请用 Excel/WPS 打开并保存后再校验",
    "规范-27": "应为{number}，却是{fault}“{value}”，没有按 0 计算，请改为数字或清空",
}
_MANY_WORDS = {
    "规范-25": "有 {size} 个单元格是错误值（{places} 等），没有按 0 计算，请修正公式或直接填写数字",
    "规范-26": "有 {size} 个公式没有计算结果（{places} 等），没有按 0 计算，请用 Excel/WPS 打开并保存后再校验",
}
"""For a whole sheet that was never computed."""
_FEW = 3
_SINGLE_COPY = 2


class FormChecker:
    """Runs the rules of form on accounts; a rule that the pack leaves out is not run."""

    def __init__(self, accounts: Accounts, rules: dict[str, FormRule]) -> None:
        self.accounts = accounts
        self.form = FormIssues(rules)

    def issues(self) -> Iterator[Issue]:
        """All findings of form, workbook first, then sheet by sheet."""
        yield from sheet_issues(self.accounts, self.form)
        yield from frame_issues(self.accounts, self.form)
        for table in self.accounts.tables.values():
            yield from self.table_issues(table)

    def examined(self) -> dict[str, int]:
        """Rule → how many sheets, rows, cells … were examined under it, once :meth:`issues` has run."""
        return self.form.examined()

    def table_issues(self, table: Table) -> Iterator[Issue]:
        """Findings of form in one sheet."""
        checks: tuple[Callable[[Table], Iterable[Issue]], ...] = (
            self._lines, self._faults, self._cells, self._hidden, self._merged)
        for check in checks:
            yield from check(table)
        if is_coded(table.layout):
            yield from code_issues(table, self.accounts.pack, self.form)
        if table.layout.empty_statement:
            yield from self._empty(table)

    def _lines(self, table: Table) -> Iterator[Issue]:
        layout = table.layout
        blank_form = layout.kind is SheetKind.FUNCTIONAL and layout.empty_statement and not table.rows
        missing = () if blank_form else table.absent_rows()
        self.form.examine(0 if blank_form else len(layout.fixed_rows), "规范-29")
        if missing:
            words = "、".join(f"“{r}”" for r in missing[:4]) + (f"等 {len(missing)} 行" if len(missing) > 4 else "行")
            yield from self.form.issue(
                "规范-29", f"{layout.mark}缺少{words}，有关的审核公式没有执行", [corner(table.sheet)], table.code,
                Severity.NOTICE if layout.code == "公开11" else None)
        if not table.rows:
            return
        absent = [c for c in table.absent_columns() if c not in layout.optional_columns]
        self.form.examine(len(layout.column_ids()) - len(layout.optional_columns), "规范-29")
        if absent:
            yield from self.form.issue(
                "规范-29", f"{layout.mark}缺少{'、'.join(f'“{c}”' for c in absent)}列，有关的审核公式没有执行",
                [corner(table.sheet)], table.code, Severity.NOTICE if layout.empty_statement else None)

    def _faults(self, table: Table) -> Iterator[Issue]:
        self.form.examine(table.size, "规范-25", "规范-26", "规范-27")
        found: dict[str, list[tuple[IssueCell, str]]] = {}
        for (row, column), fault in table.faults.items():
            if (cell := table.issue_cell(row, column)) is not None:
                rule = _FAULT_RULES.get(fault, "规范-27")
                number = "数量" if row in table.counts else "金额"
                words = _FAULT_WORDS[rule].format(value=cell.value, fault=fault, number=number)
                found.setdefault(rule, []).append((cell, words))
        for rule, faulty in found.items():
            if len(faulty) <= _FEW or rule not in _MANY_WORDS:
                for cell, words in faulty:
                    yield from self.form.issue(rule, f"{cell.ref}（{cell.label}）{words}", [cell], table.code)
            else:
                cells = [cell for cell, _ in faulty]
                words = _MANY_WORDS[rule].format(size=len(cells), places="、".join(c.ref.a1 for c in cells[:_FEW]))
                yield from self.form.issue(rule, f"{table.layout.mark}{words}", cells, table.code)

    def _cells(self, table: Table) -> Iterator[Issue]:
        amounts = sum(map(len, table.columns.values()))
        self.form.examine(amounts, "规范-23")
        if table.text_numbers:
            cells = table.issue_cells(table.text_numbers)
            yield from self.form.issue(
                "规范-23", f"{table.layout.mark}有 {len(cells)} 个数字以文本存储，已按数字读取，建议转换为数字", cells, table.code)
        if table.unit is MoneyUnit.WAN:
            self.form.examine(amounts, "规范-21")
            fine = [
                (row, column) for column, values in table.columns.items() for row, value in values.items()
                if value % CENT
            ]
            if fine:
                cells = table.issue_cells(fine)
                yield from self.form.issue(
                    "规范-21", f"{table.layout.mark}有 {len(cells)} 个金额超过两位小数，计算时使用全部小数，只在报告中四舍五入",
                    cells, table.code)

    def _hidden(self, table: Table) -> Iterator[Issue]:
        marks = table.sheet.marks
        self.form.examine(sum(map(len, table.columns.values())), "规范-24")
        if not marks.hidden_rows and not marks.hidden_columns:
            return
        cells = table.issue_cells([
            (row, column) for column, values in table.columns.items() for row, value in values.items()
            if value and (place := table.position(row, column))
            and (place[0] in marks.hidden_rows or place[1] in marks.hidden_columns)
        ])
        if cells:
            yield from self.form.issue(
                "规范-24", f"{table.layout.mark}隐藏的行或列中有 {len(cells)} 个金额，请取消隐藏后核对", cells, table.code)

    def _merged(self, table: Table) -> Iterator[Issue]:
        if not table.rows:
            return
        merged, first = table.sheet.marks.merged, table.first_data_row
        self.form.examine(len(merged), "规范-28")
        data = [m for m in merged if m[2] >= first and m[2] - m[0] <= 200 and m[3] - m[1] <= 60]
        if data:
            columns = table.value_columns()
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
            if len(inside) >= _SINGLE_COPY:
                cells = table.issue_cells(inside)
                yield from self.form.issue(
                    "规范-28", f"{cells[0].ref} 起的 {len(inside)} 个数据单元格合并在一起，只读到第一个，请取消合并", cells, table.code)

    def _empty(self, table: Table) -> Iterator[Issue]:
        self.form.examine(1, "规范-31")
        if not table.is_empty():
            return
        stated = any(
            isinstance(content, str) and len(content) > 6 and any(w in content for w in ("无", "没有", "空表", "未发生"))
            for row in table.sheet.rows for content in row
        )
        if not stated:
            yield from self.form.issue(
                "规范-31", f"{table.layout.mark}是空表而没有说明，请在表下注明“{table.layout.empty_statement}”",
                [corner(table.sheet)], table.code)
