"""What a broken formula says about its cells: the one amount with which a cell would be right, and how such faults usually come about."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from workbook.amounts import decimals, round_half_up
from workbook.formulas.bindings import TermCell
from workbook.formulas.outcomes import Outcome, State
from workbook.issues import Kind
from workbook.pack.formula import Formula, Relation

_WITNESSES = 2
"""As many broken formulas must ask for the same amount; with one alone, the other side may be wrong as well."""
_CAUSES = {
    Kind.INTRA: "合计手工改过、新增的行没有计入、下级科目漏填或重复，或者一个数录错",
    Kind.INTER: "只改了其中一张表、两张表不是同一次导出，或者元和万元混用",
    Kind.PRIOR: "上年的表不是批复的最终稿、上年数后来调整过，或者关联了别的单位的表",
    Kind.TEXT: "改了表没有改文字，或者文字沿用了上年的数",
    Kind.FORM: "表样改动过，或者从别的文件复制时带入了文字和格式",
}


def only_value(outcomes: Iterable[Outcome], cell: TermCell) -> Decimal | None:
    """The amount (in 万元; counts as they are) with which every equation of the *cell* would hold.

    ``None`` unless at least two broken equations ask for the same amount (to two decimals) and none holds as it is.
    """
    wanted: list[Decimal] = []
    for outcome in outcomes:
        if outcome.formula.comparison.relation is not Relation.EQUAL or outcome.state not in (State.BROKEN, State.TAIL, State.HOLDS):
            continue
        weight = sum(c.sign for c in outcome.left_cells if _is_same(c, cell)) - sum(c.sign for c in outcome.right_cells if _is_same(c, cell))
        if abs(weight) != 1:
            continue
        if outcome.state is not State.BROKEN:
            return None
        wanted.append(cell.value - weight * outcome.difference)
    if len(wanted) < _WITNESSES or len({round_half_up(value) for value in wanted}) > 1:
        return None
    return min(wanted, key=decimals)


def as_typed(value: Decimal, cell: TermCell) -> str:
    """An amount in 万元 as it is typed into the cell's sheet."""
    typed = value if cell.row in cell.table.counts else value.scaleb(-cell.table.unit.exponent)
    return f"{typed.normalize():f}"


def usual_cause(formula: Formula) -> str:
    """How such a formula usually comes to be broken."""
    return _CAUSES[formula.kind]


def _is_same(one: TermCell, other: TermCell) -> bool:
    return not one.prior and one.table.code == other.table.code and (one.row, one.column) == (other.row, other.column)
