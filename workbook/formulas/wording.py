"""A broken relation in the reader's words: both sides with their amounts, what must hold, and the difference.

``公开01表 本年收入合计 98.81 万元，应等于公开01表 本年收入合计 … ＋ … ＝ 95.81 万元，相差 3.00 万元：…``
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workbook.amounts import MoneyUnit, decimals, round_half_up
from workbook.formulas.bindings import TermCell
from workbook.formulas.outcomes import Outcome
from workbook.pack.formula import Relation, Term, is_of_companion

_MUST = {
    Relation.EQUAL: "应等于", Relation.AT_MOST: "应不大于", Relation.AT_LEAST: "应不小于", Relation.TOGETHER: "应同有同无",
}
_LISTED = 4
"""A sum of more amounts is told by their number."""


def mismatch_message(mismatch: Outcome) -> str:
    """The relation of a mismatch, both sides with values, the difference and the formula's own wording."""
    comparison, wording = mismatch.formula.comparison, mismatch.formula.wording
    left = _side(mismatch, 1, mismatch.left)
    if comparison.is_sign_test:
        return f"{left}：{wording}"
    right = _side(mismatch, -1, mismatch.right)
    if comparison.relation is Relation.TOGETHER:
        return f"{left}，{right}：{wording}"
    tail = "（尾差）" if mismatch.is_tail else ""
    difference = value_text(abs(mismatch.difference), mismatch.cells)
    return f"{left}，{_MUST[comparison.relation]}{right}，相差 {difference}{tail}：{wording}"


def _side(mismatch: Outcome, side: int, value: Decimal) -> str:
    terms = mismatch.formula.comparison.left if side == 1 else mismatch.formula.comparison.right
    if all(t.constant is not None for t in terms):
        return f" {value}"
    cells = mismatch.side(side)
    if not cells:
        return _absent(mismatch, terms)
    if len(cells) == 1:
        return f"{_sheet(cells[0])} {_words(cells[0])} {value_text(value, cells)}"
    shown = [c for c in cells if c.value]
    one_sheet = len({(id(c.table), c.prior) for c in cells}) == 1
    head = f"{_sheet(cells[0])} " if one_sheet else ""
    if len(shown) > _LISTED or not shown:
        size = f"{len(cells)} 项之和" if all(c.sign == side for c in cells) else f"{len(cells)} 项相加减"
        return f"{head or '、'.join(dict.fromkeys(map(_sheet, cells))) + ' '}{size} {value_text(value, cells)}"
    lines = {c.row for c in cells}, {c.column for c in cells}
    one_row, one_column = one_sheet and len(lines[0]) == 1, one_sheet and len(lines[1]) == 1
    if one_row and not one_column:
        head = f"{head}{_row(shown[0])} "
    text = ""
    for c in shown:
        name = (
            c.column if one_row and not one_column else _row(c) if one_column
            else _words(c) if one_sheet else f"{_sheet(c)} {_words(c)}")
        text += f"{'' if not text and c.sign == side else ' ＋ ' if c.sign == side else ' － '}{name} {_number(c.value, c)}"
    zeros = f"（其余 {len(cells) - len(shown)} 项为 0）" if len(cells) > len(shown) else ""
    if len(shown) == 1 and shown[0].sign == side:
        return f"{head}{text}{_unit(shown)}{zeros}"
    return f"{head}{text}{zeros} ＝ {value_text(value, cells)}"


def _absent(mismatch: Outcome, terms: Sequence[Term]) -> str:
    """A side of which the sheet has no cell."""
    term = next(t for t in terms if t.constant is None)
    sheet = f"{'上年' if term.prior else ''}{term.table}{'' if is_of_companion(term.table) else '表'}"
    own = next((c for c in mismatch.cells if c.row == mismatch.row), None)
    row = _row(own) if own else mismatch.row
    return f"{sheet}的“{row}”（{sheet}没有这一行，按 0）" if row.isdigit() or own else f"{sheet}各行之和 0"


def _sheet(cell: TermCell) -> str:
    if is_of_companion(cell.table.code):  # 底稿“采购与中小企业” 中小企业货物
        return cell.table.label(cell.row, cell.column).partition(" ")[0]
    return ("上年" if cell.prior else "") + cell.table.layout.mark


def _words(cell: TermCell) -> str:
    label = cell.table.label(cell.row, cell.column)
    return label.partition(" ")[2] if is_of_companion(cell.table.code) else label.removeprefix(cell.table.layout.mark).strip()


def _row(cell: TermCell) -> str:
    return _words(cell).removesuffix(f"·{cell.column}")


def _unit(cells: Sequence[TermCell]) -> str:
    if not cells or cells[0].table.is_count(cells[0].row, cells[0].column):
        return ""
    return " 元" if cells[0].table.unit is MoneyUnit.YUAN else " 万元"


def _number(value: Decimal, cell: TermCell) -> str:
    """An amount in its sheet's unit, a count as it is."""
    if cell.table.is_count(cell.row, cell.column):
        return f"{value.normalize():f}"
    return plain(value.scaleb(4) if cell.table.unit is MoneyUnit.YUAN else value)


def value_text(value: Decimal, cells: Sequence[TermCell]) -> str:
    """A value in the unit of the first of *cells*, with all its digits: ``550.0661 万元``, ``5,500,661.00 元``, ``3``."""
    return f"{_number(value, cells[0])}{_unit(cells)}" if cells else f"{plain(value)} 万元"


def both_units(value: Decimal, cell: TermCell) -> str:
    """A cell's amount in its own unit, and in 万元 as the report prints it when that differs."""
    exact, wan = value_text(value, [cell]), f"{round_half_up(value):,f} 万元"
    if cell.table.is_count(cell.row, cell.column) or exact == wan:
        return exact
    return f"{exact}（{wan}）" if cell.table.unit is MoneyUnit.YUAN else f"{exact}（报告中 {wan}）"


def plain(value: Decimal) -> str:
    """Thousands separators, at least two decimals, all that the value carries."""
    return f"{value:,.{max(2, decimals(value))}f}"
