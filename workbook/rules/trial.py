"""Trying a sheet in another way: read as it would be without a supposed fault, its relations are evaluated again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.formulas.outcomes import Outcome
from workbook.issues import Issue, IssueCell, Severity
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings
from workbook.values import dataclass

MISPLACED = "规范-33"
"""The rule about rows, codes and columns that are not where they should be."""
ENOUGH = 3
"""So many relations of a sheet must be broken before its whole is doubted."""


class Cause(NamedTuple):
    """What is wrong with a sheet, and which of the broken relations follow from it."""

    issue: Issue
    explained: frozenset[int]
    """Indexes of the mismatches."""


@dataclass(slots=True)
class Trial:
    """Tries a sheet read in another way."""

    accounts: Accounts
    view: View
    errors: Sequence[Outcome]
    doubtful: frozenset[tuple[str, str]]
    """Sheets and codes in them that have a finding of form."""
    form: FormFindings
    """Makes the issues."""

    def involved(self, table: Table, open_: Iterable[int]) -> list[int]:
        """Those of the *open_* errors in which a sheet takes part."""
        return [i for i in sorted(open_) if any(cell.table is table for cell in self.errors[i].cells)]

    def suspects(self, open_: Iterable[int], least: int = ENOUGH) -> list[Table]:
        """Sheets with enough errors, those with the most first."""
        counted = [(table, len(self.involved(table, open_))) for table in self.accounts.tables.values()]
        return [table for table, count in sorted(counted, key=lambda pair: -pair[1]) if count >= least]

    def cause(self, table: Table, case: str, cell: IssueCell, explained: frozenset[int], rule: str = MISPLACED, **values: object) -> Cause:
        """That *cell* of a sheet is wrong, in the words of a *rule* of the pack."""
        values = {"单元格": cell.ref.a1, **values}
        return Cause(self.form.issue_about(table, rule, case, cell, culprit=cell.ref, 处数=len(explained), **values), explained)

    def gain(self, table: Table, instead: Table, involved: Sequence[int]) -> tuple[int, frozenset[int]]:
        """How many more of the *involved* errors are gone than new ones appear when the sheet is read as *instead*; those gone."""
        tables = {**self.view.tables, table.code: instead}
        formulas = (f for f in self.accounts.pack.formulas if table.code in f.tables and f.severity is Severity.ERROR)
        outcome = evaluate(formulas, View(tables, self.view.prior, self.view.nature))
        still, before = {f.key for f in outcome.mismatches if not f.is_tail}, {f.key for f in self.errors}
        gone = frozenset(i for i in involved if self.errors[i].key not in still)
        return len(gone) - len(still - before), gone
