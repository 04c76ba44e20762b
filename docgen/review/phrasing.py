"""How statements are worded: texts made comparable, how alike they are, and the pack's words as patterns."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from workbook.pack.loading import Pack
from workbook.pack.words import any_of

GENERAL = "预算"
"""What a budget is called that is not said to be the initial or the adjusted one."""
_THOUSANDS, _THOUSANDS_BEFORE_UNIT = re.compile(r"\d{3}(?!\d)"), re.compile(r"\d{3}(?:\.\d+)?\s*(?:万|元|%)")
_CONTENT_END = re.compile("[。；]")
_AMOUNT_IS = "(?:了|额|率|幅度)?(?:为|达|约)?"
_KEPT = frozenset("，；：。、？！“”‘’《》—…·■①②③④⑤⑥⑦⑧⑨⑩")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}


def normalised(text: str) -> tuple[str, tuple[int, ...]]:
    """*text* without white space, in one width of characters, and where each character comes from."""
    plain = [
        "," if character in ",，" and _in_number(text, place, character) else _plain(character)
        for place, character in enumerate(text)]
    return "".join(plain), (*[place for place, one in enumerate(plain) for _ in one], len(text))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character as it is compared: nothing for white space, half width for all but punctuation."""
    if character.isspace() or character in "\u200b\ufeff\u00ad":
        return ""
    if character in _KEPT:
        return character
    plain = "".join(unicodedata.normalize("NFKC", character).split())
    return _WIDE.get(plain, plain)


