"""Checking accounts: every formula and every rule of form, as issues in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workbook.formulas.bindings import TermCell, View
from workbook.formulas.evaluate import Evaluation, Mismatch, evaluate
from workbook.formulas.links import Links, find_culprits
from workbook.formulas.wording import mismatch_message
from workbook.issues import Issue, Severity, count_by_severity
from workbook.reading.accounts import Accounts, read_table
from workbook.reading.tables import Table
from workbook.rules.form_issues import FormIssues, cell_at
from workbook.rules.sheets import form_issues
from workbook.values import dataclass

_ENOUGH = 3
"""So many relations of a sheet must be broken before its money unit is doubted."""
_WRONG_UNIT = "规范-06"


@dataclass(frozen=True)
class CheckReport:
    """What the checks found in one workbook."""

    accounts: Accounts
    view: View
    issues: tuple[Issue, ...]
    evaluation: Evaluation
    examined: Mapping[str, int]
    """Rule of form → how many sheets, rows, cells … were examined under it."""

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return any(i.severity is Severity.ERROR for i in self.issues)

    def skipped_formulas(self) -> dict[str, str]:
        """Formula code → why it was not evaluated (formulas that do not apply are left out)."""
        return {s.formula.code: s.reason for s in self.evaluation.skipped if s.applies}

    def summary(self, extra: Iterable[Issue] = ()) -> dict[str, int]:
        """Counts by severity; formulas and rules of form that were run, and on how many instances (实例 are those of both).

        *extra* issues (of the 底稿, say) are counted with the others.  An instance of a formula is a row (and column)
        that it was evaluated for, one of a rule of form a sheet, row, cell … that was examined under it.
        """
        counts = count_by_severity((*self.issues, *extra))
        instances, examined = self.evaluation.instances, sum(self.examined.values())
        wholly = {s.formula.code for s in self.evaluation.skipped if s.formula.code not in self.evaluation.held}
        formulas = self.accounts.pack.formulas
        return {
            **{str(severity): n for severity, n in counts.items()},
            "公式": len(formulas) - len(wholly),
            "公式实例": instances,
            "规范": len(self.examined),
            "规范实例": examined,
            "实例": instances + examined,
            "未执行": len(self.skipped_formulas()),
        }

    def extent_words(self) -> str:
        """``执行公式 143 条（1,274 处）、填报规范 27 条（4,741 处）``."""
        counts = self.summary()
        return (
            f"执行公式 {counts['公式']} 条（{counts['公式实例']:,} 处）、填报规范 {counts['规范']} 条（{counts['规范实例']:,} 处）")


def view_of(
    accounts: Accounts, prior: Mapping[str, Table] | None = None, companion: Mapping[str, Table] | None = None, nature: str = ""
) -> View:
    """What the formulas look at: this year's sheets, what the 底稿 states, last year's sheets.

    *nature* is 单位性质 as the 底稿 has it; when it has none, what the workbook implies.
    """
    return View({**accounts.tables, **(companion or {})}, prior or {}, nature or accounts.implied_nature)


def check(accounts: Accounts, view: View | None = None, links: Links | None = None) -> CheckReport:
    """Run all formulas and rules of form.  Never raises for bad data.

    *links* may be passed again when only amounts changed since the last check.
    """
    view = view or view_of(accounts)
    formulas = accounts.pack.formulas
    evaluation = evaluate(formulas, view)
    broken = [f for f in evaluation.mismatches if not f.is_tail]
    errors = [f for f in broken if f.formula.severity is Severity.ERROR]
    units = _wrong_units(accounts, view, errors) if errors else {}
    form = FormIssues(accounts.pack.form_rules)
    issues = list(form_issues(accounts, form))
    if units:
        issues = list(_explained(issues, units, accounts))
    issues += _errors(accounts, errors, units, links or Links(formulas, view)) if errors else []
    issues += [issue_of(f) for f in broken if f.formula.severity is not Severity.ERROR]
    issues += [issue_of(f) for f in evaluation.mismatches if f.is_tail]
    order = {code: i for i, code in enumerate(accounts.pack.sheets)}
    issues.sort(key=lambda i: (i.severity.rank, order.get(i.sheet, -1)))
    return CheckReport(accounts, view, tuple(_grouped(issues)), evaluation, form.examined())


def _errors(
    accounts: Accounts, errors: Sequence[Mismatch], units: Mapping[str, frozenset[int]], links: Links
) -> list[Issue]:
    """Broken formulas with their culprits: a wrong money unit, or the cell that most likely causes each."""
    issues: dict[int, Issue] = {}
    for code, gone in units.items():
        if (position := accounts.frames[code].positions.get("money_unit")) is not None:
            cell = cell_at(accounts.tables[code].sheet, position)
            for i in sorted(gone - issues.keys()):
                issue = issue_of(errors[i])
                issues[i] = replace(issue, cells=(cell, *issue.cells), culprit=cell.ref, sheet=code)
    rest = [i for i in range(len(errors)) if i not in issues]
    culprits = find_culprits([errors[i] for i in rest], links)
    issues |= {i: issue_of(errors[i], culprit) for i, culprit in zip(rest, culprits, strict=True)}
    return [issues[i] for i in range(len(errors))]


def _wrong_units(accounts: Accounts, view: View, errors: Sequence[Mismatch]) -> dict[str, frozenset[int]]:
    """Sheets whose money unit (元 for 万元) differs from the others' and whose relations hold in the others' unit.

    Sheet code → the indexes of those *errors* that are gone when the sheet is read so.
    """
    found: dict[str, frozenset[int]] = {}
    for code, frame in accounts.frames.items():
        if frame.money_unit in (None, accounts.money_unit):
            continue
        table = accounts.tables[code]
        involved = [i for i, f in enumerate(errors) if any(c.table is table for c in f.cells)]
        if len(involved) < _ENOUGH:
            continue
        tables = {**view.tables, code: read_table(table.layout, table.sheet, accounts.money_unit)}
        formulas = (f for f in accounts.pack.formulas if code in f.tables)
        trial = evaluate(formulas, View(tables, view.prior, view.nature))
        still = {(f.formula.code, f.row, f.column) for f in trial.mismatches if not f.is_tail}
        gone = frozenset(i for i in involved if (errors[i].formula.code, errors[i].row, errors[i].column) not in still)
        if 2 * len(gone) > len(involved):
            found[code] = gone
    return found


def _explained(issues: Sequence[Issue], units: Mapping[str, frozenset[int]], accounts: Accounts) -> Iterator[Issue]:
    """*issues* with the one about the unit telling how many others follow from it."""
    for issue in issues:
        if issue.code == _WRONG_UNIT and (gone := units.get(issue.sheet)):
            words = accounts.pack.form_rules[_WRONG_UNIT].words("写错", 其他单位=accounts.money_unit, 处数=len(gone))
            yield replace(issue, message=issue.message + words)
        else:
            yield issue


def _grouped(issues: list[Issue]) -> list[Issue]:
    """Issues with the same culprit behind each other, the largest group's first issue first."""
    first: dict[object, int] = {}
    for index, issue in enumerate(issues):
        if issue.culprit is not None:
            first.setdefault(issue.culprit, index)
    return [i for _, _, i in sorted(
        ((first[i.culprit], n, i) if i.culprit is not None else (n, n, i) for n, i in enumerate(issues)),
        key=lambda t: t[:2])]


def issue_of(mismatch: Mismatch, culprit: TermCell | None = None) -> Issue:
    """A mismatch as an issue: relation, both sides with values, difference and cells."""
    formula = mismatch.formula
    severity = Severity.TAIL if mismatch.is_tail else formula.severity
    cells = list(mismatch.cells)
    if culprit is not None:
        cells.sort(key=lambda c: (c.table is not culprit.table or c.row != culprit.row or c.column != culprit.column))
    issue_cells = tuple(dict.fromkeys(ic for c in cells if (ic := c.table.issue_cell(c.row, c.column))))
    lead = culprit or (mismatch.cells[0] if mismatch.cells else None)
    return Issue(
        formula.code, formula.kind, severity, mismatch_message(mismatch), issue_cells, left=mismatch.left, right=mismatch.right,
        difference=mismatch.difference, culprit=culprit.table.ref(culprit.row, culprit.column) if culprit else None,
        sheet=lead.table.code if lead else next(iter(sorted(formula.tables)), ""))
