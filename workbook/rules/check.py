"""Checking accounts: every formula and every rule of form, as issues in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from workbook.formulas.bindings import TermCell, View
from workbook.formulas.evaluate import evaluate
from workbook.formulas.links import Links, key_of
from workbook.formulas.outcomes import Evaluation, Outcome, State
from workbook.formulas.wording import mismatch_message
from workbook.issues import Issue, Severity, count_by_severity
from workbook.pack.formula import Relation
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.causes import find_causes
from workbook.rules.form import FormFindings
from workbook.rules.sheets import form_issues
from workbook.values import dataclass


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
        return any(i.severity is Severity.ERROR for i in self.issues)

    def skipped_formulas(self) -> dict[str, str]:
        """Formula code → why it was not evaluated (formulas that do not apply are left out)."""
        return {s.formula.code: s.reason for s in self.evaluation.skipped if s.state is State.SKIPPED}

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
    broken = list(_once(f for f in evaluation.mismatches if not f.is_tail))
    errors = [f for f in broken if f.formula.severity is Severity.ERROR]
    form = FormFindings(accounts.pack.form_rules)
    form_issues(accounts, form)
    issues = form.issues
    if errors:
        causes, culprits = find_causes(accounts, view, errors, form, links or Links(formulas, view), issues)
        told = {(c.issue.code, c.issue.culprit) for c in causes}
        issues = [i for i in issues if i.culprit is None or (i.code, i.culprit) not in told]
        for head, explained in causes:  # with what follows from it: mismatches with the same culprit
            issues.append(head)
            for issue in (issue_of(errors[i]) for i in sorted(explained)):
                issues.append(replace(issue, cells=(*head.cells[:1], *issue.cells), culprit=head.culprit, sheet=head.sheet))
        issues += [issue_of(errors[i], culprit) for i, culprit in sorted(culprits.items(), key=lambda pair: pair[0])]
    issues += [issue_of(f) for f in broken if f.formula.severity is not Severity.ERROR]
    issues += [issue_of(f) for f in evaluation.mismatches if f.is_tail]
    order = {code: i for i, code in enumerate(accounts.pack.sheets)}
    issues.sort(key=lambda i: (i.severity.rank, order.get(i.sheet, -1)))
    return CheckReport(accounts, view, tuple(_grouped(issues)), evaluation, form.examined())


def _once(mismatches: Iterable[Outcome]) -> Iterator[Outcome]:
    """Each fact once.

    Of an equality and an inequality between the same cells only the first of those that fail alike is told.
    """
    told: set[tuple[object, ...]] = set()
    for mismatch in sorted(mismatches, key=lambda f: f.formula.comparison.relation is not Relation.EQUAL):
        fact = mismatch.difference, frozenset([(key_of(c), c.side) for c in mismatch.cells])
        if mismatch.formula.comparison.relation is Relation.TOGETHER or fact not in told:
            told.add(fact)
            yield mismatch


def _grouped(issues: list[Issue]) -> list[Issue]:
    """Issues with the same culprit behind each other, the largest group's first issue first."""
    first: dict[object, int] = {}
    for index, issue in enumerate(issues):
        if issue.culprit is not None:
            first.setdefault(issue.culprit, index)
    return [i for _, _, i in sorted(
        ((first[i.culprit], n, i) if i.culprit is not None else (n, n, i) for n, i in enumerate(issues)),
        key=lambda t: t[:2])]


def issue_of(mismatch: Outcome, culprit: TermCell | None = None) -> Issue:
    """A mismatch as an issue: relation, both sides with values, difference and cells."""
    formula = mismatch.formula
    severity = Severity.TAIL if mismatch.is_tail else formula.severity
    cells = list(mismatch.cells)
    if culprit is not None:  # first; it may be part of a computed one of these
        cells = [culprit, *(c for c in cells if key_of(c) != key_of(culprit))]
    issue_cells = tuple(dict.fromkeys(ic for c in cells if (ic := c.table.issue_cell(c.row, c.column))))
    lead = culprit or (mismatch.cells[0] if mismatch.cells else None)
    return Issue(
        formula.code, formula.kind, severity, mismatch_message(mismatch), issue_cells, left=mismatch.left, right=mismatch.right,
        difference=mismatch.difference, culprit=culprit.table.ref(culprit.row, culprit.column) if culprit else None,
        sheet=lead.table.code if lead else next(iter(sorted(formula.tables)), ""))