def _in_number(text: str, place: int, comma: str) -> bool:
    """Whether the comma at *place* separates thousands (a Chinese one only where an amount follows)."""
    pattern = _THOUSANDS if comma == "," else _THOUSANDS_BEFORE_UNIT
    is_after_digits = text[place - 1 : place].isdigit() and not text[max(place - 4, 0) : place].isdigit()
    return is_after_digits and bool(pattern.match(text, place + 1))


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """Characters and pairs of neighbouring characters of *text*."""
    return frozenset(text) | frozenset(text[i : i + 2] for i in range(len(text) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's measure of two sets: 1 the same, 0 nothing in common."""
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 1.0


class Phrasing:
    """Patterns for normalised text, unless said otherwise; *before* means the words that end where a number begins."""

    def __init__(self, pack: Pack) -> None:
        words = self.words = pack.words
        up, down, share, compare, both = (
            any_of(w).pattern for w in (words.ups, words.downs, words.share, words.compare, (*words.ups, *words.downs)))
        last, other_bases = any_of(words.bases[0]).pattern, any_of(tuple(w for names in words.bases[1:] for w in names)).pattern
        spoken_up, spoken_down = (any_of(tuple(one)).pattern for one in zip(*words.spoken, strict=True))
        more, less = f"{up}|{spoken_up}|多(?:支出|收入)?$", f"{down}|{spoken_down}|少(?:支出|收入)?$"

        self.directions = (*words.ups, *words.downs)
        """All words of direction."""
        self.each = any_of(words.each)
        """Before an average or a rate, whose unit may be 元."""
        self.level = any_of(words.level)
        """No change: 持平."""
        self.direction = re.compile(f"各?(?:有所|均|分别)?(?:{both})(?:了|额|为)?")
        """A word of direction with what belongs to it: ``各有所增加了``."""
        self.up = re.compile(more)
        """More, anywhere before a number; also ``多支出`` just before it."""
        self.moved = re.compile(f"{more}|{less}")
        """More or less, likewise."""
        self.up_before = re.compile(f"(?:{up}|{spoken_up}){_AMOUNT_IS}$")
        """More, just before a number: ``增加了``."""
        self.down_before = re.compile(f"(?:{down}|{spoken_down}){_AMOUNT_IS}$")
        self.share = re.compile(f"(?:{share})[^，。；]*$")
        """Before a share: ``占本年收入``."""
        self.done = re.compile(f"(?:{any_of(words.complete).pattern})([^，。；]{{0,14}})$|((?:{other_bases})(?:数|额)?)的$")
        """Before a rate of completion: ``完成年初预算的``."""
        self.parts = re.compile(
            f"[，。；(](?:(?:{any_of((*words.parts, *words.whole)).pattern})(?:：|，)?"
            f"|(?:{any_of(words.purposes).pattern})：)")
        """After a total: the list of its parts begins."""
        self.list = re.compile(f"[，。；(](?:{any_of((*words.parts, *words.whole)).pattern})(?:：|，)?")
        """The same, of purposes none."""
        self.whole = re.compile(f"[，。；](?:{any_of(words.whole).pattern})")
        """The same, where the list is to be complete."""
        self.amount_of_base = re.compile(f"(?:{other_bases})(?:数|额|安排)?(?:为|是|：)?$")
        """Before an amount to compare with that is no last year's: ``年初预算为``."""
        self._budgets()
        self.bases = tuple((names[0], _comparison(compare, names)) for names in words.bases)
        """What a sentence compares with, each as the report calls it: ``与上年…``, ``上年…相比``."""
        self.compared = _compared(compare, last, other_bases)
        """At the beginning of a clause: what it compares with."""
        self.last_year, self.amount_of_last_year = (re.compile(f"(?:{last}){rest}") for rest in (
            "(?:决算数?|度)?", "(?:(?!结转|结余)[^，。；：%]){0,14}$"))
        """Last year; and before an amount that is last year's: ``上年为``."""
        self._reasons(compare)
        self.either_or = _either_or(*words.pairs[:2])
        """In text as it is written: a choice of the template left standing, ``增加（减少）``."""
        self.nothing = re.compile(
            f"(?:本年度?|今年)?(?:{any_of(words.none).pattern})[^，。；]{{0,14}}(?:{any_of(words.nothing).pattern})")
        """In text as it is written: there is none this year."""
        self.sheet = re.compile(f"(?=.)(?:{pack.codes.heads})$")
        """What stands before the number of a sheet: ``公开``."""
        self.unit_name = re.compile(
            rf"^([^，。；：]{{2,40}}?)(?:截[至止])?\s*20\d\d\s*年(?:度)?\s*(?:{any_of(words.openings).pattern}|12\s*月)")
        """In text as it is written: group 1 is the name with which a statement begins."""
        self.acting_unit = re.compile(
            rf"(?:^|，|20\d\d年度?)([\u4e00-\u9fff（）()]{{3,29}}?(?:{any_of(words.bodies).pattern})(?:[（(]本级[）)])?)"
            rf"(?:{any_of(words.acts).pattern})")
        """The same of a statement without a year: ``某某局没有``, ``截至……，某某局共有车辆``."""

    def budget_in(self, words: str) -> str:
        """Which budget *words* name; empty when none."""
        return next((name for name, pattern in self._budget_names if pattern.search(words)), "")

    def opens_list(self, text: str) -> bool:
        """Whether *text* ends where the parts of a total are to follow."""
        return any(match.end() == len(text) for match in self.parts.finditer(text))

    def free(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where reasons, contents and stories stand, by the words that introduce them."""
        story = self.story.search(text)
        limit = story.end() if story else len(text)
        found = [(limit, len(text)), *(match.span() for match in self.reason_first.finditer(text, 0, limit))]
        for opening, closing in ((self.reason, self.reason_end), (self.content, _CONTENT_END)):
            for match in opening.finditer(text, 0, limit):
                if self.amounts_follow.match(text, match.start()):
                    continue  # 主要用于：教育支出 3 万元
                stop = closing.search(text, match.end())
                found.append((match.end(), stop.start() if stop else len(text)))
        merged: list[tuple[int, int]] = []
        for start, end in sorted(s for s in found if s[0] < s[1]):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return tuple(merged)

    def _reasons(self, compare: str) -> None:
        """The patterns that tell reasons and other free text from statements."""
        words = self.words
        because = rf"(?!{any_of(words.whole).pattern})(?:{any_of(words.because).pattern})：?"
        items = any_of(tuple(normalised(word)[0] for word in words.items)).pattern
        self.reason = re.compile(f"(?:{any_of(words.causes).pattern})*原因(?:主要)?(?:是|为|系|在于)?(?:：|，)?|{because}")
        """Introduces a reason."""
        self.reason_before = re.compile(rf"原因[^，。；]{{0,4}}$|(?:{any_of(words.because).pattern})：?$")
        """The same, just before the free text."""
        directions = any_of((*words.ups, *words.downs)).pattern
        self.amounts_follow = re.compile(
            rf"(?:{any_of(words.purposes).pattern})：(?:(?!{directions})[^，。；：\d]){{2,40}}\d[\d,.]*(?:万元|元)")
        """What looks like a purpose is a list of amounts."""
        amount = rf"(?:(?!{directions})[^，。；：\d]){{2,40}}\d[\d,.]*(?:万元|元)"
        measures = any_of((*words.share, *words.compare, *words.complete, *self.directions)).pattern
        self.reason_end = re.compile(
            rf"。|；(?=(?:{compare})[^，。；]{{0,14}}(?:相?比|[增减])|{items}|{amount}，(?:{measures}))"
            rf"|，(?=(?:{compare})[^，。；]{{0,14}}?(?:{directions})\d[\d,.]*(?:万元|元)，(?:{directions}))"
            rf"|，(?=(?:{any_of((*words.parts, *words.whole)).pattern})：?{amount}[，(](?:{any_of(words.share).pattern}))")
        self.reason_first = re.compile(
            rf"(?:^|(?<=[。；，]))(?:{any_of(words.leads).pattern})[^。；]{{4,80}}?"
            rf"(?=，(?:[^，。；]{{0,20}}比，)?[^，。；\d]{{0,20}}(?:{directions})[^，。；\d]{{0,6}}\d)")
        """A reason before what it is given for: ``由于……，较上年增加 3 万元``."""
        self.content = re.compile(f"(?:{any_of(words.contents).pattern})(?:：|为|是)?")
        """Introduces other free text up to the end of the sentence."""
        self.story = re.compile(f"(?:{any_of(words.stories).pattern})：")
        """Introduces free text up to the end of the paragraph."""
        self.other = re.compile(f"[，；]?(?:{any_of(words.others).pattern})")
        """At the beginning: another statement, no reason."""
        self.next_sentence = re.compile(f"。|；(?={compare})")

    def _budgets(self) -> None:
        """The patterns of what is said of the final account and the budget."""
        self._budget_names = tuple((names[0], any_of(names)) for names in self.words.bases[1:])  # the particular ones first
        words = self.words
        budget, about = any_of(tuple(w for names in words.bases[1:] for w in names)).pattern, any_of(words.about).pattern
        self.larger, self.smaller = (
            re.compile(f"决算数?(?:{any_of(w).pattern})((?:{budget}))") for w in (words.larger, words.smaller))
        """The final account is said to be more, or less, than the budget (group 1)."""
        equal = any_of(words.equal).pattern
        self.equal = re.compile(
            f"决算数?(?:(?:与|和|同)({budget})(?:数|额)?({about})?(?:{equal})|(?:{equal})({budget}))")
        """It is said to be as much (group 2: about as much)."""


def _compared(compare: str, last: str, others: str) -> re.Pattern[str]:
    return re.compile(
        rf"^.*相比|^.*(?:{compare})(?:20\d\d年(?:度)?)?(?:{last}|{others})?(?:决算)?[数额]?"
        rf"|^.*(?:{last}|20\d\d年)(?:度)?(?:决算)?数?")


def _comparison(compare: str, names: tuple[str, ...]) -> re.Pattern[str]:
    whole = any_of(tuple(name for name in names if re.search(f"(?:{compare})$", name))).pattern  # 同比
    base = any_of(names).pattern
    return re.compile(f"(?:{compare})[^，。；]{{0,6}}(?:{base})|(?:{base})[^，。；]{{0,6}}相比|{whole}")


def _either_or(amount: tuple[str, ...], rate: tuple[str, ...]) -> re.Pattern[str]:
    ups, downs = (f"(?:{one}|{other})" for one, other in zip(amount, rate, strict=True))
    choice, close = "[（(/／、或]", "[）)]?"
    return re.compile(
        f"{amount[0][0]}{downs}|{amount[1][0]}{ups}|{ups}{downs}|{downs}{ups}"
        f"|{ups}{choice}{downs}{close}|{downs}{choice}{ups}{close}")


phrasing_of = lru_cache(maxsize=8)(Phrasing)
