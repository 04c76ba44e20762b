"""Trying a sheet as it would be without a supposed fault; rows that were deleted and codes that are mistyped, known by what they break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from workbook.amounts import CENT, ZERO
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.formulas.outcomes import Outcome
from workbook.formulas.wording import value_text
from workbook.issues import Issue, IssueCell, Severity
from workbook.pack.formula import Comparison, Every, Formula, Relation
from workbook.pack.layout import TOTAL
from workbook.pack.sheets import CLASS_DIGITS
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at
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
        words: dict[str, Any] = {"表": table.layout.mark, "单元格": cell.ref.a1, "处数": len(explained), **values}
        return Cause(self.form.issue(rule, case, cell, sheet=table.code, culprit=cell.ref, **words), explained)

    def gain(self, table: Table, instead: Table, involved: Sequence[int]) -> tuple[int, frozenset[int]]:
        """How many more of the *involved* errors are gone than new ones appear when the sheet is read as *instead*; those gone."""
        tables = {**self.view.tables, table.code: instead}
        formulas = (f for f in self.accounts.pack.formulas if table.code in f.tables and f.severity is Severity.ERROR)
        outcome = evaluate(formulas, View(tables, self.view.prior, self.view.nature))
        still, before = {f.key for f in outcome.mismatches if not f.is_tail}, {f.key for f in self.errors}
        gone = frozenset(i for i in involved if self.errors[i].key not in still)
        return len(gone) - len(still - before), gone


Vector = dict[str, Decimal]
"""Column → amount, zeros left out."""


def lost_rows(trial: Trial, open_: set[int]) -> Iterator[Cause]:
    """Codes whose amounts differ from the sum below them by what is, or would be, a row: its code is mistyped, or it was deleted."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i in sorted(open_):
        mismatch = trial.errors[i]
        if sheet := _sum_of_rows(mismatch.formula.comparison):
            groups.setdefault((sheet, mismatch.row or TOTAL), []).append(i)
    vectors = {key: {trial.errors[i].column: trial.errors[i].difference for i in indexes} for key, indexes in groups.items()}
    taken: set[int] = set()
    for (code, row), indexes in groups.items():
        table, vector = trial.accounts.tables[code], vectors[code, row]
        if taken.issuperset(indexes) or not _is_row(trial.accounts.pack.formulas, table, vector):
            continue
        same = [key for key in groups if key[0] == code and _are_alike(vector, vectors[key])]
        mistyped = _row_with(trial, table, vector, row)
        explained = {i for key in same for i in groups[key]}
        if mistyped:
            explained |= {i for i in open_ if trial.errors[i].row == mistyped}
        elif len(same) > 1 or min(vector.values()) < 0:
            continue
        else:
            explained |= {i for i in open_ if _lacks(trial.errors[i], table) and trial.errors[i].row.startswith(row)}
        taken |= explained
        lacking = (trial.errors[i] for i in indexes)
        values = {"编码": mistyped} if mistyped else {
            "差额": "、".join(f"{lack.column} {value_text(lack.difference, lack.cells)}" for lack in lacking)}
        yield _row_cause(trial, table, "编码" if mistyped else "少行", mistyped or row, frozenset(explained & open_), 科目=row, **values)


