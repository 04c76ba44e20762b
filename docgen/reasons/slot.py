"""A slot: a place of the report where people must say something, and from which change on a reason is required.

Amounts are in 万元, exact.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from docgen.figures.nodes import ReasonOf
from docgen.job.inputs import Inputs
from docgen.model import Change, Direction, PromptSpan, ReasonSpan
from docgen.reasons.drivers import Drivers
from docgen.reasons.wording import directions
from workbook.amounts import ZERO
from workbook.issues import Severity
from workbook.pack.companion_form import LEVEL_WORDING, MINIMUM_AMOUNT, MINIMUM_RATE
from workbook.values import dataclass

LAST_YEAR, DRAFT, PHRASE = "去年的原因", "草稿", "常用语"


class SlotKind(StrEnum):
    """What is to be filled in: a reason for a change, or another text."""

    REASON = "变动原因"
    TEXT = "文字"


class SlotState(StrEnum):
    """Where a slot stands."""

    NOT_NEEDED = "不需要"
    OPEN = "待填"
    GIVEN = "已填"
    DOUBTFUL = "有疑问"
    RECHECK = "再看一遍"
    """It was written for other amounts, and what it says may not hold any more."""
    VERIFIED = "已核实"
    """Somebody looked at it and found it right, with these amounts."""

    @property
    def is_unfinished(self) -> bool:
        """Whether something is left to be done."""
        return self in (SlotState.OPEN, SlotState.DOUBTFUL, SlotState.RECHECK)


@dataclass(frozen=True, slots=True)
class Objection:
    """What is doubtful about a text, in plain words."""

    code: str
    """``原因-02`` …: stable."""
    message: str
    severity: Severity = Severity.NOTICE


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to insert with one click."""

    source: str
    """``去年的原因``, ``草稿`` or ``常用语``."""
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the report where people must say something."""

    id: str
    """``Change.id``; for a text the name of its place (``文本.联系人``)."""
    kind: SlotKind
    section: int
    """Section of part two (0: elsewhere)."""
    section_title: str
    title: str
    """What it is about: ``本年收入决算合计与上年决算相比``."""
    sentence: str
    """The statement as the report has it, up to the blank."""
    state: SlotState
    movement: str = ""
    """The comparison as the report says it: ``减少 243.46 万元，下降 30.68%``."""
    label: str = ""
    against: str = ""
    current: Decimal | None = None
    base: Decimal | None = None
    difference: Decimal | None = None
    """Signed, exact."""
    rate: Decimal | None = None
    """Signed, exact, per cent; ``None`` when the base is zero."""
    direction: Direction = Direction.UNKNOWN
    required: bool = False
    missing: str = ""
    """Which input is missing, so that the change cannot be computed."""
    text: str = ""
    written: Decimal | None = None
    """The signed change for which the text was written, as far as that is known."""
    note: str = ""
    """What was noted when it was verified."""
    objections: tuple[Objection, ...] = ()
    context: Inputs | None = None
    drivers: Drivers | None = None
    prior_reason: str = ""
    """Last year's reason."""
    change: Change | None = None
    """The comparison itself, with its figures (``None`` for a text)."""

    @property
    def draft(self) -> str:
        """A sentence made from the drivers; show it as “草稿” until somebody accepts it."""
        return self.drivers.draft if self.drivers is not None else ""

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """What can be inserted: last year's reason first, the draft, the pack's phrases.

        Last year's is left out when it speaks of the other direction.
        """
        if self.change is None or self.context is None:
            return ()
        found = [Suggestion(DRAFT, text)] if (text := self.draft) else []
        if self.direction in (Direction.UP, Direction.DOWN):
            phrases = [
                p for p in self.context.pack.reasons.phrases
                if self.change.id.startswith(p.prefix) and p.direction in ("", self.direction)]
            # for a whole section only where there are no closer ones
            close = [p for p in phrases if not p.prefix.endswith(".")] or phrases
            found += [Suggestion(PHRASE, text) for text in dict.fromkeys(p.text for p in close)]
        if old := self.prior_reason.strip():
            stated = [direction for _, direction in directions(old, self.context.pack.words)]
            found.insert(0 if not stated or self.direction in stated else len(found), Suggestion(LAST_YEAR, old))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A reason is required when the change reaches both; zero sets no limit, both zero means any change."""

    rate: Decimal = ZERO
    """Per cent."""
    amount: Decimal = ZERO
    """万元."""

    @classmethod
    def of(cls, context: Inputs) -> Thresholds:
        """The thresholds that hold for *context*."""
        settings, rate, amount = context.pack.reasons, context.entry(MINIMUM_RATE).value, context.entry(MINIMUM_AMOUNT).value
        return cls(
            rate if rate is not None else settings.minimum_rate, amount if amount is not None else settings.minimum_amount)

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


def reasons_by_threshold(context: Inputs) -> ReasonOf:
    """The 底稿's reasons; a missing one becomes a prompt, but only where the thresholds require it."""
    thresholds, companion = Thresholds.of(context), context.companion

    def reason_of(change: Change) -> ReasonSpan | PromptSpan | None:
        if change.direction is Direction.LEVEL:
            return None
        row = companion.reason(change.id) if companion else None
        text = row.text.text.strip().rstrip("。．.；;，, ") if row else ""
        if text:
            return ReasonSpan(change.id, text)
        is_known = change.direction is not Direction.UNKNOWN
        moved = f"{change.direction} {change.difference.text} {change.difference.unit}" if is_known else ""
        words = f"【请填写变动原因：{change.label}比{change.against}{moved}】"
        return PromptSpan(change.id, words) if thresholds.requires(change) else None

    return reason_of


def is_level_as_zero(context: Inputs) -> bool:
    """Whether a zero difference is written ``增加 0 万元，增长 0%`` and not 持平."""
    return (context.entry(LEVEL_WORDING).text or context.pack.reasons.level_wording).startswith("增加")
