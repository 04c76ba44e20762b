"""Every number of a section against the figure that it states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from docgen.job.inputs import Inputs
from docgen.model import Change, Direction, Figure
from docgen.review.alignment import Alignment, Match
from docgen.review.expected import Slot
from docgen.review.lines import LEVEL
from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.rules import Finder
from docgen.review.text import Stated, in_order
from workbook.amounts import ZERO, round_half_up
from workbook.values import dataclass

_IN_WAN = {"万元": 0, "元": -4, "亿元": 4}
_NO_RATE = "不写百分比"


@dataclass(frozen=True)
class FigureReview:
    """Compares the numbers of one section; every finding names paragraph, number and source."""

    finder: Finder
    phrasing: Phrasing
    known_values: frozenset[Decimal]
    """All amounts of the workbook and all figures, as printed: a number that is one of them is right somewhere."""
    totals: frozenset[Decimal]
    """What a share may be of."""
    sentence: Callable[[Change], str]
    """A comparison as the report says it: ``减少 243.46 万元，下降 30.68%``."""

    def review(self, alignment: Alignment, heading: int | None = None) -> Iterator[Finding]:
        """All findings of a section; *heading* is the paragraph of its heading."""
        for match in alignment.matches:
            yield from self._match(match)
        stated = {m.slot.change.id for m in alignment.matches if m.slot.change is not None and m.slot.part != "rate"}
        yield from self._unmatched(alignment)
        yield from self._unstated(alignment, stated, heading)

    def _match(self, match: Match) -> Iterator[Finding]:
        slot, stated = match.slot, match.stated
        change = slot.change
        if stated.number.unit == LEVEL and change is not None:
            if change.direction in (Direction.UP, Direction.DOWN):
                yield from self.finder.on(
                    "表文-03", at=stated.at(), stated=LEVEL, expected=self.sentence(change), figure=slot.figure, 变动=_name(change))
            return
        if slot.figure.exact is None:
            return
        if change is not None and (word := self.wrong_direction(match)) is not None:
            yield from self.finder.on(
                "表文-02", at=stated.at(len(stated.number.before) - word.start()), stated=word[0],
                expected=self.sentence(change), figure=change.difference, 变动=_name(change))
        yield from self._value(stated, slot)

    def wrong_direction(self, match: Match) -> re.Match[str] | None:
        """The word before a difference that contradicts its sign."""
        change, number = match.slot.change, match.stated.number
        if change is None or match.slot.part != "difference" or change.direction not in (Direction.UP, Direction.DOWN):
            return None
        words = [*self.phrasing.moved.finditer(number.before)] if number.unit != LEVEL and number.value else []
        if not words or match.slot.figure.exact is None:
            return None
        says_up = bool(self.phrasing.up.fullmatch(words[-1][0])) is (number.value > 0)  # 增加 -3 万元
        return words[-1] if says_up is not (change.direction is Direction.UP) else None

    def _value(self, stated: Stated, slot: Slot) -> list[Finding]:
        figure, number, on = slot.figure, stated.number, self.finder.on
        exact, printed = figure.exact or ZERO, figure.value or ZERO
        value = abs(number.value) if slot.change is not None and slot.part else number.value
        shift = _IN_WAN.get(number.unit, 0)
        in_unit = value.scaleb(shift)
        is_rounded = value == round_half_up(exact.scaleb(-shift), number.places)
        decimals = self.finder.limit("表文-05", "小数")
        at, right, label = stated.at(), _shown(figure), figure.label
        if in_unit == printed or (number.places > decimals and is_rounded):
            return on("表文-06", at=at, expected=right, figure=figure, 名称=label, 单位=number.unit) if shift else []
        words = f"{format_plain(number.value)}{'' if number.unit == '%' else ' '}{number.unit}"
        amounts = in_unit, figure.value
        if number.unit in _IN_WAN and (swapped := _other_unit(number.unit, value, printed)):
            return on(
                "表文-06", swapped, at=at, stated=words, expected=right, figure=figure, amounts=amounts, 名称=label, 单位=number.unit)
        if is_rounded:
            is_short = number.places < decimals and not shift
            return on("表文-05", at=at, stated=words, expected=right, figure=figure, 名称=label) if is_short else []
        if (rounded := _from_rounded(slot)) is not None and in_unit == rounded:
            return on("表文-07", at=at, stated=words, expected=right, figure=figure, amounts=amounts, 名称=label)
        return on(
            "表文-01", "算法" if len(figure.sources) > 1 else "", at=at, stated=words, expected=right, figure=figure,
            amounts=amounts, 名称=label, 算法=figure.how.removesuffix("（取绝对值）"))

    def _unmatched(self, alignment: Alignment) -> Iterator[Finding]:
        """Numbers that state no figure: percentages of nothing, and what stands nowhere in the tables."""
        matched = {m.stated.key: m for m in alignment.matches}
        previous: Stated | None = None
        for stated in in_order([*(m.stated for m in alignment.matches), *alignment.unmatched]):
            if stated.key not in matched:
                before = previous if previous is not None and previous.paragraph == stated.paragraph else None
                match = matched.get(before.key) if before is not None else None
                yield from self._extra(stated, before, match.slot.change if match is not None else None)
            previous = stated

    def _extra(self, stated: Stated, before: Stated | None, change: Change | None) -> Iterator[Finding]:
        """A number that states no figure, after the number *before*, which is about *change*."""
        number = stated.number
        if number.unit == LEVEL:
            return
        words = f"{format_plain(number.value)}%"
        if number.unit == "%" and change is not None and number.before.endswith(self.phrasing.directions) and (
            change.rate is None or change.direction is Direction.LEVEL
        ):
            yield from self._rate_of_nothing(stated, change, words)
            return
        if number.unit == "%" and before is not None and before.number.value == 0:
            yield from self.finder.on("表文-04", at=stated.at(), stated=words, expected=_NO_RATE, 前文=_tail(number.before))
            return
        if abs(number.value) in self.known_values or number.value == 0 or self._is_share(stated):
            return
        yield from self.finder.on("表文-08", at=stated.at(), 前文=_tail(number.before), 数=format_plain(number.value), 单位=number.unit)

    def _is_share(self, stated: Stated) -> bool:
        """Whether a percentage is the amount before it as a share of one before that."""
        number = stated.number
        if number.unit != "%":
            return False
        amounts = [n.value for n in stated.line.numbers if n.start < number.start and n.unit == "万元" and n.value]
        wholes = [*amounts[:-1], *self.totals]
        return bool(amounts) and any(round_half_up(amounts[-1] * 100 / w, number.places) == number.value for w in wholes if w)

    def _rate_of_nothing(self, stated: Stated, change: Change, words: str) -> list[Finding]:
        """A rate where there is none: the base is zero, or nothing changed (0% is accepted)."""
        if not stated.number.value:
            return []
        if change.rate is None:
            return self.finder.on(
                "表文-04", "增减率", at=stated.at(), stated=words, expected=_NO_RATE, figure=change.difference, 对比=change.against)
        return self.finder.on(
            "表文-01", "没有变化", at=stated.at(), stated=words, expected=LEVEL, figure=change.difference, 变动=_name(change))

    def _unstated(self, alignment: Alignment, stated: set[str], heading: int | None) -> Iterator[Finding]:
        """Figures that the section does not state, one finding for each statement (for all, where the form is another)."""
        missing: dict[int, list[Slot]] = {}
        elsewhere = {m.slot.figure.id for m in alignment.matches}
        for slot in alignment.unstated:
            is_told = slot.change is not None and slot.part == "rate" and slot.change.id in stated
            if not slot.is_optional and slot.figure.is_known and not is_told and slot.figure.id not in elsewhere:
                missing.setdefault(slot.paragraph, []).append(slot)
        if len(missing) > self.finder.limit("表文-09", "分别"):
            missing = {min(missing): [slot for slots in missing.values() for slot in slots]}
        anchors = {m.slot.paragraph: m.stated.paragraph for m in alignment.matches}
        for paragraph, slots in missing.items():
            yield from self._not_written(slots, anchors.get(paragraph, heading))

    def _not_written(self, slots: Sequence[Slot], anchor: int | None) -> list[Finding]:
        most = self.finder.limit("表文-09", "列出")
        return self.finder.on(
            "表文-09", "很多" if len(slots) > most else "", at=(anchor, 0, 0), expected=_shown(slots[0].figure), figure=slots[0].figure,
            各数="、".join(f"{s.figure.label} {_shown(s.figure)}" for s in slots[:most]), 几个=len(slots))


def known_values(inputs: Inputs, figures: Iterable[Figure]) -> frozenset[Decimal]:
    """Every amount of both years' tables and every figure, as printed, without signs."""
    tables = [*inputs.accounts.tables.values(), *inputs.prior.values()]
    amounts = {abs(round_half_up(v)) for t in tables for values in t.columns.values() for v in values.values()}
    return frozenset(amounts | {abs(f.value) for f in figures if f.value is not None})


