"""From which change on a reason is required: the pack's setting, or the 底稿's."""

from __future__ import annotations

from decimal import Decimal

from docgen.figures.nodes import ReasonOf
from docgen.job.context import ReportContext
from docgen.model import Change, Direction, PromptSpan, ReasonSpan
from workbook.amounts import ZERO
from workbook.pack.companion_form import LEVEL_WORDING, MINIMUM_AMOUNT, MINIMUM_RATE
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A reason is required when the change reaches both; zero sets no limit, both zero means any change."""

    rate: Decimal = ZERO
    """Per cent."""
    amount: Decimal = ZERO
    """万元."""

    @classmethod
    def of(cls, context: ReportContext) -> Thresholds:
        """The thresholds that hold for *context*."""
        settings, rate, amount = context.pack.reasons, context.entry(MINIMUM_RATE).value, context.entry(MINIMUM_AMOUNT).value
        return cls(rate if rate is not None else settings.minimum_rate, amount if amount is not None else settings.minimum_amount)

    def requires(self, change: Change) -> bool:
        """Whether the statement of *change* must give a reason.

        A change that prints as 0.00 needs none (it is a rounding tail); one from nothing has no rate and
        is judged by its amount; one that cannot be computed is still asked for.
        """
        if change.direction is Direction.LEVEL:
            return False
        size = change.difference.exact
        if size is None:
            return True
        if not change.difference.value:
            return False
        rate = change.rate.exact if change.rate is not None else None
        return size >= self.amount and (rate is None or rate >= self.rate)


def reasons_by_threshold(context: ReportContext) -> ReasonOf:
    """The 底稿's reasons; a missing one becomes a prompt, but only where the thresholds require it."""
    thresholds, companion = Thresholds.of(context), context.companion

    def reason_of(change: Change) -> ReasonSpan | PromptSpan | None:
        if change.direction is Direction.LEVEL:
            return None
        row = companion.reason(change.id) if companion else None
        text = row.text.text.strip().rstrip("。．.；;，, ") if row else ""
        if text:
            return ReasonSpan(change.id, text)
        moved = f"{change.direction} {change.difference.text} 万元" if change.direction is not Direction.UNKNOWN else ""
        words = f"【请填写变动原因：{change.label}比{change.against}{moved}】"
        return PromptSpan(change.id, words) if thresholds.requires(change) else None

    return reason_of


def is_level_as_zero(context: ReportContext) -> bool:
    """Whether a zero difference is written ``增加 0 万元，增长 0%`` and not 持平."""
    return (context.entry(LEVEL_WORDING).text or context.pack.reasons.level_wording).startswith("增加")
