"""Causes that break many relations at once: a money unit, a lost row, a mistyped code, amounts that stand beside their place.

Each is a guess that is tried: the sheet is read as it would be without the fault, and what no longer is broken follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from workbook.amounts import CENT, ZERO, MoneyUnit
from workbook.formulas.bindings import TermCell, View
from workbook.formulas.evaluate import evaluate
from workbook.formulas.links import Links, find_culprits, key_of
from workbook.formulas.outcomes import Outcome
from workbook.formulas.wording import value_text
from workbook.issues import Issue, IssueCell, Severity
from workbook.pack.formula import Comparison, Every, Formula, Relation
from workbook.pack.layout import TOTAL
from workbook.pack.sheets import CLASS_DIGITS
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at, corner
from workbook.values import dataclass

_MISPLACED = "规范-33"
"""The rule about rows, codes and columns that are not where they should be."""
_ENOUGH = 3
"""So many relations of a sheet must be broken before its whole is doubted."""
_WRONG_UNIT = "规范-06"
_CODE_RULES = frozenset({"规范-11", "规范-12", "规范-13", "规范-15", "规范-17"})
"""Those that doubt a code."""
_NEAR = Decimal("0.01")
"""Amounts of which one is so nearly 10 000 times the other are in different units."""
_LARGEST = 2_000
"""Sheets with more cells are not tried in many ways."""
_SHEETS = 2
"""So many sheets are."""
_COLUMNS = 2
"""So many columns of a sheet are tried row by row."""


class Cause(NamedTuple):
    """What is wrong with a sheet, and which of the broken relations follow from it."""

    issue: Issue
    explained: frozenset[int]
    """Indexes of the mismatches."""


@dataclass(slots=True)
class _Trial:
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

    def suspects(self, open_: Iterable[int], least: int = _ENOUGH) -> list[Table]:
        """Sheets with enough errors, those with the most first."""
        counted = [(table, len(self.involved(table, open_))) for table in self.accounts.tables.values()]
        return [table for table, count in sorted(counted, key=lambda pair: -pair[1]) if count >= least]

    def cause(
        self, table: Table, case: str, cell: IssueCell, explained: frozenset[int], rule: str = _MISPLACED, **values: object
    ) -> Cause:
        """That *cell* of a sheet is wrong, in the words of a *rule* of the pack."""
        words: dict[str, Any] = {"表": table.layout.mark, "单元格": cell.ref.a1, "处数": len(explained), **values}
        return Cause(self.form.issue(rule, case, cell, sheet=table.code, culprit=cell.ref, **words), explained)

    def gain(self, table: Table, instead: Table, involved: Sequence[int]) -> tuple[int, frozenset[int]]:
        """How many more of the *involved* errors are gone than new ones appear when the sheet is read as *instead*.

        The second are those gone.
        """
        tables = {**self.view.tables, table.code: instead}
        formulas = (f for f in self.accounts.pack.formulas if table.code in f.tables and f.severity is Severity.ERROR)
        outcome = evaluate(formulas, View(tables, self.view.prior, self.view.nature))
        still, before = {f.key for f in outcome.mismatches if not f.is_tail}, {f.key for f in self.errors}
        gone = frozenset(i for i in involved if self.errors[i].key not in still)
        return len(gone) - len(still - before), gone


def find_causes(
    accounts: Accounts, view: View, errors: Sequence[Outcome], form: FormFindings, links: Links, issues: Sequence[Issue] = ()
) -> tuple[list[Cause], dict[int, TermCell | None]]:
    """The causes of many of *errors*, each with those that no earlier one explains; for each of the others the likely cell.

    *issues* are those of form: a code that is doubtful by itself is more likely mistyped than another.
    """
    found: list[Cause] = []
    open_ = set(range(len(errors)))
    cells = {(i.sheet, cell.ref.row, cell.ref.column) for i in issues if i.code in _CODE_RULES for cell in i.cells}
    doubtful = frozenset(
        (code, row) for code, table in accounts.tables.items()
        for row, place in table.label_cells.items() if (code, *place) in cells)
    trial = _Trial(accounts, view, errors, doubtful, form)
    for rule, look in ((_WRONG_UNIT, _wrong_units), (_MISPLACED, _lost_rows), (_MISPLACED, _absent_codes)):
        for cause in look(trial, open_) if rule in form.rules else ():
            found.append(cause)
            open_ -= cause.explained
    rest = sorted(open_)
    culprits = dict(zip(rest, find_culprits([errors[i] for i in rest], links), strict=True))
    for cause in _shifts(trial, culprits) if _MISPLACED in form.rules else ():
        found.append(cause)
        culprits = {i: cell for i, cell in culprits.items() if i not in cause.explained}
    return found, culprits


def _wrong_units(trial: _Trial, open_: set[int]) -> Iterator[Cause]:
    """Sheets whose relations hold when their amounts are taken for the other unit, whatever they state."""
    for table in trial.suspects(open_, least=1):
        involved = trial.involved(table, open_)
        exponent = _exponent(trial, table, involved)
        if not exponent:
            continue
        gain, gone = trial.gain(table, table.scaled(exponent), involved)
        if 2 * gain > len(involved) and (len(involved) >= _ENOUGH or len(gone) == len(involved)):
            yield _unit_cause(trial, table, gone)
            open_ -= gone


def _exponent(trial: _Trial, table: Table, involved: Iterable[int]) -> int:
    """4 or -4, the power of ten by which a sheet's amounts differ from others'; 0 when they do not."""
    votes = 0
    for i in involved:
        mismatch = trial.errors[i]
        left = {cell.table is table for cell in mismatch.side(1)}
        right = {cell.table is table for cell in mismatch.side(-1)}
        if left == right or len(left) != 1 or len(right) != 1:
            continue
        own, other = (mismatch.left, mismatch.right) if left == {True} else (mismatch.right, mismatch.left)
        if own and other:
            for exponent in (-4, 4):
                votes += exponent * (abs(own.scaleb(exponent) - other) <= abs(other) * _NEAR)
    return 4 if votes > 0 else -4 if votes < 0 else 0


def _unit_cause(trial: _Trial, table: Table, explained: frozenset[int]) -> Cause:
    """That a sheet states another unit than the others, wrongly; or theirs, while its amounts are in another."""
    frame, common = trial.accounts.frames[table.code], trial.accounts.money_unit
    position = frame.positions.get("money_unit")
    cell = corner(table.sheet) if position is None else cell_at(table.sheet, position)
    if frame.money_unit not in (None, common):
        return trial.cause(table, "写错", cell, explained, _WRONG_UNIT, 其他单位=common, 金额单位=frame.money_unit)
    other = MoneyUnit.YUAN if table.unit is MoneyUnit.WAN else MoneyUnit.WAN
    return trial.cause(table, "实为", cell, explained, _WRONG_UNIT, 其他单位=other, 金额单位=table.unit)


def _shifts(trial: _Trial, culprits: Mapping[int, TermCell | None]) -> Iterator[Cause]:
    """Columns whose amounts stand one column or one row beside their place, or in each other's.

    They are looked for where many cells would have to be wrong otherwise.
    """
    gone: frozenset[int] = frozenset()
    for table in trial.suspects(culprits)[:_SHEETS]:
        involved = [i for i in trial.involved(table, culprits) if i not in gone]
        blamed = {key_of(cell) for i in involved if (cell := culprits[i]) is not None}
        if len(involved) < _ENOUGH or len(blamed) < 2 or table.structure.size > _LARGEST:
            continue
        tried = ((*trial.gain(table, guess.table, involved), guess) for guess in _guesses(trial, table, involved))
        gain, explained, guess = max(tried, key=lambda found: found[0])
        if gain >= _ENOUGH and 5 * gain >= 3 * len(involved):
            yield trial.cause(table, guess.case, guess.cell, explained, **guess.values)
            gone |= explained


class _Guess(NamedTuple):
    """A way in which amounts may have been moved: the sheet without it, the first cell of what moved, and words."""

    table: Table
    case: str
    cell: IssueCell
    values: dict[str, str]


def _moved(table: Table, columns: Collection[int], down: int = 0, right: int = 0, top: int = 0) -> Table:
    """The sheet with the amounts of some *columns*, from row *top* on, read so far from their place."""
    return table.moved(lambda r, c: (r + down, c + right) if c in columns and r >= top else (r, c))


def _guesses(trial: _Trial, table: Table, involved: Sequence[int]) -> Iterator[_Guess]:
    """Amounts moved one column to the right or left, from some column on.

    Next two columns in each other's place; then :func:`_along`.
    """
    maps = table.structure.column_maps
    columns = sorted((c, column) for column, c in maps[0].items()) if len(maps) == 1 and len(maps[0]) > 2 else []
    for n, (c, column) in enumerate(columns):
        cell = cell_at(table.sheet, (min(r for r, _ in table.rows.values()), c), f"{table.layout.mark} {column}")
        onward = range(c, columns[-1][0] + 1)
        if n < len(columns) - 1:
            beside, other = columns[n + 1]
            there = {c: beside, beside: c}
            swapped = table.moved(lambda r, p, there=there: (r, there.get(p, p)))  # type: ignore[misc]  # binds it now
            yield _Guess(swapped, "互换", cell, {"栏": column, "另一栏": other})
        yield _Guess(_moved(table, onward, right=1), "右移", cell, {"栏": column})
        if n:
            yield _Guess(_moved(table, onward, right=-1), "左移", cell, {"栏": column})
    yield from _along(trial, table, involved)


def _along(trial: _Trial, table: Table, involved: Sequence[int]) -> Iterator[_Guess]:
    """Amounts of one column moved one row down or up, from some row on."""
    broken: dict[int, set[int]] = {}
    for i in involved:
        for term in trial.errors[i].cells:
            if term.table is table and (place := table.position(term.row, term.column)) is not None:
                broken.setdefault(place[1], set()).add(place[0])
    worst = sorted(broken, key=lambda c: -len(broken[c]))[:_COLUMNS]
    tops = {c: sorted({r for r, m in table.rows.values() if c in m.values()}) for c in worst}
    for c in worst:
        rows = broken[c]
        column = next(name for _, m in table.rows.values() for name, p in m.items() if p == c)
        first = tops[c].index(min(rows))
        for top in tops[c][max(first - 1, 0) : first + 3]:
            cell = cell_at(table.sheet, (top, c), f"{table.layout.mark} {column}")
            for case, step in (("下移", 1), ("上移", -1)):
                yield _Guess(_moved(table, {c}, down=step, top=top), case, cell, {"栏": column})


_Vector = dict[str, Decimal]
"""Column → amount, zeros left out."""


def _lost_rows(trial: _Trial, open_: set[int]) -> Iterator[Cause]:
    """Codes whose amounts differ from the sum below them by what is, or would be, a row.

    Its code is mistyped, or it was deleted.
    """
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
        yield _row_cause(
            trial, table, "编码" if mistyped else "少行", mistyped or row, frozenset(explained & open_), 科目=row, **values)


def _absent_codes(trial: _Trial, open_: set[int]) -> Iterator[Cause]:
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


def _row_cause(trial: _Trial, table: Table, case: str, row: str, explained: frozenset[int], **values: str) -> Cause:
    """The cause that lies in the line of *row*; its code is where the cursor goes."""
    place = table.label_cells.get(row) or (table.rows[row][0], 0)
    return trial.cause(table, case, cell_at(table.sheet, place, f"{table.layout.mark} {row}"), explained, **values)


def _sum_of_rows(comparison: Comparison) -> str:
    """The sheet whose codes a comparison holds against the sum of those below, column by column; empty for others."""
    if not comparison.column_quantifier or comparison.relation is not Relation.EQUAL or len(comparison.sheets) != 1:
        return ""
    is_sum = len(comparison.right) == 1 and comparison.right[0].rows in (Every.CHILDREN, Every.TOP)
    return comparison.left[0].table if is_sum and not comparison.left[0].prior else ""


def _is_row(formulas: Iterable[Formula], table: Table, amounts: _Vector) -> bool:
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


def _are_alike(some: _Vector, others: _Vector) -> bool:
    """Whether one is the other, or what the other lacks, but for rounding."""
    return some.keys() == others.keys() and any(
        all(abs(some[c] + sign * others[c]) <= 2 * CENT for c in some) for sign in (1, -1))


def _row_with(trial: _Trial, table: Table, vector: _Vector, row: str) -> str:
    """The code that holds the amounts that *row* lacks (elsewhere), or has too many of (below it).

    A doubtful one comes first, else the only one counts.
    """
    superiors, children = table.structure.superiors, table.structure.children
    is_surplus = max(vector.values()) < 0
    found = [
        code for code in table.codes()
        if code not in children and code != row and (superiors.get(code, TOTAL) == row) is is_surplus
        and all(
            abs((values.get(code) or ZERO) - abs(vector.get(column, ZERO))) <= 2 * CENT
            for column, values in table.columns.items())
    ]
    doubtful = [code for code in found if (table.code, code) in trial.doubtful]
    if len(doubtful) == 1:
        return doubtful[0]
    return found[0] if len(found) == 1 and not is_surplus else ""
