"""How formulas stand: each instance that a cell takes part in, each formula as a whole.

What a broken one says about its cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from workbook.amounts import ZERO, decimals, round_half_up
from workbook.formulas.bindings import TermCell
from workbook.issues import CellRef, Kind, Severity
from workbook.pack.formula import Formula, Relation
from workbook.values import dataclass

_WITNESSES = 2
"""As many broken formulas must ask for the same amount; with one alone, the other side may be wrong as well."""
USUAL_CAUSES = {
    Kind.INTRA: "合计手工改过、新增的行没有计入、下级科目漏填或重复，或者一个数录错",
    Kind.INTER: "只改了其中一张表、两张表不是同一次导出，或者元和万元混用",
    Kind.PRIOR: "上年的表不是批复的最终稿、上年数后来调整过，或者关联了别的单位的表",
    Kind.TEXT: "改了表没有改文字，或者文字沿用了上年的数",
    Kind.FORM: "表样改动过，或者从别的文件复制时带入了文字和格式",
}
"""How formulas of a kind usually come to be broken."""


class State(StrEnum):
    """The outcome of a formula instance, or of a whole formula."""

    BROKEN = "不平"
    NOTICE = "请核对"
    TAIL = "尾差"
    HOLDS = "成立"
    SKIPPED = "未执行"
    NOT_APPLICABLE = "不适用"

    @property
    def sign(self) -> str:
        """Stands before the word, so that a colour never stands alone."""
        return _SIGNS.get(self, "－")

    @property
    def rank(self) -> int:
        """Its place when the worst comes first."""
        return list(State).index(self)


_SIGNS = {
    State.BROKEN: Severity.ERROR.sign, State.NOTICE: Severity.NOTICE.sign, State.TAIL: Severity.TAIL.sign, State.HOLDS: "✓",
}


class Obstacle(NamedTuple):
    """Why a formula, or another record with a condition, is not evaluated."""

    reason: str
    applies: bool = True
    """Whether it concerns this unit at all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a formula instance stands; of a formula that was not evaluated as a whole, without row, column and cells."""

    formula: Formula
    row: str = ""
    column: str = ""
    left: Decimal = ZERO
    """Amounts in 万元, counts as they are."""
    right: Decimal = ZERO
    bound: Decimal = ZERO
    """By so much rounding alone may part the sides."""
    cells: tuple[TermCell, ...] = ()
    obstacle: Obstacle | None = None
    """Why it was not evaluated."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other instances: the formula's code, row, column."""
        return self.formula.code, self.row, self.column

    @property
    def difference(self) -> Decimal:
        return self.left - self.right

    @property
    def holds(self) -> bool:
        return self.obstacle is None and self.formula.comparison.holds(self.left, self.right)

    @property
    def is_tail(self) -> bool:
        """Whether rounding alone can explain the difference.

        Of a test for both or neither: that a written 0.00 is less than 0.005.
        """
        if self.formula.comparison.relation is Relation.TOGETHER:
            return self.bound > 0
        return abs(self.difference) <= self.bound

    @property
    def state(self) -> State:
        if self.obstacle is not None:
            return State.SKIPPED if self.obstacle.applies else State.NOT_APPLICABLE
        if self.holds:
            return State.HOLDS
        return State.TAIL if self.is_tail else State.BROKEN if self.formula.severity is Severity.ERROR else State.NOTICE

    @property
    def reason(self) -> str:
        """Why it was not evaluated; empty when it was."""
        return self.obstacle.reason if self.obstacle is not None else ""

    def side(self, side: int) -> list[TermCell]:
        """The cells on the left (1) or right (-1) of the relation."""
        return [cell for cell in self.cells if cell.side == side]


class Evaluation(NamedTuple):
    """Outcome of all formulas."""

    held: dict[str, int]
    """Formula code → instances that hold."""
    mismatches: list[Outcome]
    """Instances that do not hold exactly."""
    skipped: list[Outcome]
    """Instances, and whole formulas, that were not evaluated."""

    @property
    def instances(self) -> int:
        return sum(self.held.values()) + len(self.mismatches)


@dataclass(frozen=True, slots=True)
class FormulaState:
    """A formula with the outcome of all its instances."""

    formula: Formula
    held: int | None = None
    """Instances that hold; ``None`` when no workbook is open."""
    others: Sequence[Outcome] = ()
    """Those that do not, or were not evaluated, the worst first."""

    @property
    def state(self) -> State | None:
        """The worst outcome."""
        if self.held is None:
            return None
        return self.others[0].state if self.others and not (self.held and self.others[0].obstacle) else State.HOLDS

    @property
    def broken(self) -> int:
        return sum(o.state in (State.BROKEN, State.NOTICE) for o in self.others)

    @property
    def tails(self) -> int:
        return sum(o.state is State.TAIL for o in self.others)

    @property
    def reason(self) -> str:
        """Why it, or some of it, was not evaluated."""
        return next((o.reason for o in self.others if o.obstacle), "")

    @property
    def first(self) -> CellRef | None:
        """A cell of its first instance that does not hold."""
        cells = (c for o in self.others if not o.obstacle for c in o.cells)
        return next((ref for c in cells if (ref := c.table.ref(c.row, c.column))), None)

    @property
    def words(self) -> str:
        if self.state is None:
            return ""
        parts = [f"{n} 处{w}" for n, w in ((self.broken, "不平"), (self.tails, "尾差"), (self.held, "成立")) if n]
        return "，".join(parts) or self.reason or str(self.state)


def formula_states(formulas: Sequence[Formula], evaluation: Evaluation | None) -> list[FormulaState]:
    """*formulas* in order, each with its state in *evaluation*."""
    if evaluation is None:
        return [FormulaState(formula) for formula in formulas]
    others: dict[str, list[Outcome]] = {}
    for outcome in sorted((*evaluation.mismatches, *evaluation.skipped), key=lambda o: o.state.rank):
        others.setdefault(outcome.formula.code, []).append(outcome)
    return [FormulaState(f, evaluation.held.get(f.code, 0), others.get(f.code, ())) for f in formulas]


def only_value(outcomes: Iterable[Outcome], cell: TermCell) -> Decimal | None:
    """The amount (in 万元; counts as they are) with which every equation of the *cell* would hold.

    ``None`` unless at least two broken equations ask for the same amount (to two decimals) and none holds as it is.
    """
    wanted: list[Decimal] = []
    for outcome in outcomes:
        is_equality = outcome.formula.comparison.relation is Relation.EQUAL
        if not is_equality or outcome.state not in (State.BROKEN, State.TAIL, State.HOLDS):
            continue
        place = cell.table.code, cell.row, cell.column
        weight = sum(c.sign for c in outcome.cells if not c.prior and (c.table.code, c.row, c.column) == place)
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
    typed = value if cell.table.is_count(cell.row, cell.column) else value.scaleb(-cell.table.unit.exponent)
    return f"{typed.normalize():f}"
