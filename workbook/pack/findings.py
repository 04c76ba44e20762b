"""Making issues from the pack's records of rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workbook.amounts import format_amount, round_half_up
from workbook.entries import Entry
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.pack.rules import Rule


class Findings:
    """Collects issues of one *kind*; a rule that the pack leaves out makes none.

    *what* its cells belong to, in the reader's words; *common* is what all sentences may be filled with.
    """

    blames = True
    """Whether the first cell of an issue is its culprit, when no other is named."""

    def __init__(self, rules: Mapping[str, Rule], kind: Kind = Kind.FORM, what: str = "底稿", **common: object) -> None:
        self.rules, self.kind, self.what, self.common = rules, kind, what, common
        self.issues: list[Issue] = []

    def issue(  # all but the rule and the cells by name
        self, code: str, case: str = "", /, *cells: Entry | IssueCell, sheet: str = "", milder: str = "", culprit: CellRef | None = None,
        **values: object,
    ) -> Issue:
        """What rule *code* (which must be one of the pack's) says of *cells*, its sentence for *case* filled with *values*.

        A parameter of the rule that is called *milder*, or like the case, is the severity in place of its own.
        """
        rule = self.rules[code]
        level, places = rule.parameters.get(milder or case), self._cells(cells)
        return Issue(
            code, self.kind, level if isinstance(level, Severity) else rule.severity, rule.words(case, **self.common, **values), places,
            sheet=sheet, culprit=culprit or (places[0].ref if self.blames and places else None))

    def add(self, code: str, case: str = "", /, *cells: Entry | IssueCell, **values: Any) -> None:
        """Note the issue, if the pack has the rule."""
        if code in self.rules:
            self.issues.append(self.issue(code, case, *cells, **values))

    def compare(self, code: str, stated: Entry, expected: Decimal, bound: Decimal, /, *others: Entry, **values: object) -> None:
        """Note that *stated* is not what it should be: a rounding tail within *bound*, else what the rule says."""
        rule, value = self.rules.get(code), stated.value if stated.value is not None else Decimal(0)
        if rule is None:
            return
        cells, difference, should = self._cells((stated, *others)), value - expected, format_amount(expected)
        shown = format_amount(value) if round_half_up(value) != round_half_up(expected) else f"{value:f}"
        words = rule.words(填写=shown, 应为=should, 相差=format_amount(difference), **self.common, **values)
        severity = Severity.TAIL if abs(difference) <= bound else rule.severity
        self.issues.append(Issue(
            code, self.kind, severity, words, cells, value, expected, difference, cells[0].ref if cells else None, stated=shown, expected=should))

    def _cells(self, cells: tuple[Entry | IssueCell, ...]) -> tuple[IssueCell, ...]:
        return tuple(
            cell if isinstance(cell, IssueCell) else IssueCell(cell.ref, cell.text, f"{self.what}“{cell.ref.sheet}”")
            for cell in cells if cell.ref is not None)
