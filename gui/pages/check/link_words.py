"""The formulas of the selected cell in words: what each says, both its sides, and its cells as seen from the selected one."""

from __future__ import annotations

from workbook.formulas.bindings import TermCell
from workbook.formulas.outcomes import Outcome, State, usual_cause
from workbook.formulas.wording import value_text
from workbook.issues import Severity
from workbook.pack.formula import Relation

_WORDS = {Relation.EQUAL: "＝", Relation.AT_MOST: "≤", Relation.AT_LEAST: "≥", Relation.TOGETHER: "与"}


def tip(outcome: Outcome) -> str:
    """Everything about a formula: code, outcome, text, basis."""
    formula = outcome.formula
    head = f"{formula.code}　{formula.kind}　{outcome.state}"
    return "\n".join(filter(None, (head, outcome.reason, formula.text, f"依据：{formula.basis}")))


def explanation(outcome: Outcome) -> str:
    """For the reader of a formula: which it is, what it compares, on what it rests, how it usually comes to be broken."""
    formula = outcome.formula
    return f"{formula.code}　{formula.kind}　{outcome.state}\n{formula.text}\n依据：{formula.basis or '表样'}\n常见原因：{usual_cause(formula)}。"


def wording(outcome: Outcome) -> str:
    """What the formula says.  A 提示 is worded for the case that it does not hold; when it does, its text says more."""
    formula = outcome.formula
    return formula.text if outcome.state is State.HOLDS and formula.severity is Severity.NOTICE else formula.wording


def sides_text(outcome: Outcome) -> str:
    """Both sides with their values, and the difference when there is one."""
    if outcome.state in (State.SKIPPED, State.NOT_APPLICABLE):
        return outcome.reason
    left = value_text(outcome.left, outcome.left_cells)
    right = value_text(outcome.right, outcome.right_cells or outcome.left_cells)
    relation = outcome.formula.comparison.relation
    if outcome.state is State.HOLDS or relation is Relation.TOGETHER:
        return f"{left.removesuffix(' 万元')} {_WORDS[relation]} {right}"
    difference = value_text(abs(outcome.difference), outcome.left_cells or outcome.right_cells)
    return f"左边 {left.removesuffix(' 万元')}，右边 {right.removesuffix(' 万元')}，相差 {difference}"


def cell_words(cell: TermCell, seen_from: TermCell | None) -> str:
    """A cell as seen from the selected one: what both have in common is left out."""
    label = cell.table.label(cell.row, cell.column)
    if seen_from is None or cell.table is not seen_from.table:
        return label
    words = label.removeprefix(f"{cell.table.layout.mark} ")
    if cell.column == seen_from.column:
        return words.removesuffix(f"·{cell.column}")
    return cell.column if cell.row == seen_from.row else words
