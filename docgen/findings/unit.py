"""Everything that is wrong with a unit, as one list: what ``check`` prints, the window shows and a batch counts.

Above ``docgen.job`` (what was read) and ``docgen.reasons`` (what the report asks for); below ``docgen.batch`` and the
programs' surfaces, none of which composes a list of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.companion.checks import with_notes
from workbook.issues import Issue, Severity, count_by_severity
from workbook.rules.check import CheckReport, check
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.job.inputs import Inputs
    from docgen.reasons.slot import Slot
    from workbook.companion.model import Companion


@dataclass(frozen=True)
class Findings:
    """The findings of one unit by what they depend on.  Only ``checked`` changes at once with a cell."""

    checked: CheckReport
    """The tables: formulas and rules of form."""
    inputs: tuple[Issue, ...] = ()
    """Whether last year's workbook and the 底稿 belong to the tables; what cannot be read in them."""
    companion: tuple[Issue, ...] = ()
    """The 底稿 in itself: sums of 年初预算, 项目支出绩效自评表, their summary."""
    reasons: tuple[Issue, ...] = ()
    """Change reasons and texts that are missing or doubtful."""
    notes: Companion | None = None
    """The 底稿 whose 核实记录 says which 提示 people looked at and found right."""

    @property
    def extra(self) -> tuple[Issue, ...]:
        """All but those of the tables."""
        return self._noted((*self.inputs, *self.companion, *self.reasons))

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All, in the order in which they are listed."""
        return (*self._noted(self.checked.issues), *self.extra)

    @property
    def about_tables(self) -> tuple[Issue, ...]:
        """Those of the tables and of what they are compared with: what the page 校验 is for."""
        return self._noted((*self.checked.issues, *self.inputs))

    def _noted(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        return with_notes(issues, self.notes, self.checked.accounts.year)

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return _any_error(self.issues)

    @property
    def prevent_report(self) -> bool:
        """Whether 错误 in the tables, or a 底稿 or last year's workbook that is another's, stand against a report."""
        return _any_error(self.about_tables)

    def summary(self) -> dict[str, int]:
        """Counts by severity over all of them, and what was run (:meth:`CheckReport.summary`)."""
        return {**self.checked.summary(), **{str(severity): n for severity, n in count_by_severity(self.issues).items()}}


def findings_of(
    inputs: Inputs, checked: CheckReport | None = None, slots: Sequence[Slot] | None = None
) -> Findings:
    """All findings of a unit.

    *checked* and *slots* (:func:`docgen.report.slots.reason_slots`) are those of the same inputs, where they are at
    hand.  Without a 底稿 no reason is asked for.
    """
    if checked is None:
        checked = check(inputs.accounts, inputs.view)
    companion = inputs.companion
    if companion is None:
        return Findings(checked, inputs.issues)
    from docgen.report.slots import reason_issues, reason_slots
    from workbook.companion.checks import check_companion

    if slots is None:
        slots = reason_slots(inputs)
    reasons = reason_issues(slots, companion, inputs.pack.reason_rules, has_prior=bool(inputs.prior))
    return Findings(checked, inputs.issues, check_companion(companion, inputs.pack.companion_rules), tuple(reasons), companion)


def _any_error(issues: Sequence[Issue]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)
