"""Every number of a section against the figure that it states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from docgen.model import Change, Direction, Figure
from docgen.review.alignment import Alignment, Match
from docgen.review.arithmetic import HALF_CENT, quotient_fits
from docgen.review.expected import Names, Slot
from docgen.review.findings import Finder, Finding
from docgen.review.text import LEVEL, Number, Role
from workbook.amounts import ZERO, round_half_up
from workbook.formats.sniff import FileFormat
from workbook.issues import IssueCell

_IN_WAN = {"万元": 0, "元": -4, "亿元": 4}
_ENOUGH, _NEARLY_ALL = 3, 0.75
"""With so many numbers, and so large a part of them, recognised in a section, it follows the form and what is over is odd."""
_FORM, _WHOLE = 0.6, 0.85
"""With less of a section's numbers, or of a statement's, stated, it follows another form."""
_NO_RATE = "不写百分比"
_SHOWN = 16


class FigureReview:
    """Compares the numbers of one section; every finding names paragraph, number and source."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.on, self.phrasing, self.places = finder, finder.on, finder.phrasing, finder.text.places
        inputs, narrative = finder.inputs, finder.narrative
        self.sentence = narrative.sentence
        tables = [*inputs.accounts.tables.values(), *inputs.prior.values()]
        amounts = {abs(round_half_up(v)) for t in tables for values in t.columns.values() for v in values.values()}
        self.known = amounts | {abs(f.value) for f in narrative.registry.figures.values() if f.value is not None}
        """All amounts of both years' tables and all figures, as printed: a number that is one of them is right somewhere."""
        self.is_printed = inputs.accounts.source.format is FileFormat.REPORT
        """Whether the amounts are only known as a report's own tables print them."""
        self.names = Names(inputs.accounts, self.phrasing, finder.unit_name)
        self.is_own_form = True
        """Whether the report states nearly all that the form does.

        Of another form, a statement that is not there says nothing.
        """
        self.is_strict = False
        """Whether it states them all but for slips, comparisons too: then nothing may be left out."""
        self.confirmed: set[tuple[int, int]] = set()
        """The numbers that the tables have under the name they are given."""
        self.wrong: set[tuple[int, int]] = set()
        """The numbers found wrong so far."""

    def review(self, alignment: Alignment, heading: int | None = None) -> Iterator[Finding]:
        """All findings of a section; *heading* is the paragraph of its heading."""
        for match in alignment.matches:
            yield from self._match(match)
        yield from self._percentages(alignment)
        yield from self._unstated(alignment, heading)

    # ------------------------------------------------------------ a number and its figure

    def _match(self, match: Match) -> Iterator[Finding]:
        slot, stated, figure, change = match.slot, match.stated, match.slot.figure, match.slot.change
        if stated.unit == LEVEL and change is not None:
            if change.direction in (Direction.UP, Direction.DOWN):
                yield from self.on(
                    "表文-03", at=stated.at(), stated=LEVEL, expected=self.sentence(change), figure=figure, 变动=_name(change))
        elif figure.exact is not None:
            if change is not None and (word := self.wrong_direction(match)) is not None:
                yield from self.on(
                    "表文-02", "负数" if stated.value < 0 else "", at=stated.at(len(stated.before) - word.start()), stated=word[0],
                    expected=self.sentence(change), figure=change.difference, 变动=_name(change))
            if not stated.unit and figure.unit in ("万元", "%"):
                yield from self.on(
                    "表文-40", "没有", at=stated.at(), stated=f"{stated.value:,f}", expected=_shown(figure),
                    figure=figure, 名称=figure.label)
            elif value := self._value(stated, slot, figure.exact):
                yield from value
            elif change is None:
                yield from self._misnamed(stated, slot)

    def _misnamed(self, stated: Number, slot: Slot) -> Iterator[Finding]:
        """The right amount under the name of another: 项目支出 for 基本支出."""
        own, right = (number.item for number in (stated, slot.number))
        same = [s for s in self.finder.expected.slots.get(slot.section, ()) if s.figure.value == slot.figure.value]
        for group in self.phrasing.words.contrasts if slot.figure.value else ():
            said, meant = ([word for word in group if word in words] for words in (own, right))
            if len(said) == len(meant) == 1 and said != meant and not any(said[0] in s.number.before for s in same):
                yield from self.on(
                    "表文-50", at=stated.at(len(own)), stated=said[0], expected=meant[0], figure=slot.figure,
                    数=_shown(slot.figure))

    def wrong_direction(self, match: Match) -> re.Match[str] | None:
        """The word before a difference that contradicts its sign."""
        change, number = match.slot.change, match.stated
        is_moved = change is not None and match.slot.part == "difference" and change.direction in (Direction.UP, Direction.DOWN)
        words = [*self.phrasing.moved.finditer(number.before)] if is_moved and number.unit != LEVEL and number.value else []
        if change is None or not words or match.slot.figure.exact is None:
            return None
        says_up = bool(self.phrasing.up.fullmatch(words[-1][0])) is (number.value > 0)  # 增加 -3 万元
        return words[-1] if says_up is not (change.direction is Direction.UP) else None

    def _value(self, stated: Number, slot: Slot, exact: Decimal) -> list[Finding]:
        figure, printed = slot.figure, slot.figure.value or ZERO
        shift = _IN_WAN.get(stated.unit, 0) - _IN_WAN.get(figure.unit, 0)
        value = abs(stated.value) if slot.change is not None and slot.part else stated.value
        in_wan, decimals = value.scaleb(shift), self.finder.limit("表文-05", "小数")
        is_rounded = value == round_half_up(exact.scaleb(-shift), stated.places)
        is_tenth = stated.unit == "%" and value == round_half_up(exact, self.places)  # percentages have one decimal throughout
        rule, case = "表文-01", "算法" if len(figure.sources) > 1 else ""
        if in_wan == printed or is_tenth or (stated.places > decimals and is_rounded):
            rule, case = ("表文-06" if shift else ""), ""
        elif figure.unit != "元" and (other := _other_unit(stated.unit, value, printed)):
            rule, case = "表文-06", other
        elif self.is_printed and _may_be(slot, in_wan, max(stated.places, self.places)):
            return []
        elif is_rounded:
            rule, case = "表文-05" if stated.places < decimals and not shift else "", ""
        elif in_wan == _from_rounded(slot):
            rule, case = "表文-07", ""
        is_other = rule != "表文-06" or bool(case)  # else the amount is right
        if rule == "表文-01" or case:
            self.wrong.add(stated.key)
        words, right = f"{stated.value:,f}{'' if stated.unit == '%' else ' '}{stated.unit}", _shown(figure)
        if self.finder.text.is_in_yuan and stated.unit == "万元":
            words, right = (f"{round_half_up(v.scaleb(4)):,} 元" for v in (stated.value, exact))
        return self.on(
            rule, case, at=stated.at(), stated=words if is_other else None, expected=right, figure=figure,
            amounts=(in_wan, figure.value) if is_other else (None, None), 名称=figure.label, 单位=stated.unit,
            算法=figure.how.removesuffix("（取绝对值）")) if rule else []

    # ------------------------------------------------------------ numbers without a figure

    def _percentages(self, alignment: Alignment) -> Iterator[Finding]:
        """Percentages of nothing."""
        matched = {m.stated.key: m.slot.change for m in alignment.matches}
        for before, rate in pairwise(alignment.numbers):
            # 3 万元（其中：……0 万元），占
            is_near = before.paragraph == rate.paragraph and ")" not in rate.line.text[before.stop : rate.start]
            if is_near and rate.key not in matched and rate.unit == "%" and rate.value:
                change = matched.get(before.key)
                found = self._without_base(rate, change) if change is not None else []
                yield from found or (() if before.value else self._of_zero(rate, before))

    def _without_base(self, rate: Number, change: Change) -> list[Finding]:
        """The rate of a change that has none: the base is zero, or nothing changed."""
        has_rate = change.rate is not None and change.direction is not Direction.LEVEL
        if has_rate or not rate.before.endswith(self.phrasing.directions):
            return []
        self.wrong.add(rate.key)
        case = ("表文-04", "增减率") if change.rate is None else ("表文-01", "没有变化")
        return self.on(
            *case, at=rate.at(), stated=f"{rate.value:,f}%", expected=_NO_RATE if change.rate is None else LEVEL,
            figure=change.difference, 对比=change.against, 变动=_name(change))

    def _of_zero(self, rate: Number, before: Number) -> list[Finding]:
        """A percentage after an amount of nothing."""
        if before.unit != "万元" or rate.role is Role.RATE or (rate.value % 100 and self.is_printed):
            return []  # 0.00 may be less than half a cent
        wholes = [n.value for n in rate.line.numbers if n.is_amount and n.value]
        if any(quotient_fits(ZERO, whole, rate.value, self.places) for whole in wholes) or (
            before.places and not wholes and rate.role is Role.SHARE
        ):
            return []
        self.wrong.add(rate.key)
        return self.on("表文-04", at=rate.at(), stated=f"{rate.value:,f}%", expected=_NO_RATE, 前文=rate.clause[-_SHOWN:])

    def throughout(self) -> Iterator[Finding]:
        """What is written otherwise than the form has it in all of the report, once.

        Else where it is written otherwise than elsewhere.
        """
        text = self.finder.text
        if text.is_in_yuan:
            amounts = [n for n in text.numbers(0) if n.unit == "万元"]
            if not self.finder.has_yuan:
                yield from self.on("表文-06", "全文", at=amounts[0].at(), 几处=len(amounts))
            return
        for number in text.numbers(0):
            is_each = self.phrasing.each.search(number.clause)  # 人均接待费 48.06 元
            is_exact = number.unit == "元" and bool(number.places) and not is_each and number.key not in self.wrong
            if is_exact and any(n.unit == "万元" for n in number.line.numbers):
                yield from self.on("表文-06", "个别", at=number.at(), stated=f"{number.value:,f} 元")

    def surplus(self, alignment: Alignment, used: Container[tuple[int, int]], section: int = 0) -> Iterator[Finding]:
        """Amounts that state no figure where nearly all others do.

        The tables have them not under that name, or not at all.
        """
        matched = {m.stated.key for m in alignment.matches if m.slot.figure.is_known}
        numbers = [n for n in alignment.numbers if n.unit != LEVEL]
        is_ours = len(matched) >= _ENOUGH and len(matched) >= len(numbers) * _NEARLY_ALL
        is_void = section in self.finder.void_sections
        for number in numbers:
            is_amount = number.role in (Role.LEVEL, Role.BASE) and number.unit == "万元" and bool(number.value)
            if number.key in matched or number.key in used or not is_amount:
                continue
            if (named := self.names.of(number)) is not None:
                self.confirmed.add(number.key)
                if round_half_up(number.value) not in named.values and not self.names.is_alike(number):
                    yield from self.on(
                        "表文-08", "名称", at=number.at(), stated=f"{number.value:,f} 万元", 名称=named.label,
                        expected="、".join(f"{v:,f} 万元" for v in sorted(named.values)),
                        cells=(IssueCell(ref, "") for ref in named.sources))
            elif (is_ours or is_void) and number.role is Role.LEVEL and round_half_up(number.value) not in self.known:
                yield from self.on("表文-08", at=number.at(), 前文=number.clause[-_SHOWN:], 数=f"{number.value:,f}", 单位=number.unit)

    # ------------------------------------------------------------ figures without a number

    def _unstated(self, alignment: Alignment, heading: int | None) -> Iterator[Finding]:
        """Figures that the section does not state, one finding for each statement (for all, where the form is another)."""
        known = {m.slot.figure.id for m in alignment.matches if m.slot.figure.is_known}
        wanted = [slot for slot in alignment.unstated if slot.figure.is_known and not slot.is_optional]
        if alignment.numbers and len(known) < len(known | {s.figure.id for s in wanted}) * _FORM:
            return  # the section follows another form: what it leaves out says nothing
        stated = {m.slot.figure.id for m in alignment.matches}
        told = {m.slot.change.id for m in alignment.matches if m.slot.change is not None and m.slot.part != "rate"}
        begun = {m.slot.paragraph: m.stated.paragraph for m in alignment.matches}
        counts = Counter(m.slot.paragraph for m in alignment.matches if m.slot.figure.value)
        missing: dict[int, list[Slot]] = {}
        has_shares = any(n.role is Role.SHARE for n in alignment.numbers)
        stated_values = [n.value for n in alignment.numbers if n.unit != LEVEL]
        written = {value for v in stated_values for value in (v, round_half_up(v))}  # in 元: to the last digit
        if not self.is_own_form:  # it may tell two parts instead of their sum
            parts = {n.value for n in alignment.numbers if n.role in (Role.LEVEL, Role.BASE) and n.value}
            written |= {a + b for a, b in combinations(parts, 2)}
        for slot in wanted:
            is_rate = slot.change is not None and slot.part == "rate" and slot.change.id in told
            # those of parts are not told everywhere
            is_budget = slot.number.role in (Role.BASE, Role.DONE) and slot.paragraph in begun
            is_share = slot.number.role is Role.SHARE and not (has_shares and self.is_own_form)
            is_apart = (is_rate or is_budget or is_share) and not self.is_strict
            if slot.figure.id not in stated and slot.figure.value not in written and not is_apart:
                missing.setdefault(slot.paragraph, []).append(slot)
        listed = {m.slot.paragraph for m in alignment.matches if _is_item(m.slot)}
        missing = {  # what else a statement lists item by item, it lists all; of its other numbers it may leave out some
            p: slots for p, slots in missing.items() if (
                not counts[p] and (self.is_own_form or (
                    not alignment.numbers and any(s.number.role not in (Role.BASE, Role.DONE) for s in slots)))) or (
                counts[p] and (self.is_strict or counts[p] >= (counts[p] + len(slots)) * _WHOLE)) or (
                p in listed and all(map(_is_item, slots)))}
        if len(missing) > self.finder.limit("表文-09", "分别"):
            missing = {min(missing): [slot for slots in missing.values() for slot in slots]}
        most = self.finder.limit("表文-09", "列出")
        for paragraph, slots in missing.items():
            first = slots[0].figure
            yield from self.on(
                "表文-09", "很多" if len(slots) > most else "", at=(begun.get(paragraph, heading), 0, 0), expected=_shown(first),
                figure=first, 各数="、".join(f"{s.figure.label} {_shown(s.figure)}" for s in slots[:most]), 几个=len(slots))