def _other_unit(unit: str, value: Decimal, printed: Decimal) -> str:
    """How the number came about when it is ten thousand times too large or too small, as a case of the rule."""
    if not printed or not value:
        return ""
    in_wan = value.scaleb(_IN_WAN[unit])
    if in_wan == printed.scaleb(4) or round_half_up(in_wan.scaleb(-4)) == printed:
        return "元作万元"
    if value == printed and unit != "万元":
        return "万元作别的"
    return ""


def _from_rounded(slot: Slot) -> Decimal | None:
    """The figure as it comes out of the rounded amounts, as people reckon by hand."""
    change = slot.change
    if change is not None and change.current.value is not None and change.base.value is not None:
        difference = abs(change.current.value - change.base.value)
        if slot.part == "difference":
            return difference
        return round_half_up(difference * 100 / change.base.value) if change.base.value else None
    if slot.figure.operands is None:
        return None
    part, whole = (round_half_up(value) for value in slot.figure.operands)
    return round_half_up(part * 100 / whole) if whole else None


def format_plain(value: Decimal) -> str:
    """A number as the report writes it."""
    return f"{value:,f}"


def _shown(figure: Figure) -> str:
    return figure.text if figure.unit == "%" else f"{figure.text} {figure.unit}".strip()


def _name(change: Change) -> str:
    return f"{change.label}比{change.against}"


def _tail(before: str) -> str:
    """The words just before a number."""
    return re.split(r"[，。；：]", before)[-1][-16:]
