"""Rules of form (规范) as records of the pack: code, severity, name and basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from workbook.errors import PackError
from workbook.issues import CellRef, Issue, IssueCell, Kind, Severity
from workbook.pack.catalogue import read_records
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule of form: code, severity, name and basis, from the pack's ``form-rules.csv``."""

    code: str
    severity: Severity
    name: str
    basis: str


def load_form_rules(path: Path) -> dict[str, FormRule]:
    """Read the rules; raises :class:`PackError` naming the line."""
    rules: dict[str, FormRule] = {}
    for line, record in read_records(path, ("编号", "级别", "名称", "依据")):
        try:
            rule = FormRule(record["编号"], Severity(record["级别"]), record["名称"], record["依据"])
        except ValueError as error:
            raise PackError(path, f"级别“{record['级别']}”不对", line) from error
        if rule.code in rules:
            raise PackError(path, f"编号“{rule.code}”重复", line)
        rules[rule.code] = rule
    return rules


class FormIssues:
    """Makes the issues of form, and counts what was examined; a rule that the pack leaves out makes none."""

    def __init__(self, rules: Mapping[str, FormRule]) -> None:
        self.rules = rules
        self._examined: defaultdict[str, int] = defaultdict(int)

    def examine(self, things: int, *rules: str) -> None:
        """Note that so many sheets, rows, cells … were examined under each of *rules*."""
        for rule in rules:
            self._examined[rule] += things

    def examined(self) -> dict[str, int]:
        """Rule → how many things were examined under it, for the pack's rules that had any."""
        return {rule: count for rule in self.rules if (count := self._examined.get(rule, 0))}

    def issue(
        self, rule: str, message: str, cells: Iterable[IssueCell] = (), sheet: str = "", severity: Severity | None = None,
        culprit: CellRef | None = None,
    ) -> Iterator[Issue]:
        """The issue of *rule*, with the rule's severity unless another is given."""
        if rule in self.rules:
            yield Issue(
                rule, Kind.FORM, severity or self.rules[rule].severity, message, tuple(cells), sheet=sheet, culprit=culprit)