def _other_unit(unit: str, value: Decimal, printed: Decimal) -> str:
    """How the number came about when it is ten thousand times too large or too small, as a case of the rule."""
    if not printed or not value or unit not in _IN_WAN:
        return ""
    in_wan = value.scaleb(_IN_WAN[unit])
    if in_wan == printed.scaleb(4) or round_half_up(in_wan.scaleb(-4)) == printed:
        return "元作万元"
    return "万元作别的" if value == printed and unit != "万元" else ""


def _printed(slot: Slot) -> tuple[Decimal, Decimal] | None:
    """What the figure is the quotient (or, of a difference, the minuend and subtrahend) of, as printed."""
    change = slot.change
    if change is not None and change.current.value is not None and change.base.value is not None:
        return abs(change.current.value - change.base.value), change.base.value
    operands = slot.figure.operands
    return None if operands is None else (round_half_up(operands[0]), round_half_up(operands[1]))


def _from_rounded(slot: Slot) -> Decimal | None:
    """The figure as it comes out of the rounded amounts, as people reckon by hand."""
    if (printed := _printed(slot)) is None:
        return None
    part, whole = printed
    if slot.change is not None and slot.part == "difference":
        return part
    return round_half_up(part * 100 / whole) if whole else None


def _may_be(slot: Slot, value: Decimal, places: int) -> bool:
    """Whether the exact amounts behind the printed ones may give *value*: each may be half a cent off."""
    if (printed := _printed(slot)) is None:
        return False
    part, whole = abs(printed[0]), abs(printed[1])
    off = HALF_CENT * (2 if slot.change is not None else 1)
    if slot.change is not None and slot.part == "difference":
        return abs(value - part) <= off
    if whole <= off:
        return False
    lowest, highest = (part - off) * 100 / (whole + off), (part + off) * 100 / (whole - off)
    return round_half_up(lowest, places) <= value <= round_half_up(highest, places)


def _is_item(slot: Slot) -> bool:
    """Whether the figure is one of a list: the first, or behind another."""
    return slot.number.before.startswith(("、", "；")) or "：" in slot.number.before


def _shown(figure: Figure) -> str:
    return figure.text if figure.unit == "%" else f"{figure.text} {figure.unit}".strip()


def _name(change: Change) -> str:
    return f"{change.label}比{change.against}"
