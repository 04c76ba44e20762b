"""How each check formula of the pack stands on one workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.issues import CellRef, Severity
from workbook.rules.check import NOT_APPLICABLE, CheckReport
from workbook.rules.instances import State
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.pack.formula import Formula
    from workbook.pack.loading import Pack


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
        """The outcome in words."""
        if self.state is None:
            return ""
        parts = [f"{n} 处{w}" for n, w in ((self.broken, "不平"), (self.tails, "尾差"), (self.held, "成立")) if n]
        return "，".join(parts) or self.reason or str(self.state)


def formula_states(pack: Pack, report: CheckReport | None) -> Sequence[FormulaState]:
    """The pack's formulas in order, each with its state in *report*."""
    if report is None:
        return [FormulaState(formula, None) for formula in pack.formulas]
    evaluation = report.evaluation
    broken: dict[str, int] = {}
    tails: dict[str, int] = {}
    first: dict[str, CellRef] = {}
    for finding in evaluation.findings:
        code = finding.formula.code
        counts = tails if finding.is_tail else broken
        counts[code] = counts.get(code, 0) + 1
        ref = next((r for c in finding.cells if (r := c.table.ref(c.row, c.column))), None)
        if ref is not None and (code not in first or (not finding.is_tail and broken[code] == 1)):
            first[code] = ref
    reasons: dict[str, str] = {}
    for skipped in evaluation.skipped:
        reasons.setdefault(skipped.formula.code, skipped.reason)
    found = []
    for formula in pack.formulas:
        code = formula.code
        held, reason = evaluation.held.get(code, 0), reasons.get(code, "")
        state = _state(formula, held, broken.get(code, 0), tails.get(code, 0), reason)
        found.append(FormulaState(
            formula, state, held, broken.get(code, 0), tails.get(code, 0), reason, first.get(code)))
    return found


def _state(formula: Formula, held: int, broken: int, tails: int, reason: str) -> State:
    if broken:
        return State.BROKEN if formula.severity is Severity.ERROR else State.NOTICE
    if reason and not held:
        return State.NOT_APPLICABLE if reason.startswith(NOT_APPLICABLE) else State.SKIPPED
    return State.TAIL if tails else State.HOLDS
