"""Every number of a section against the figure that it states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from decimal import Decimal
from functools import partial

from docgen.model import Change, Direction, Figure
from docgen.review.alignment import Alignment, Match
from docgen.review.arithmetic import quotient_fits
from docgen.review.expected import Slot
from docgen.review.findings import Finder, Finding
from docgen.review.names import Names
from docgen.review.text import LEVEL, Number, Role
from workbook.amounts import ZERO, round_half_up
from workbook.formats.sniff import FileFormat
from workbook.issues import IssueCell

_IN_WAN = {"万元": 0, "元": -4, "亿元": 4}
_HALF_CENT = Decimal("0.005")
_ENOUGH, _NEARLY_ALL = 3, 0.75
"""With so many numbers, and so large a part of them, recognised in a section, it follows the form and what is over is odd."""
_FORM = 0.6
"""With less of the form's numbers stated, a section follows another form."""
_WHOLE = 0.85
"""With less of a statement's numbers stated, it follows another form."""
_NO_RATE = "不写百分比"


class FigureReview:
    """Compares the numbers of one section; every finding names paragraph, number and source."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.on, self.phrasing = finder, finder.on, finder.phrasing
        inputs, narrative = finder.inputs, finder.narrative
        self.sentence = narrative.sentence
        tables = [*inputs.accounts.tables.values(), *inputs.prior.values()]
        amounts = {abs(round_half_up(v)) for t in tables for values in t.columns.values() for v in values.values()}
        self.known = amounts | {abs(f.value) for f in narrative.registry.figures.values() if f.value is not None}
        """All amounts of both years' tables and all figures, as printed: a number that is one of them is right somewhere."""

        self.is_printed = inputs.accounts.source.format is FileFormat.REPORT
        """Whether the amounts are only known as a report's own tables print them."""
        self.places = finder.text.places
        self.names = Names(inputs.accounts.tables.values(), self.phrasing)
        self.confirmed: set[tuple[int, int]] = set()
        """The numbers that the tables have under the name they are given."""
        self.wrong: set[tuple[int, int]] = set()
        """The numbers found wrong so far."""

    def review(self, alignment: Alignment, heading: int | None = None) -> Iterator[Finding]:
        """All findings of a section; *heading* is the paragraph of its heading."""
        for match in alignment.matches:
            yield from self._match(match)
        yield from self._unmatched(alignment)
        yield from self._unstated(alignment, heading)

    def _match(self, match: Match) -> Iterator[Finding]:
        slot, stated = match.slot, match.stated
        change = slot.change
        if stated.unit == LEVEL and change is not None:
            if change.direction in (Direction.UP, Direction.DOWN):
                yield from self.on(
                    "表文-03", at=stated.at(), stated=LEVEL, expected=self.sentence(change), figure=slot.figure, 变动=_name(change))
            return
        if slot.figure.exact is None:
            return
        if change is not None and (word := self.wrong_direction(match)) is not None:
            yield from self.on(
                "表文-02", "负数" if stated.value < 0 else "", at=stated.at(len(stated.before) - word.start()), stated=word[0],
                expected=self.sentence(change), figure=change.difference, 变动=_name(change))
        if not stated.unit and slot.figure.unit in ("万元", "%"):
            yield from self.on(
                "表文-40", "没有", at=stated.at(), stated=f"{stated.value:,f}", expected=_shown(slot.figure), figure=slot.figure,
                名称=slot.figure.label)
        elif value := self._value(stated, slot):
            yield from value
        elif slot.change is None:
            yield from self._name(stated, slot)

    def _name(self, stated: Number, slot: Slot) -> Iterator[Finding]:
        """The right amount under the name of another: 项目支出 for 基本支出."""
        own, right = (re.split(r"[。；：，、]", number.before)[-1] for number in (stated, slot.number))
        for group in self.phrasing.words.contrasts:
            said, meant = ([word for word in group if word in words] for words in (own, right))
            is_other = any(
                s.figure.value == slot.figure.value and said and said[0] in s.number.before
                for s in self.finder.expected.slots.get(slot.section, ()))
            if len(said) == len(meant) == 1 and said != meant and slot.figure.value and not is_other:
                yield from self.on("表文-50", at=stated.at(len(own)), stated=said[0], expected=meant[0], figure=slot.figure, 数=_shown(slot.figure))

    def wrong_direction(self, match: Match) -> re.Match[str] | None:
        """The word before a difference that contradicts its sign."""
        change, number = match.slot.change, match.stated
        if change is None or match.slot.part != "difference" or change.direction not in (Direction.UP, Direction.DOWN):
            return None
        words = [*self.phrasing.moved.finditer(number.before)] if number.unit != LEVEL and number.value else []
        if not words or match.slot.figure.exact is None:
            return None
        says_up = bool(self.phrasing.up.fullmatch(words[-1][0])) is (number.value > 0)  # 增加 -3 万元
        return words[-1] if says_up is not (change.direction is Direction.UP) else None

    def _value(self, stated: Number, slot: Slot) -> list[Finding]:
        figure, number, label = slot.figure, stated, slot.figure.label
        exact, printed = figure.exact or ZERO, figure.value or ZERO
        value = abs(number.value) if slot.change is not None and slot.part else number.value
        shift = _IN_WAN.get(number.unit, 0)
        in_unit = value.scaleb(shift)
        is_rounded = value == round_half_up(exact.scaleb(-shift), number.places)
        decimals = self.finder.limit("表文-05", "小数")
        say = partial(self.on, at=stated.at(), expected=_shown(figure), figure=figure, 名称=label)
        if in_unit == printed or (number.places > decimals and is_rounded):
            return say("表文-06", 单位=number.unit) if shift else []
        words = f"{number.value:,f}{'' if number.unit == '%' else ' '}{number.unit}"
        amounts = in_unit, figure.value
        if number.unit in _IN_WAN and (swapped := _other_unit(number.unit, value, printed)):
            self.wrong.add(stated.key)
            return say("表文-06", swapped, stated=words, amounts=amounts, 单位=number.unit)
        if self.is_printed and _may_be(slot, in_unit, max(number.places, self.places)):
            return []
        if is_rounded or (number.unit == "%" and value == round_half_up(exact, self.places)):
            is_short = number.places < decimals and not shift and not (number.unit == "%" and value == round_half_up(exact, self.places))
            return say("表文-05", stated=words) if is_short else []
        if (rounded := _from_rounded(slot)) is not None and in_unit == rounded:
            return say("表文-07", stated=words, amounts=amounts)
        how = figure.how.removesuffix("（取绝对值）")
        self.wrong.add(stated.key)
        return say("表文-01", "算法" if len(figure.sources) > 1 else "", stated=words, amounts=amounts, 算法=how)

    def _unmatched(self, alignment: Alignment) -> Iterator[Finding]:
        """Percentages of nothing."""
        matched = {m.stated.key: m.slot.change for m in alignment.matches}
        previous: Number | None = None
        for stated in alignment.numbers:
            if stated.key not in matched and stated.unit == "%" and stated.value:
                before = previous if previous is not None and previous.paragraph == stated.paragraph else None
                yield from self._of_nothing(stated, before, matched.get(before.key) if before is not None else None)
            previous = stated

    def _of_nothing(self, stated: Number, before: Number | None, change: Change | None) -> list[Finding]:
        """A percentage that states no figure, after the number *before*, which is about *change*."""
        number, at, value = stated, stated.at(), f"{stated.value:,f}"
        if change is not None and number.before.endswith(self.phrasing.directions) and (
            change.rate is None or change.direction is Direction.LEVEL
        ):  # a rate where there is none: the base is zero, or nothing changed
            self.wrong.add(stated.key)
            if change.rate is None:
                return self.on(
                    "表文-04", "增减率", at=at, stated=f"{value}%", expected=_NO_RATE, figure=change.difference, 对比=change.against)
            return self.on(
                "表文-01", "没有变化", at=at, stated=f"{value}%", expected=LEVEL, figure=change.difference, 变动=_name(change))
        if before is not None and before.value == 0 and before.unit == "万元" and stated.role is not Role.RATE:
            wholes = [n.value for n in stated.line.numbers if n.role is Role.LEVEL and n.unit == "万元" and n.value]
            if (number.value % 100 and self.is_printed) or any(quotient_fits(ZERO, whole, number.value, self.places) for whole in wholes) or (
                before.places and not wholes and stated.role is Role.SHARE
            ):
                return []  # 0.00 may be less than half a cent
            self.wrong.add(stated.key)
            words = re.split(r"[，。；：]", number.before)[-1][-16:]
            return self.on("表文-04", at=at, stated=f"{value}%", expected=_NO_RATE, 前文=words)
        return []

    def throughout(self) -> Iterator[Finding]:
        """What is written otherwise than the form has it in all of the report, once."""
        text = self.finder.text
        if text.is_in_yuan:
            amounts = [s for s in text.numbers(0) if s.unit == "万元"]
            yield from self.on("表文-06", "全文", at=amounts[0].at(), 几处=len(amounts))
            return
        for stated in text.numbers(0):
            number = stated
            if number.unit == "元" and number.places and stated.key not in self.wrong and any(n.unit == "万元" for n in stated.line.numbers):
                yield from self.on("表文-06", "个别", at=stated.at(), stated=f"{number.value:,f} 元")

    def surplus(self, alignment: Alignment, used: Container[tuple[int, int]]) -> Iterator[Finding]:
        """Amounts that state no figure where nearly all others do, and that the tables have not under that name, or not at all."""
        matched = {m.stated.key for m in alignment.matches if m.slot.figure.is_known}
        numbers = [s for s in alignment.numbers if s.unit != LEVEL]
        is_ours = len(matched) >= _ENOUGH and len(matched) >= len(numbers) * _NEARLY_ALL
        for stated in numbers:
            number = stated
            if stated.key in matched or stated.key in used or number.role not in (Role.LEVEL, Role.BASE) or number.unit != "万元" or not number.value:
                continue
            named = self.names.of(stated)
            shown = f"{number.value:,f} {number.unit}"
            if named is not None and number.value in named.values:
                self.confirmed.add(stated.key)
            elif named is not None:
                self.confirmed.add(stated.key)
                right = "、".join(f"{v:,f} 万元" for v in sorted(named.values))
                cells = (IssueCell(ref, "") for ref in named.sources)
                yield from self.on("表文-08", "名称", at=stated.at(), stated=shown, expected=right, cells=cells, 名称=named.label)
            elif is_ours and number.role is Role.LEVEL and number.value not in self.known:
                words = re.split(r"[，。；：]", number.before)[-1][-16:]
                yield from self.on("表文-08", at=stated.at(), 前文=words, 数=f"{number.value:,f}", 单位=number.unit)

    def _unstated(self, alignment: Alignment, heading: int | None) -> Iterator[Finding]:
        """Figures that the section does not state, one finding for each statement (for all, where the form is another)."""
        known = {m.slot.figure.id for m in alignment.matches if m.slot.figure.is_known}
        wanted = known | {s.figure.id for s in alignment.unstated if s.figure.is_known and not s.is_optional}
        if alignment.numbers and len(known) < len(wanted) * _FORM:
            return  # the section follows another form: what it leaves out says nothing
        missing: dict[int, list[Slot]] = {}
        elsewhere = {m.slot.figure.id for m in alignment.matches}
        told = {m.slot.change.id for m in alignment.matches if m.slot.change is not None and m.slot.part != "rate"}
        begun = {m.slot.paragraph for m in alignment.matches}
        for slot in alignment.unstated:
            is_told = slot.change is not None and slot.part == "rate" and slot.change.id in told
            is_told |= slot.number.role in (Role.BASE, Role.DONE) and slot.paragraph in begun  # budgets of parts are not told everywhere
            if not slot.is_optional and slot.figure.is_known and not is_told and slot.figure.id not in elsewhere:
                missing.setdefault(slot.paragraph, []).append(slot)
        stated: Counter[int] = Counter(m.slot.paragraph for m in alignment.matches if m.slot.figure.value)
        missing = {
            p: slots for p, slots in missing.items()
            if not stated[p] or stated[p] >= (stated[p] + len(slots)) * _WHOLE}
        if len(missing) > self.finder.limit("表文-09", "分别"):
            missing = {min(missing): [slot for slots in missing.values() for slot in slots]}
        anchors = {m.slot.paragraph: m.stated.paragraph for m in alignment.matches}
        most = self.finder.limit("表文-09", "列出")
        for paragraph, slots in missing.items():
            first = slots[0].figure
            yield from self.on(
                "表文-09", "很多" if len(slots) > most else "", at=(anchors.get(paragraph, heading), 0, 0), expected=_shown(first),
                figure=first, 各数="、".join(f"{s.figure.label} {_shown(s.figure)}" for s in slots[:most]), 几个=len(slots))


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


def _may_be(slot: Slot, value: Decimal, places: int) -> bool:
    """Whether the exact amounts behind the printed ones may give *value*: each may be half a cent off."""
    change, operands, off = slot.change, slot.figure.operands, _HALF_CENT
    if change is not None and change.current.value is not None and change.base.value is not None:
        difference = abs(change.current.value - change.base.value)
        if slot.part == "difference":
            return abs(value - difference) <= 2 * off
        operands, off = (difference, change.base.value), 2 * off
    if operands is None or abs(operands[1]) <= off:
        return False
    part, whole = abs(operands[0]), abs(operands[1])
    lowest, highest = (part - off) * 100 / (whole + off), (part + off) * 100 / (whole - off)
    return round_half_up(lowest, places) <= value <= round_half_up(highest, places)


def _shown(figure: Figure) -> str:
    return figure.text if figure.unit == "%" else f"{figure.text} {figure.unit}".strip()


def _name(change: Change) -> str:
    return f"{change.label}比{change.against}"
