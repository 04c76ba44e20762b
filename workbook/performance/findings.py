"""Making the findings about a 底稿 and its performance tables from the pack's records (``companion-rules.csv``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from workbook.amounts import format_amount, round_half_up
from workbook.entries import Entry
from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.pack.rules import Rule


class Findings:
    """Collects findings of one *kind*; a rule that the pack leaves out makes none.

    *what* its cells belong to, in the reader's words; *common* is what all sentences may be filled with.
    """

    def __init__(self, rules: Mapping[str, Rule], kind: Kind = Kind.FORM, what: str = "底稿", **common: object) -> None:
        self.rules = rules
        self.kind = kind
        self.what = what
        self.common = common
        self.issues: list[Issue] = []

    def add(self, code: str, case: str = "", /, *cells: Entry | IssueCell, **values: object) -> None:
        """Note what rule *code* says of *cells*, its sentence for *case* filled with *values*.

        A parameter of the rule that is called like the case is the severity in place of its own.
        """
        self._add(code, case, self._cells(cells), "", values)

    def add_about(self, sheet: str, code: str, case: str = "", /, **values: object) -> None:
        """The same of a whole *sheet*."""
        self._add(code, case, (), sheet, values)

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

    def _add(self, code: str, case: str, cells: tuple[IssueCell, ...], sheet: str, values: Mapping[str, object]) -> None:
        rule = self.rules.get(code)
        if rule is not None:
            severity: Severity = rule.parameters.get(case, rule.severity)
            words = rule.words(case, **self.common, **values)
            self.issues.append(Issue(code, self.kind, severity, words, cells, culprit=cells[0].ref if cells else None, sheet=sheet))

    def _cells(self, cells: Iterable[Entry | IssueCell]) -> tuple[IssueCell, ...]:
        return tuple(
            cell if isinstance(cell, IssueCell) else IssueCell(cell.ref, cell.text, f"{self.what}“{cell.ref.sheet}”")
            for cell in cells if cell.ref is not None)
