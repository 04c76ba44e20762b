"""Which number of a report is which figure: the two sequences are aligned by the words around the numbers.

The statements' order is the official one, but wording differs from place to place, and items come and go.  So every
section's numbers and the figures that belong there are aligned as sequences (the sum of likenesses is as large as it
can be); what then remains on both sides is matched by likeness alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from docgen.review.expected import Names, Slot
from docgen.review.phrasing import GENERAL, Phrasing, alike, normalised, pairs
from docgen.review.text import FREE, LEVEL, Number, Role, clause_of
from docgen.sequences import pairs_in_order
from workbook.amounts import round_half_up
from workbook.pack.words import any_of
from workbook.values import dataclass

_CONTEXT = 20
_SUBJECT = 24
_SENTENCE = 200
"""So far back at most stands what a number is compared with."""
_SHORT = 4
"""Fewer characters do not say what the number is."""
_TAIL = 4
_BEFORE, _SUBJECT_WEIGHT, _SAME_TAIL, _AFTER, _EQUAL = 0.55, 0.25, 0.12, 0.05, 0.3
_ENOUGH = 0.34
"""A pair less alike than this is no pair."""
_DOUBTFUL, _DOUBTFUL_ELSEWHERE, _SUBJECT_LIKE = 0.5, 0.72, 0.4
"""An amount that is not the figure is its error only where the pair is more alike than this; one that the tables have
elsewhere, than the second; one without a name of its own, where what the sentence begins with is as alike as the third."""
_UNNAMED = re.compile(r"[，。；：、]?(?:其中)?(?:全年|本年)?(?:支出|收入)?(?:预算|决算)?(?:数|额|安排)?(?:为|是)?")
_NAMED = 0.6
"""So alike must be its name to that of the figure, where the rest is not."""
_SURE = 0.5
"""So alike must a pair be that stands out of order."""
_CLEARLY = 0.08
"""So much more alike is another figure, or the order decides."""
_SAME_VALUE = 0.25
"""The same, when the values agree."""
_YEAR = re.compile(r"(?:截至|截止)?20\d\d年(?:度|12月31日|底|末)?")
_DROPPED = re.compile(r"\(含[^()]*\)|本年度?|本(?:单位|部门)|我(?:单位|部门|局|馆|校|院|中心)|(?:共|合)计|[，。；：、]|其中|数额?为?|(?:为|是)$")
_PARTS = {"difference": Role.MOVE, "level": Role.MOVE, "rate": Role.RATE}
_SAME_NAME, _VERY_NAME = 0.8, 0.9
_ANOTHER = 0.25
"""So little alike are the names of two things."""
_MONEY = frozenset({"万元", "元", "亿元", LEVEL})


@dataclass(frozen=True, slots=True)
class Match:
    """A number of the report and the figure that it states."""

    stated: Number
    slot: Slot


@dataclass(frozen=True, slots=True)
class _Side:
    before: frozenset[str]
    tail: str
    """The last words before the number."""
    subject: frozenset[str]
    number: Number
    role: Role
    budget: str
    """Which budget the words call it (the particular ones are kept apart); empty when they call it none."""
    against: str
    """What the sentence compares with, as the pack calls it; empty when nothing is said."""
    item: tuple[str, str]
    """The 类, 款 or 项 that it is about, where the words name one."""


class Surroundings:
    """The words around numbers without what differs between units, years and directions."""

    def __init__(self, names: Iterable[str], year: int | None, phrasing: Phrasing) -> None:
        """*names* say nothing about which figure it is (the unit's name); the year before *year* may stand for 上年."""
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
        self._names = re.compile(words or r"(?!)")
        self._year = re.compile(rf"{year - 1 if year else r'(?!)'}年(?:度)?(?:决算)?数?")
        self._last = phrasing.bases[0][0]
        self._compared = re.compile(f"[与和同比较]?{self._last}(?:决算)?数?(?:相?比)?|↕.*$")
        """What does not say what a difference is of, in plain words."""
        self._phrasing = phrasing
        share = any_of(phrasing.words.share).pattern
        self.measure = any_of((*phrasing.words.share, *phrasing.words.complete))
        self._share = re.compile(f"所?(?:{share})(?:{share}|比例)*")
        self._known: dict[str, str] = {}

    def side(self, number: Number, role: Role | None = None) -> _Side:
        """What stands around a number."""
        line = number.line
        head = line.text[: line.numbers[0].start] if line.numbers else ""
        before = self._plain(number.before)
        if len(before) < _SHORT and (previous := line.before(number)) is not None:  # “，占”: of the amount before it
            before = f"{self._plain(previous.before)}#{before}"
        before = before[-_CONTEXT:]
        budget = self._phrasing.budget_in(number.before) if number.role is Role.BASE else ""
        return _Side(
            pairs(before), before[-_TAIL:], pairs(self._plain(head)[-_SUBJECT:]), number, role or number.role, budget,
            self._against(number), line.item(number.start))

    def name(self, words: str) -> frozenset[str]:
        """The name of an amount in the words before it."""
        return pairs(self._plain(clause_of(normalised(words)[0])))

    def is_named(self, number: Number, slot: Slot) -> bool:
        """Whether the words before a number give it the name of the figure."""
        own = self.name(number.before)
        return max(alike(own, self.name(slot.figure.label)), alike(own, self.name(slot.number.before))) >= _VERY_NAME

    def is_of_another(self, difference: Number, slot: Slot) -> bool:
        """Whether the clause of a difference says that it is of something else than the figure."""
        subject = self._compared.sub("", self._plain(difference.clause))
        return len(subject) >= _SHORT and max(
            alike(pairs(subject), self.name(words)) for words in (slot.figure.label, slot.number.before)) < _ANOTHER

    def is_another_total(self, number: Number, slot: Slot) -> bool:
        """Whether both are called a total, but not the same."""
        own, other = number.clause, f"{slot.number.clause}{slot.figure.label}"
        said = ([{word for word in group if word in text} for text in (own, other)] for group in self._phrasing.words.totals)
        return any(ours and theirs and not ours & theirs for ours, theirs in said)

    def _against(self, number: Number) -> str:
        """The last comparison named in the sentence before the number."""
        line = number.line
        start = max(line.text.rfind("。", 0, number.start), line.text.rfind(FREE, 0, number.start), number.start - _SENTENCE) + 1
        sentence = self._year.sub(self._last, line.text[start : number.start])
        ends = {
            base: max((m.end() for m in pattern.finditer(sentence)), default=-1) for base, pattern in self._phrasing.bases}
        best = max(ends, key=lambda base: ends[base])
        return best if ends[best] >= 0 else ""

    def _plain(self, text: str) -> str:
        if text not in self._known:
            plain = self._phrasing.last_year.sub(self._last, self._year.sub(self._last, self._names.sub("", text)))
            plain = self._share.sub(self._phrasing.words.share[0], self._phrasing.direction.sub("↕", _YEAR.sub("", plain)))
            self._known[text] = _DROPPED.sub("", plain)
        return self._known[text]


class Alignment:
    """The numbers of one section, matched with its figures."""

    def __init__(self, stated: Sequence[Number], slots: Sequence[Slot], surroundings: Surroundings, names: Names) -> None:
        self.numbers = stated
        """In the order of the text."""
        self._slots, self._surroundings = slots, surroundings
        self._ours = [surroundings.side(number) for number in stated]
        self._theirs = [surroundings.side(slot.number, _PARTS.get(slot.part)) for slot in slots]
        self._names = names
        self._equal: set[tuple[int, int]] = set()
        """The pairs that are alike and have the same value."""
        self._scores = [[self._likeness(i, j, self._theirs[j]) for j in range(len(slots))] for i in range(len(stated))]
        for i, number in enumerate(stated):
            if names.confirm(number):  # it is right under another name
                self._scores[i] = [
                    score if score and ((i, j) in self._equal or surroundings.is_named(number, slots[j])) else 0.0
                    for j, score in enumerate(self._scores[i])]
        found = self._without_doubtful(self._in_order())
        self._restate(found)
        used = set(found.values())
        self.matches = tuple(Match(stated[i], slots[j]) for i, j in sorted(found.items()))
        self.unstated = tuple(s for j, s in enumerate(slots) if j not in used)
        """Figures that the section does not state."""

    def _in_order(self) -> dict[int, int]:
        """Number → figure: in order as far as that goes, mended where only the order forced it, then the best of the rest."""
        scores, places = self._scores, range(len(self._slots))
        found = dict(pairs_in_order(scores))
        for i, j in [*found.items()]:
            used = set(found.values())
            unused = (k for k in places if k not in used)
            best = max(unused, key=lambda k, i=i: scores[i][k], default=j)  # type: ignore[misc]  # of this turn
            if scores[i][best] > scores[i][j] + _CLEARLY:
                found[i] = best
        rest = sorted(
            (-scores[i][j], i, j) for i in range(len(scores)) if i not in found for j in places
            if scores[i][j] >= (_SAME_VALUE + _EQUAL if (i, j) in self._equal else _SURE))
        used = set(found.values())
        for _, i, j in rest:
            if i not in found and j not in used:
                found[i] = j
                used.add(j)
        return found

    def _without_doubtful(self, found: Mapping[int, int]) -> dict[int, int]:
        """*found* without the amounts that are not the figure and may as well be another one.

        The words around and their own name tell.  A percentage that is not the figure is none of it where the amount
        before it is another: 接待费 3 万元，占 5%.
        """
        borne_out = {  # its difference or rate stands in the same paragraph
            (self.numbers[i].paragraph, change.current.id) for i, j in found.items()
            if (change := self._slots[j].change) is not None and (i, j) in self._equal}

        def is_sure(i: int, j: int) -> bool:
            number, figure = self.numbers[i], self._slots[j].figure
            is_amount = number.role in (Role.LEVEL, Role.BASE) and number.unit in _MONEY and figure.is_known
            if not is_amount or (i, j) in self._equal or (number.paragraph, figure.id) in borne_out:
                return True
            ours, theirs = self._ours[i], self._theirs[j]
            is_item = bool(ours.item[0]) and ours.item == theirs.item  # which says enough
            if not is_item and _UNNAMED.fullmatch(number.clause) and alike(ours.subject, theirs.subject) < _SUBJECT_LIKE:
                return False
            if not is_item and self._names.is_printed(number):
                return self._scores[i][j] >= _DOUBTFUL_ELSEWHERE
            name = self._surroundings.name
            return self._scores[i][j] >= _DOUBTFUL or alike(name(number.before), name(figure.label)) >= _NAMED

        sure = {i: j for i, j in found.items() if is_sure(i, j)}
        return {
            i: j for i, j in sure.items()
            if (i, j) in self._equal or self._is_of_own_amount(self.numbers[i], self._slots[j], sure)}

    def _is_of_own_amount(self, rate: Number, slot: Slot, found: Mapping[int, int]) -> bool:
        """Whether the amount before a percentage is one of the two that its figure is reckoned from, or stands for it.

        Or it names its own.
        """
        figure = slot.figure
        measure = self._surroundings.measure
        names_its_own = bool(measure.split(rate.before)[0].strip("，、；。(所各分别"))  # ，授予小微企业合同金额占
        if rate.unit != "%" or slot.change is not None or names_its_own:
            return True
        amounts = [n for n in rate.line.numbers if n.unit in _MONEY and n.role in (Role.LEVEL, Role.BASE)]
        before = [n for n in amounts if n.start < rate.start]
        if not before or figure.operands is None:
            return True
        match = found.get(next((i for i, n in enumerate(self.numbers) if n.key == before[-1].key), -1))
        own = self._slots[match].figure.exact if match is not None else before[-1].value
        # 占……3 万元的 5%: the whole may stand between
        operands = figure.operands if rate.role is not Role.SHARE or measure.search(before[-1].before) else figure.operands[:1]
        return any(own is not None and round_half_up(abs(own)) == round_half_up(abs(operand)) for operand in operands)

    def _restate(self, found: dict[int, int]) -> None:
        """Add the numbers that say once more what another says: rather that than a figure that they are not."""
        for i, number in enumerate(self.numbers):
            now = found.get(i)
            if number.unit != LEVEL and (now is None or (i, now) not in self._equal):
                least = max(_SURE if now is None else self._scores[i][now], _SURE) + (_EQUAL if not number.value else 0)
                same = [j for j, score in enumerate(self._scores[i]) if score >= least and (i, j) in self._equal]
                if same:
                    found[i] = max(same, key=lambda j, i=i: self._scores[i][j])  # type: ignore[misc]  # of this turn

    def _likeness(self, i: int, j: int, theirs: _Side) -> float:
        """How alike two numbers' surroundings are; 0 when they cannot be the same."""
        ours, slot = self._ours[i], self._slots[j]
        units = {ours.number.unit, theirs.number.unit}
        is_bare = not ours.number.unit and _has_value(ours.number, slot)  # its unit was left out
        if not is_bare and ((len(units) > 1 and not units <= _MONEY) or not _same_kind(ours, theirs)):
            return 0.0
        against = slot.change.against if slot.part and slot.change is not None else ours.against
        if not against.startswith(ours.against) and not against.endswith(ours.against):
            return 0.0
        has_value = _has_value(ours.number, slot)
        if slot.part == "difference" and self._surroundings.is_of_another(ours.number, slot):
            return 0.0
        if not slot.part and not has_value and self._surroundings.is_another_total(ours.number, slot):
            return 0.0
        score = (
            _BEFORE * alike(ours.before, theirs.before) + _SUBJECT_WEIGHT * alike(ours.subject, theirs.subject)
            + _SAME_TAIL * (ours.tail == theirs.tail and len(ours.tail) == _TAIL)
            + _AFTER * (ours.number.after[:1] == theirs.number.after[:1]) + _EQUAL * has_value)
        if score < _ENOUGH:
            return 0.0
        if has_value:
            self._equal.add((i, j))
        return score


def _same_kind(ours: _Side, theirs: _Side) -> bool:
    """Whether both say the same kind of thing, of the same budget and the same item."""
    if ours.role is not theirs.role and not (ours.number.unit == "%" and Role.LEVEL in (ours.role, theirs.role)):
        return False
    if ours.budget and theirs.budget and ours.budget != theirs.budget and GENERAL not in (ours.budget, theirs.budget):
        return False
    (own, level), (other, its_level) = ours.item, theirs.item
    if own and other:
        is_same = own.endswith(other) or other.endswith(own) or alike(pairs(own), pairs(other)) >= _SAME_NAME
        return level == its_level and is_same
    return (own or other) in (theirs if own else ours).number.line.text


def _has_value(number: Number, slot: Slot) -> bool:
    """Whether the number is the slot's figure, rounded as it is written."""
    exact = slot.figure.exact
    if exact is None or number.unit == LEVEL:
        return number.unit == LEVEL and slot.part == "level"
    is_fraction = number.value and (number.places or number.unit not in _MONEY)
    if abs(number.value) == abs(slot.figure.value or 0):
        return True
    return bool(is_fraction and abs(number.value) == round_half_up(abs(exact), number.places))
