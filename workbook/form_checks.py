"""Checks of form (规范): sheets, frames, codes and cells; the amounts' relations are formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from workbook.accounts import Accounts
from workbook.amounts import CENT, Fault, MoneyUnit
from workbook.catalogue import Catalogue
from workbook.form_rules import FormRule
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.layout import TOTAL, SheetKind, normalise
from workbook.source import RawSheet
from workbook.tables import Table, is_coded, text_of

_FAULT_RULES = {Fault.ERROR_VALUE: "规范-25", Fault.UNCOMPUTED: "规范-26"}
_FAULT_WORDS = {
    "规范-25": "是错误值“{value}”，没有按 0 计算，请修正公式或直接填写数字",
    "规范-26": "的公式没有计算结果，没有按 0 计算，请用 Excel/WPS 打开并保存后再校验",
    "规范-27": "应为金额，却是{fault}“{value}”，没有按 0 计算，请改为数字或清空",
}
_SINGLE_COPY = 2
_FEW = 12
_NINE_TABLE_ABSENT = frozenset({"公开07", "公开11"})


class FormChecker:
    """Runs the rules of form on accounts; a rule that the pack leaves out is not run."""

    def __init__(self, accounts: Accounts, rules: dict[str, FormRule]) -> None:
        self.accounts = accounts
        self.rules = rules

    def issues(self) -> Iterator[Issue]:
        """All findings of form, workbook first, then sheet by sheet."""
        yield from self._sheets()
        yield from self._frames()
        for table in self.accounts.tables.values():
            yield from self.table_issues(table)

    def table_issues(self, table: Table) -> Iterator[Issue]:
        """Findings of form in one sheet."""
        checks: tuple[Callable[[Table], Iterable[Issue]], ...] = (
            self._lines, self._faults, self._cells, self._hidden, self._merged)
        for check in checks:
            yield from check(table)
        if is_coded(table.layout):
            yield from _joined(self._codes(table))
        if table.layout.empty_statement and table.is_empty():
            yield from self._empty(table)

    def _issue(
        self, rule: str, message: str, cells: Iterable[IssueCell] = (), sheet: str = "", severity: Severity | None = None
    ) -> Iterator[Issue]:
        if rule in self.rules:
            yield Issue(rule, Kind.FORM, severity or self.rules[rule].severity, message, tuple(cells), sheet=sheet)

    def _sheets(self) -> Iterator[Issue]:
        accounts = self.accounts
        missing = [code for code in accounts.pack.sheets if code not in accounts.tables]
        nine = set(missing) == _NINE_TABLE_ABSENT
        for code in missing:
            layout = accounts.pack.sheets[code]
            message = f"缺少“{layout.title}”（{layout.mark}），与它有关的审核公式没有执行，请补齐后再校验"
            yield from self._issue("规范-01", message, sheet=code, severity=Severity.NOTICE if nine else None)
        for code, sheet in accounts.duplicates:
            kept = accounts.tables[code].sheet
            yield from self._issue(
                "规范-02", f"“{accounts.pack.sheets[code].title}”有两份：已校验“{kept.name}”，没有校验“{sheet.name}”，请删除多余的一份",
                [_corner(sheet)], code)
        for sheet in accounts.unrecognised:
            if sheet.visible and _has_numbers(sheet):
                yield from self._issue(
                    "规范-03", f"工作表“{sheet.name}”不是十一张公开表之一，没有校验", [_corner(sheet)])
        for problem in accounts.source.problems:
            yield from self._issue("规范-09", str(problem).rstrip("。"))

    def _frames(self) -> Iterator[Issue]:
        frames, tables = self.accounts.frames, self.accounts.tables
        years = Counter(f.year for f in frames.values() if f.year)
        units = Counter(f.money_unit for f in frames.values() if f.money_unit)
        names = Counter(_bare(f.unit_name) for f in frames.values() if f.unit_name)
        if not units:
            yield from self._issue("规范-08", "所有表都没有写明金额单位，暂按万元读取，请在表头写明“单位：万元”或“单位：元”")
        for code, frame in frames.items():
            corner, mark = _corner(tables[code].sheet), tables[code].layout.mark
            if frame.year and frame.year != (year := years.most_common(1)[0][0]):
                yield from self._issue("规范-04", f"{mark}的年度是 {frame.year} 年，其他表是 {year} 年，请核对", [corner], code)
            if frame.unit_name and _bare(frame.unit_name) != (name := names.most_common(1)[0][0]):
                yield from self._issue(
                    "规范-05", f"{mark}的单位名称是“{frame.unit_name}”，其他表是“{name}”，请核对", [corner], code)
            if frame.money_unit and frame.money_unit != (unit := units.most_common(1)[0][0]):
                yield from self._issue(
                    "规范-06", f"{mark}的金额单位是{frame.money_unit}，其他表是{unit}，请统一（已按各表所写单位换算）", [corner], code)
            if not frame.money_unit and units:
                yield from self._issue(
                    "规范-07", f"{mark}没有写明金额单位，已按其他表的{units.most_common(1)[0][0]}读取", [corner], code)

    def _lines(self, table: Table) -> Iterator[Issue]:
        layout = table.layout
        missing = [r for r in layout.row_ids() if r not in table.rows and not r.isdigit()]
        if layout.kind is SheetKind.FUNCTIONAL:
            blank_form = bool(layout.empty_statement) and not table.rows
            missing = [] if TOTAL in table.rows or blank_form else [TOTAL]
        if missing:
            words = "、".join(f"“{r}”" for r in missing[:4]) + (f"等 {len(missing)} 行" if len(missing) > 4 else "行")
            yield from self._issue(
                "规范-29", f"{layout.mark}缺少{words}，有关的审核公式没有执行", [_corner(table.sheet)], table.code,
                Severity.NOTICE if layout.code == "公开11" else None)
        present = {c for _, positions in table.rows.values() for c in positions}
        optional = {c.id for c in layout.columns if c.optional}
        absent = [c for c in layout.column_ids() if c not in present and c not in optional]
        if absent and table.rows:
            yield from self._issue(
                "规范-29", f"{layout.mark}缺少{'、'.join(f'“{c}”' for c in absent)}列，有关的审核公式没有执行",
                [_corner(table.sheet)], table.code, Severity.NOTICE if layout.empty_statement else None)

    def _faults(self, table: Table) -> Iterator[Issue]:
        for (row, column), fault in table.faults.items():
            cell = table.issue_cell(row, column)
            if cell is None:
                continue
            rule = _FAULT_RULES.get(fault, "规范-27")
            words = _FAULT_WORDS[rule].format(value=cell.value, fault=fault)
            yield from self._issue(rule, f"{cell.ref}（{cell.label}）{words}", [cell], table.code)

    def _cells(self, table: Table) -> Iterator[Issue]:
        if table.text_numbers:
            cells = [c for key in table.text_numbers if (c := table.issue_cell(*key))]
            yield from self._issue(
                "规范-23", f"{table.layout.mark}有 {len(cells)} 个数字以文本存储，已按数字读取，建议转换为数字", cells, table.code)
        if table.unit is MoneyUnit.WAN:
            fine = [
                (row, column) for column, values in table.columns.items() for row, value in values.items()
                if value % CENT
            ]
            if fine:
                cells = [c for key in fine if (c := table.issue_cell(*key))]
                yield from self._issue(
                    "规范-21", f"{table.layout.mark}有 {len(cells)} 个金额超过两位小数，计算时使用全部小数，只在报告中四舍五入",
                    cells, table.code)

    def _hidden(self, table: Table) -> Iterator[Issue]:
        marks = table.sheet.marks
        if not marks.hidden_rows and not marks.hidden_columns:
            return
        cells = [
            cell for column, values in table.columns.items() for row, value in values.items()
            if value and (place := table.position(row, column))
            and (place[0] in marks.hidden_rows or place[1] in marks.hidden_columns)
            and (cell := table.issue_cell(row, column))
        ]
        if cells:
            yield from self._issue(
                "规范-24", f"{table.layout.mark}隐藏的行或列中有 {len(cells)} 个金额，请取消隐藏后核对", cells, table.code)

    def _merged(self, table: Table) -> Iterator[Issue]:
        if not table.sheet.marks.merged or not table.rows:
            return
        data = [m for m in table.sheet.marks.merged
                if m[2] >= table.first_data_row and m[2] - m[0] <= 200 and m[3] - m[1] <= 60]
        if data:
            columns = table.value_columns()
            last = max(r for r, _ in table.rows.values())
            data = [m for m in data if m[0] <= last and any(m[1] <= c <= m[3] for c in columns)]
        if not data:
            return
        places = {(r, c): (row, column) for row, (r, columns) in table.rows.items() for column, c in columns.items()}
        for top, left, bottom, right in data:
            inside = [places[r, c] for r in range(top, bottom + 1) for c in range(left, right + 1) if (r, c) in places]
            if len(inside) >= _SINGLE_COPY:
                cells = [c for key in inside if (c := table.issue_cell(*key))]
                yield from self._issue(
                    "规范-28", f"{cells[0].ref} 起的 {len(inside)} 个数据单元格合并在一起，只读到第一个，请取消合并", cells, table.code)

    def _codes(self, table: Table) -> Iterator[Issue]:
        pack = self.accounts.pack
        functional = table.layout.kind is SheetKind.FUNCTIONAL
        lengths = (3, 5, 7) if functional else (3, 5)
        names = (pack.functional if functional else pack.economic).names
        for code in table.rows:
            if code in names:  # the common case: a known code
                if (printed := table.names.get(code)) and printed != names[code]:
                    yield from self._other_name(table, code, names[code], printed)
            elif not code.isdigit():
                yield from self._no_code(table, code)
                continue
            elif len(code) not in lengths:
                cell = self._label_cell(table, code)
                yield from self._issue(
                    "规范-12", f"{table.layout.mark}的科目编码“{code}”是 {len(code)} 位，应为 {'、'.join(map(str, lengths))} 位（{cell.ref.a1}）",
                    [cell], table.code)
                continue
            else:
                yield from self._unknown_code(table, code)
            if functional and len(code) > lengths[0] and code[:-2] not in table.rows:
                cell = self._label_cell(table, code)
                yield from self._issue(
                    "规范-13", f"{table.layout.mark}有科目“{code}”而没有它的上级“{code[:-2]}”（{cell.ref.a1}）", [cell], table.code)

    def _no_code(self, table: Table, row: str) -> Iterator[Issue]:
        """A duplicated code, or a row with amounts and no code (the 合计 row is neither)."""
        bare, _, twice = row.partition("（第")
        cell = self._label_cell(table, row)
        if twice:
            yield from self._issue(
                "规范-14", f"{table.layout.mark}的科目编码“{bare}”重复（{cell.ref.a1}），请合并或更正", [cell], table.code)
        elif row.startswith("第"):
            yield from self._issue("规范-16", f"{table.layout.mark}{row}有金额而没有科目编码，请补填编码", [cell], table.code)

    def _catalogue(self, table: Table) -> Catalogue:
        pack = self.accounts.pack
        return pack.functional if table.layout.kind is SheetKind.FUNCTIONAL else pack.economic

    def _unknown_code(self, table: Table, code: str) -> Iterator[Issue]:
        moved = self._catalogue(table).successor(code)
        cell = self._label_cell(table, code)
        if moved is not None:
            yield from self._issue(
                "规范-17", f"{table.layout.mark}的科目“{code}”已改为“{moved.new_code} {moved.new_name}”（{cell.ref.a1}）", [cell], table.code)
        elif not code.endswith("00"):
            year = self.accounts.pack.year
            yield from self._issue(
                "规范-11", f"{table.layout.mark}的科目编码“{code}”不在 {year} 年目录中，请核对（{cell.ref.a1}）", [cell], table.code)

    def _other_name(self, table: Table, code: str, official: str, printed: str) -> Iterator[Issue]:
        if _same_name(printed, official):
            return
        former = (a.old_name for a in self._catalogue(table).aliases if code in (a.old_code, a.new_code))
        if any(_same_name(printed, name) for name in former):
            return
        cell = self._label_cell(table, code)
        yield from self._issue(
            "规范-15", f"{table.layout.mark}科目“{code}”的名称是“{printed}”，目录是“{official}”（{cell.ref.a1}）", [cell], table.code)

    @staticmethod
    def _label_cell(table: Table, row: str) -> IssueCell:
        place = table.label_cells.get(row) or (table.rows[row][0], 0)
        ref = CellRef(table.sheet.file.name, table.sheet.name, *place)
        return IssueCell(ref, text_of(table.sheet.content(*place)), f"{table.layout.mark} {row}")

    def _empty(self, table: Table) -> Iterator[Issue]:
        stated = any(
            isinstance(content, str) and len(content) > 6 and any(w in content for w in ("无", "没有", "空表", "未发生"))
            for row in table.sheet.rows for content in row
        )
        if not stated:
            yield from self._issue(
                "规范-31", f"{table.layout.mark}是空表而没有说明，请在表下注明“{table.layout.empty_statement}”",
                [_corner(table.sheet)], table.code)


def _joined(issues: Iterable[Issue]) -> Iterator[Issue]:
    """*issues* of one sheet, where more than a few of one rule become one that names all cells."""
    by_rule: dict[str, list[Issue]] = {}
    for issue in issues:
        by_rule.setdefault(issue.code, []).append(issue)
    for found in by_rule.values():
        if len(found) <= _FEW:
            yield from found
        else:
            cells = tuple(cell for issue in found for cell in issue.cells)
            yield replace(found[0], message=f"{found[0].message}；同类问题共 {len(found)} 处", cells=cells)


def _corner(sheet: RawSheet) -> IssueCell:
    """The first cell with content: where the cursor goes when a whole sheet is meant."""
    place = next(((r, c) for r, row in enumerate(sheet.rows) for c, content in enumerate(row) if content != ""), (0, 0))
    return IssueCell(CellRef(sheet.file.name, sheet.name, *place), text_of(sheet.content(*place)))


def _has_numbers(sheet: RawSheet) -> bool:
    return any(isinstance(content, float) and content for row in sheet.rows for content in row)


def _bare(name: str) -> str:
    return normalise(name)


def _same_name(a: str, b: str) -> bool:
    return a == b or normalise(a) == normalise(b)
