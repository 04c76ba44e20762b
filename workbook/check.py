"""Checking accounts: every formula and every rule of form, as issues in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook.accounts import Accounts
from workbook.amounts import MoneyUnit, decimals
from workbook.evaluate import Evaluation, Finding, TermCell, View, evaluate
from workbook.form_checks import FormChecker
from workbook.formula import COMPANION, Formula, Relation
from workbook.issues import Issue, IssueCell, Severity, count_by_severity
from workbook.links import Links, find_culprits
from workbook.tables import Table

_SEVERITY_ORDER = {Severity.ERROR: 0, Severity.NOTICE: 1, Severity.TAIL: 2}
_MUST = {
    Relation.EQUAL: "应等于", Relation.AT_MOST: "应不大于", Relation.AT_LEAST: "应不小于", Relation.TOGETHER: "应同有同无",
}
NOT_APPLICABLE = ("只适用于", "不适用", "底稿没有填写单位性质")


@dataclass(frozen=True)
class CheckReport:
    """What the checks found in one workbook."""

    accounts: Accounts
    view: View
    issues: tuple[Issue, ...]
    evaluation: Evaluation

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return any(i.severity is Severity.ERROR for i in self.issues)

    def skipped_formulas(self) -> dict[str, str]:
        """Formula code → why it was not evaluated (formulas that do not apply are left out)."""
        return {
            s.formula.code: s.reason for s in self.evaluation.skipped if not s.reason.startswith(NOT_APPLICABLE)
        }

    def summary(self) -> dict[str, int]:
        """Counts by severity, formulas evaluated (records and instances) and not evaluated."""
        counts = count_by_severity(self.issues)
        wholly = {s.formula.code for s in self.evaluation.skipped if s.formula.code not in self.evaluation.held}
        formulas = self.accounts.pack.formulas
        return {
            **{str(severity): n for severity, n in counts.items()},
            "公式": len(formulas) - len(wholly),
            "未执行": len(self.skipped_formulas()),
            "实例": self.evaluation.instances,
        }


def view_of(
    accounts: Accounts, prior: Mapping[str, Table] | None = None, companion: Table | None = None, nature: str = ""
) -> View:
    """What the formulas look at: this year's sheets, the 底稿's amounts, last year's sheets."""
    tables = {**accounts.tables, COMPANION: companion} if companion else dict(accounts.tables)
    return View(tables, prior or {}, nature)


def check(accounts: Accounts, view: View | None = None, links: Links | None = None) -> CheckReport:
    """Run all formulas and rules of form.  Never raises for bad data.

    *links* may be passed again when only amounts changed since the last check.
    """
    view = view or view_of(accounts)
    formulas = accounts.pack.formulas
    evaluation = evaluate(formulas, view)
    issues = list(FormChecker(accounts, accounts.pack.form_rules).issues())
    issues += _formula_issues(evaluation.findings, formulas, view, links)
    order = {code: i for i, code in enumerate(accounts.pack.sheets)}
    issues.sort(key=lambda i: (_SEVERITY_ORDER[i.severity], order.get(i.sheet, -1)))
    return CheckReport(accounts, view, tuple(_grouped(issues)), evaluation)


def _formula_issues(
    findings: Iterable[Finding], formulas: tuple[Formula, ...], view: View, links: Links | None
) -> list[Issue]:
    broken = [f for f in findings if not f.is_tail]
    tails = [f for f in findings if f.is_tail]
    errors = [f for f in broken if f.formula.severity is Severity.ERROR]
    others = [f for f in broken if f.formula.severity is not Severity.ERROR]
    issues: list[Issue] = []
    if errors:
        culprits = find_culprits(errors, links or Links(formulas, view))
        issues += [issue_of(f, culprit) for f, culprit in zip(errors, culprits, strict=True)]
    issues += [issue_of(f) for f in others]
    issues += [issue_of(f) for f in tails]
    return issues


def _grouped(issues: list[Issue]) -> list[Issue]:
    """Findings with the same culprit behind each other, the largest group's first finding first."""
    first: dict[object, int] = {}
    for index, issue in enumerate(issues):
        if issue.culprit is not None:
            first.setdefault(issue.culprit, index)
    return [i for _, _, i in sorted(
        ((first[i.culprit], n, i) if i.culprit is not None else (n, n, i) for n, i in enumerate(issues)),
        key=lambda t: t[:2])]


def issue_of(finding: Finding, culprit: TermCell | None = None) -> Issue:
    """A finding as an issue: relation, both sides with values, difference and cells."""
    formula = finding.formula
    severity = Severity.TAIL if finding.is_tail else formula.severity
    cells = list(finding.cells)
    if culprit is not None:
        cells.sort(key=lambda c: (c.table is not culprit.table or c.row != culprit.row or c.column != culprit.column))
    issue_cells = tuple(dict.fromkeys(ic for c in cells if (ic := _issue_cell(c))))
    lead = culprit or (finding.cells[0] if finding.cells else None)
    return Issue(
        code=formula.code,
        kind=formula.kind,
        severity=severity,
        message=_message(finding),
        cells=issue_cells,
        left=finding.left,
        right=finding.right,
        difference=finding.difference,
        culprit=culprit.table.ref(culprit.row, culprit.column) if culprit else None,
        sheet=lead.table.code if lead else next(iter(sorted(formula.tables)), ""),
    )


def _issue_cell(cell: TermCell) -> IssueCell | None:
    return cell.table.issue_cell(cell.row, cell.column)


def _message(finding: Finding) -> str:
    left = _side_words(finding, 1, finding.left)
    right = _side_words(finding, -1, finding.right)
    relation = finding.formula.comparison.relation
    must = _MUST[relation]
    wording = finding.formula.wording
    if relation is Relation.TOGETHER:
        return f"{left}，{right}：{wording}"
    tail = "（尾差）" if finding.is_tail else ""
    return f"{left}，{must}{right}，相差 {_money(abs(finding.difference), finding)}{tail}：{wording}"


def _side_words(finding: Finding, side: int, value: Decimal) -> str:
    terms = finding.formula.comparison.left if side == 1 else finding.formula.comparison.right
    if all(t.constant is not None for t in terms):
        return f" {value}"
    cells = [c for c in finding.cells if any(
        c.sign == side * t.sign and c.table.code == t.table for t in terms)]
    size = sum(1 for c in cells)
    if len(terms) == 1 and size == 1:
        return f"{cells[0].table.label(cells[0].row, cells[0].column)} {_money(value, finding, cells[0])}"
    if len(terms) == 1 and size > 1:
        mark = cells[0].table.layout.mark
        return f"{mark}有关 {size} 项之和 {_money(value, finding, cells[0])}"
    return f"计算数 {_money(value, finding)}"


def _money(value: Decimal, finding: Finding, cell: TermCell | None = None) -> str:
    cell = cell or (finding.cells[0] if finding.cells else None)
    if cell is not None and cell.row in cell.table.counts:
        return f"{value.normalize():f}"
    if cell is not None and cell.table.unit is MoneyUnit.YUAN:
        return f"{_plain(value.scaleb(4))} 元"
    return f"{_plain(value)} 万元"


def _plain(value: Decimal) -> str:
    """Thousands separators, at least two decimals, all that the value carries."""
    return f"{value:,.{max(2, decimals(value))}f}"
