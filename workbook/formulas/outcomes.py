"""How formulas stand: each instance that a cell takes part in, each formula as a whole; what a broken one says about its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from workbook.amounts import decimals, round_half_up
from workbook.formulas.bindings import TermCell, instance_cells
from workbook.formulas.evaluate import FAULTY, Evaluation, Mismatch, Skipped, obstacle, side_value
from workbook.formulas.links import Instance, Links
from workbook.issues import CellRef, Kind, Severity
from workbook.pack.formula import Formula, Relation
from workbook.reading.tables import Table
from workbook.values import dataclass

_WITNESSES = 2
"""As many broken formulas must ask for the same amount; with one alone, the other side may be wrong as well."""
_CAUSES = {
    Kind.INTRA: "合计手工改过、新增的行没有计入、下级科目漏填或重复，或者一个数录错",
    Kind.INTER: "只改了其中一张表、两张表不是同一次导出，或者元和万元混用",
    Kind.PRIOR: "上年的表不是批复的最终稿、上年数后来调整过，或者关联了别的单位的表",
    Kind.TEXT: "改了表没有改文字，或者文字沿用了上年的数",
    Kind.FORM: "表样改动过，或者从别的文件复制时带入了文字和格式",
}


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


_SIGNS = {
    State.BROKEN: Severity.ERROR.sign, State.NOTICE: Severity.NOTICE.sign, State.TAIL: Severity.TAIL.sign, State.HOLDS: "✓",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A formula instance with both sides; amounts in 万元, counts as they are."""

    formula: Formula
    state: State
    left: Decimal
    right: Decimal
    left_cells: tuple[TermCell, ...]
    right_cells: tuple[TermCell, ...]
    reason: str = ""
    """Why it was not evaluated."""

    @property
    def difference(self) -> Decimal:
        return self.left - self.right


class Outcomes:
    """The outcomes of one evaluation, looked up by cell.  Make a new one after every check."""

    def __init__(self, links: Links, evaluation: Evaluation) -> None:
        self._links, self._view = links, links.view
        self._mismatches: dict[tuple[str, str, str], Mismatch] = {
            (f.formula.code, f.row, f.column): f for f in evaluation.mismatches}
        self._skipped = {s.formula.code: s for s in evaluation.skipped if not s.cells}

    def of(self, table: Table, row: str, column: str) -> list[Outcome]:
        """Every formula instance in which a cell of this year's *table* takes part, broken ones first.

        Sign tests only when they do not hold.
        """
        order = list(State)
        found = [self.outcome(instance) for instance in self._links.of(table.code, row, column)]
        told = [o for o in found if not (o.formula.comparison.is_sign_test and o.state is State.HOLDS)]
        return sorted(told, key=lambda o: order.index(o.state))

    def outcome(self, instance: Instance) -> Outcome:
        """Both sides of one instance, and how it stands."""
        comparison = instance.formula.comparison
        cells = tuple(instance_cells(comparison, self._view, instance.row, instance.column))
        left_cells, right_cells = (tuple(replace(c, sign=side * c.sign) for c in cells if c.side == side) for side in (1, -1))
        left, right = (side_value(terms, self._view, instance.row, instance.column) for terms in (comparison.left, comparison.right))
        state, reason = self._state(instance, cells, holds=left == right)
        return Outcome(instance.formula, state, left, right, left_cells, right_cells, reason)

    def _state(self, instance: Instance, cells: tuple[TermCell, ...], *, holds: bool) -> tuple[State, str]:
        formula = instance.formula
        if (found := obstacle(formula, self._view)) is not None:
            return _unevaluated(applies=found.applies), found.reason
        if any((c.row, c.column) in c.table.faults for c in cells):
            return State.SKIPPED, FAULTY
        mismatch = self._mismatches.get((formula.code, instance.row, instance.column))
        if mismatch is None:
            skipped = None if holds else self._skipped.get(formula.code)
            return (_unevaluated(applies=skipped.applies), skipped.reason) if skipped else (State.HOLDS, "")
        return State.TAIL if mismatch.is_tail else _broken(formula), ""


def _broken(formula: Formula) -> State:
    return State.BROKEN if formula.severity is Severity.ERROR else State.NOTICE


def _unevaluated(*, applies: bool) -> State:
    return State.SKIPPED if applies else State.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class FormulaState:
    """A formula with the outcome of all its instances."""

    formula: Formula
    state: State | None
    """The worst outcome; ``None`` when no workbook is open."""
    held: int = 0
    broken: int = 0
    tails: int = 0
    reason: str = ""
    """Why it, or some of it, was not evaluated."""
    first: CellRef | None = None
    """A cell of its first instance that does not hold."""

    @property
    def words(self) -> str:
        if self.state is None:
            return ""
        parts = [f"{n} 处{w}" for n, w in ((self.broken, "不平"), (self.tails, "尾差"), (self.held, "成立")) if n]
        return "，".join(parts) or self.reason or str(self.state)


def formula_states(formulas: Sequence[Formula], evaluation: Evaluation | None) -> list[FormulaState]:
    """*formulas* in order, each with its state in *evaluation*."""
    if evaluation is None:
        return [FormulaState(formula, None) for formula in formulas]
    broken = Counter(f.formula.code for f in evaluation.mismatches if not f.is_tail)
    tails = Counter(f.formula.code for f in evaluation.mismatches if f.is_tail)
    first: dict[str, CellRef] = {}
    for mismatch in sorted(evaluation.mismatches, key=lambda f: f.is_tail):
        ref = next((r for c in mismatch.cells if (r := c.table.ref(c.row, c.column))), None)
        if ref is not None:
            first.setdefault(mismatch.formula.code, ref)
    skipped: dict[str, Skipped] = {}
    for one in evaluation.skipped:
        skipped.setdefault(one.formula.code, one)
    states = []
    for formula in formulas:
        code, held = formula.code, evaluation.held.get(formula.code, 0)
        reason = skipped.get(code)
        if broken[code]:
            state = _broken(formula)
        elif reason and not held:
            state = _unevaluated(applies=reason.applies)
        else:
            state = State.TAIL if tails[code] else State.HOLDS
        states.append(FormulaState(
            formula, state, held, broken[code], tails[code], reason.reason if reason else "", first.get(code)))
    return states


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