def absent_codes(trial: Trial, open_: set[int]) -> Iterator[Cause]:
    """Codes that one sheet has and another lacks: it is mistyped in one of them, or its row was deleted."""
    lacking: dict[tuple[str, str], set[int]] = {}
    for i in sorted(open_):
        mismatch = trial.errors[i]
        for sheet in mismatch.formula.comparison.sheets & trial.accounts.tables.keys():
            if _lacks(mismatch, trial.accounts.tables[sheet]) and mismatch.cells:
                lacking.setdefault((sheet, mismatch.row), set()).add(i)
    for (code, row), indexes in lacking.items():
        table = trial.accounts.tables[code]
        owner = next((c.table for i in indexes for c in trial.errors[i].cells if c.table.code in trial.accounts.tables), table)
        name = owner.names.get(row) or trial.accounts.pack.functional.names.get(row, "")
        superior = next((row[:n] for n in range(len(row) - 1, 2, -1) if row[:n] in table.rows), "")
        alike = [c for s, c in trial.doubtful if s == code and name and table.names.get(c) == name]
        if len(alike) == 1:
            yield _row_cause(trial, table, "错码", alike[0], frozenset(indexes), 编码=alike[0], 科目=row, 另表=owner.layout.mark)
        elif (owner.code, row) in trial.doubtful:
            yield _row_cause(trial, owner, "错码", row, frozenset(indexes), 编码=row, 科目=row, 另表=table.layout.mark)
        elif len(superior) > CLASS_DIGITS and superior not in table.structure.children:
            yield _row_cause(trial, table, "缺行", superior, frozenset(indexes), 编码=row, 科目=superior, 另表=owner.layout.mark)


def _lacks(mismatch: Outcome, table: Table) -> bool:
    """Whether a relation between sheets has a code that *table* lacks."""
    return mismatch.row.isdigit() and table.code in mismatch.formula.comparison.sheets and mismatch.row not in table.rows


def _row_cause(trial: Trial, table: Table, case: str, row: str, explained: frozenset[int], **values: str) -> Cause:
    """The cause that lies in the line of *row*; its code is where the cursor goes."""
    place = table.label_cells.get(row) or (table.rows[row][0], 0)
    return trial.cause(table, case, cell_at(table.sheet, place, f"{table.layout.mark} {row}"), explained, **values)


def _sum_of_rows(comparison: Comparison) -> str:
    """The sheet whose codes a comparison holds against the sum of those below, column by column; empty for others."""
    if not comparison.column_quantifier or comparison.relation is not Relation.EQUAL or len(comparison.sheets) != 1:
        return ""
    is_sum = len(comparison.right) == 1 and comparison.right[0].rows in (Every.CHILDREN, Every.TOP)
    return comparison.left[0].table if is_sum and not comparison.left[0].prior else ""


def _is_row(formulas: Iterable[Formula], table: Table, amounts: Vector) -> bool:
    """Whether *amounts*, in several columns, agree with each other as those of a row of the sheet must."""
    if sum(1 for value in amounts.values() if value) < 2:
        return False
    is_bound = False
    for formula in formulas:
        comparison = formula.comparison
        if comparison.sheets != {table.code} or comparison.relation is not Relation.EQUAL or comparison.column_quantifier:
            continue
        if any(term.rows is not Every.ROW or not isinstance(term.columns, tuple) for term in comparison.terms):
            continue
        sides = [
            sum((term.sign * amounts.get(c, ZERO) for term in side for c in term.fixed_columns()), ZERO)
            for side in (comparison.left, comparison.right)]
        if abs(sides[0] - sides[1]) > CENT * len(amounts):
            return False
        is_bound = is_bound or sides[0] != 0
    return is_bound


def _are_alike(some: Vector, others: Vector) -> bool:
    """Whether one is the other, or what the other lacks, but for rounding."""
    return some.keys() == others.keys() and any(all(abs(some[c] + sign * others[c]) <= 2 * CENT for c in some) for sign in (1, -1))


def _row_with(trial: Trial, table: Table, vector: Vector, row: str) -> str:
    """The code that holds the amounts that *row* lacks (elsewhere), or has too many of (below it): a doubtful one first, or the only one."""
    superiors, children = table.structure.superiors, table.structure.children
    is_surplus = max(vector.values()) < 0
    found = [
        code for code in table.codes()
        if code not in children and code != row and (superiors.get(code, TOTAL) == row) is is_surplus
        and all(abs((values.get(code) or ZERO) - abs(vector.get(column, ZERO))) <= 2 * CENT for column, values in table.columns.items())
    ]
    doubtful = [code for code in found if (table.code, code) in trial.doubtful]
    if len(doubtful) == 1:
        return doubtful[0]
    return found[0] if len(found) == 1 and not is_surplus else ""
