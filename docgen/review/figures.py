"""Every number of a section against the figure that it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
_TWO = 2
_SEPARATELY, _NAMED = 2, 6


@dataclass(frozen=True)
class FigureReview:
    """Compares the numbers of one section; every finding names paragraph, number and source."""

    finder: Finder
    phrasing: Phrasing
    known_values: frozenset[Decimal]
    """All amounts of the workbook and all figures, as printed: a number that is one of them is right somewhere."""
    totals: frozenset[Decimal]
    """What a share may be of."""

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
                yield from self._on(
                    "表文-03", f"{_name(change)}写的是“持平”，应为{self._phrase(change)}", stated, slot.figure,
                    words=LEVEL, expected=self._phrase(change))
            return
        if slot.figure.exact is None:
            return
        if change is not None and (word := self.wrong_direction(match)) is not None:
            yield from self._on(
                "表文-02", f"{_name(change)}写的是“{word[0]}”，应为{self._phrase(change)}", stated, change.difference,
                words=word[0], expected=self._phrase(change), back=len(stated.number.before) - word.start())
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

    def _phrase(self, change: Change) -> str:
        """``减少 243.46 万元，下降 30.68%``."""
        words = f"{change.direction} {change.difference.text} 万元"
        if change.rate is None:
            return words
        return f"{words}，{self.phrasing.words.pairs[1][change.direction is Direction.DOWN]} {change.rate.text}"

    def _value(self, stated: Stated, slot: Slot) -> Iterator[Finding]:
        figure, number = slot.figure, stated.number
        exact, printed = figure.exact or ZERO, figure.value or ZERO
        value = abs(number.value) if slot.change is not None and slot.part else number.value
        money = number.unit in _IN_WAN
        shift = _IN_WAN[number.unit] if money else 0
        in_unit = value.scaleb(shift)
        if in_unit == printed or (number.places > _TWO and value == round_half_up(exact.scaleb(-shift), number.places)):
            if shift:
                yield from self._on(
                    "表文-06", f"{figure.label}以“{number.unit}”为单位，应写为 {_shown(figure)}", stated, figure,
                    expected=_shown(figure))
            return
        words = f"{format_plain(number.value)}{'' if number.unit == '%' else ' '}{number.unit}"
        if money and (swapped := _other_unit(number.unit, value, printed)):
            yield from self._on(
                "表文-06", f"{figure.label}写的是 {words}，公开表是 {_shown(figure)}，是{swapped}", stated, figure, words, _shown(figure),
                value=in_unit)
        elif value == round_half_up(exact.scaleb(-shift), number.places):
            if number.places < _TWO and not shift:
                yield from self._on(
                    "表文-05", f"{figure.label}写的是 {words}，应保留两位小数：{_shown(figure)}", stated, figure, words, _shown(figure))
            return
        elif (rounded := _from_rounded(slot)) is not None and in_unit == rounded:
            yield from self._on(
                "表文-07", f"{figure.label}写的是 {words}，是按四舍五入后的数算的；按公开表的精确数计算应为 {_shown(figure)}",
                stated, figure, words, _shown(figure), value=in_unit)
        else:
            how = f"（算法：{figure.how.removesuffix('（取绝对值）')}）" if len(figure.sources) > 1 else ""
            yield from self._on(
                "表文-01", f"{figure.label}写的是 {words}，应为 {_shown(figure)}{how}", stated, figure, words, _shown(figure), value=in_unit)

    def _on(  # noqa: PLR0913 - a finding has so many parts
        self, rule: str, message: str, stated: Stated, figure: Figure | None, words: str | None = None,
        expected: str | None = None, *, value: Decimal | None = None, back: int = 0,
    ) -> list[Finding]:
        amounts = (value, figure.value if figure is not None else None) if value is not None else (None, None)
        return self.finder.on_number(
            rule, message, stated, back=back, stated=words, expected=expected, figure=figure, amounts=amounts)

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
            yield from self._on(
                "表文-04", f"“{_tail(number.before)}”的基数为 0，没有意义，不应写 {words}", stated, None, words, "不写百分比")
            return
        if abs(number.value) in self.known_values or number.value == 0 or self._is_share(stated):
            return
        yield from self._on(
            "表文-08", f"“{_tail(number.before)}{format_plain(number.value)} {number.unit}”在公开表和底稿中找不到对应的数，请核对", stated, None)

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
            return self._on(
                "表文-04", f"{change.against}为 0，不能计算增减率，不应写 {words}", stated, change.difference, words, "不写百分比")
        return self._on("表文-01", f"{_name(change)}没有变化，写的是 {words}", stated, change.difference, words, "持平")

    def _unstated(self, alignment: Alignment, stated: set[str], heading: int | None) -> Iterator[Finding]:
        """Figures that the section does not state, one finding for each statement (for all, where the form is another)."""
        missing: dict[int, list[Slot]] = {}
        elsewhere = {m.slot.figure.id for m in alignment.matches}
        for slot in alignment.unstated:
            is_told = slot.change is not None and slot.part == "rate" and slot.change.id in stated
            if not slot.is_optional and slot.figure.is_known and not is_told and slot.figure.id not in elsewhere:
                missing.setdefault(slot.paragraph, []).append(slot)
        if len(missing) > _SEPARATELY:
            missing = {min(missing): [slot for slots in missing.values() for slot in slots]}
        anchors = {m.slot.paragraph: m.stated.paragraph for m in alignment.matches}
        for paragraph, slots in missing.items():
            yield from self._not_written(slots, anchors.get(paragraph, heading))

    def _not_written(self, slots: Sequence[Slot], anchor: int | None) -> list[Finding]:
        names = "、".join(f"{s.figure.label} {_shown(s.figure)}" for s in slots[:_NAMED])
        more = f"等 {len(slots)} 个数" if len(slots) > _NAMED else ""
        return self.finder.on(
            "表文-09", f"没有写{names}{more}，请补写", anchor, expected=_shown(slots[0].figure), figure=slots[0].figure)


def known_values(inputs: Inputs, figures: Iterable[Figure]) -> frozenset[Decimal]:
    """Every amount of both years' tables and every figure, as printed, without signs."""
    tables = [*inputs.accounts.tables.values(), *inputs.prior.values()]
    amounts = {abs(round_half_up(v)) for t in tables for values in t.columns.values() for v in values.values()}
    return frozenset(amounts | {abs(f.value) for f in figures if f.value is not None})


def _other_unit(unit: str, value: Decimal, printed: Decimal) -> str:
    """How the number came about when it is ten thousand times too large or too small."""
    if not printed or not value:
        return ""
    in_wan = value.scaleb(_IN_WAN[unit])
    if in_wan == printed.scaleb(4) or round_half_up(in_wan.scaleb(-4)) == printed:
        return "把元写成了万元"
    if value == printed and unit != "万元":
        return f"把万元写成了{unit}"
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
