"""How statements are worded: the pack's words as patterns."""

from __future__ import annotations

import re
from functools import lru_cache

from docgen.review.characters import normalised
from workbook.pack.loading import Pack
from workbook.pack.words import Words, any_of
from workbook.values import dataclass


@dataclass(frozen=True)
class Phrasing:
    """Patterns for normalised text, unless said otherwise; *before* means the words that end where a number begins."""

    words: Words
    level: re.Pattern[str]
    """No change: 持平."""
    direction: re.Pattern[str]
    """A word of direction with what belongs to it: ``各有所增加了``."""
    up: re.Pattern[str]
    """More, anywhere before a number; also ``多支出`` just before it."""
    down: re.Pattern[str]
    moved: re.Pattern[str]
    """Either."""
    up_before: re.Pattern[str]
    """More, just before a number: ``增加了``."""
    down_before: re.Pattern[str]
    share: re.Pattern[str]
    """Before a share: ``占本年收入``."""
    parts: re.Pattern[str]
    """After a total: the list of its parts begins."""
    whole: re.Pattern[str]
    """The same, where the list is to be complete."""
    amount_of_base: re.Pattern[str]
    """Before an amount to compare with that is no last year's: ``年初预算为``."""
    bases: tuple[tuple[str, re.Pattern[str]], ...]
    """What a sentence compares with, each as the report calls it: ``与上年…``, ``上年…相比``."""
    last_year: re.Pattern[str]
    reason: re.Pattern[str]
    """Introduces a reason."""
    reason_end: re.Pattern[str]
    reason_before: re.Pattern[str]
    """The same, just before the free text."""
    content: re.Pattern[str]
    """Introduces other free text up to the end of the sentence."""
    story: re.Pattern[str]
    """Introduces free text up to the end of the paragraph."""
    other: re.Pattern[str]
    """At the beginning: another statement, no reason."""
    next_sentence: re.Pattern[str]
    either_or: re.Pattern[str]
    """In text as it is written: a choice of the template left standing, ``增加（减少）``."""
    nothing: re.Pattern[str]
    """In text as it is written: there is none this year."""
    sheet: re.Pattern[str]
    """What stands before the number of a sheet: ``公开``."""
    unit_name: re.Pattern[str]
    """In text as it is written: group 1 is the name with which a statement begins."""

    @property
    def directions(self) -> tuple[str, ...]:
        """All words of direction."""
        return (*self.words.ups, *self.words.downs)


@lru_cache(maxsize=8)
def phrasing_of(pack: Pack) -> Phrasing:
    """The patterns of the words of *pack*."""
    words = pack.words
    up, down, share = (any_of(w).pattern for w in (words.ups, words.downs, words.share))
    compare, both = any_of(words.compare).pattern, any_of((*words.ups, *words.downs)).pattern
    last, other_bases = any_of(words.bases[0]).pattern, any_of(tuple(w for names in words.bases[1:] for w in names)).pattern
    more, less = f"{up}|多(?:支出|收入)?$", f"{down}|少(?:支出|收入)?$"
    because = rf"(?:{any_of(words.because).pattern})：?"
    items = any_of(tuple(normalised(word)[0] for word in words.items)).pattern
    (first_up, first_down), (rate_up, rate_down) = words.pairs[:2]
    ups, downs = f"(?:{first_up}|{rate_up})", f"(?:{first_down}|{rate_down})"
    choice, close = "[（(/／、或]", "[）)]?"
    return Phrasing(
        words,
        level=any_of(words.level),
        direction=re.compile(f"各?(?:有所|均|分别)?(?:{both})(?:了|额|为)?"),
        up=re.compile(more), down=re.compile(less), moved=re.compile(f"{more}|{less}"),
        up_before=re.compile(f"(?:{up})(?:了|额)?$"), down_before=re.compile(f"(?:{down})(?:了|额)?$"),
        share=re.compile(f"(?:{share})[^，。；]*$"),
        parts=re.compile(f"[，。；](?:{any_of((*words.parts, *words.whole)).pattern})(?:：|，)?"),
        whole=re.compile(f"[，。；](?:{any_of(words.whole).pattern})"),
        amount_of_base=re.compile(f"(?:{other_bases})(?:数|额|安排)?(?:为|是|：)?$"),
        bases=tuple((names[0], _comparison(compare, any_of(names).pattern)) for names in words.bases),
        last_year=re.compile(f"(?:{last})(?:决算数?|度)?"),
        reason=re.compile(f"(?:{any_of(words.causes).pattern})*原因(?:主要)?(?:是|为|系|在于)?(?:：|，)?|{because}"),
        reason_end=re.compile(rf"。|；(?=(?:{compare})[^，。；]{{0,14}}(?:相?比|[增减])|{items})"),
        reason_before=re.compile(rf"原因[^，。；]{{0,4}}$|{because}$"),
        content=re.compile(f"(?:{any_of(words.contents).pattern})(?:：|为|是)?"),
        story=re.compile(f"(?:{any_of(words.stories).pattern})："),
        other=re.compile(f"[，；]?(?:{any_of(words.others).pattern})"),
        next_sentence=re.compile(f"。|；(?={compare})"),
        either_or=re.compile(
            f"{first_up[0]}{downs}|{first_down[0]}{ups}|{ups}{downs}|{downs}{ups}|{ups}{choice}{downs}{close}|{downs}{choice}{ups}{close}"),
        nothing=re.compile(f"(?:本年度?|今年)?(?:{any_of(words.none).pattern})[^，。；]{{0,14}}(?:{any_of(words.nothing).pattern})"),
        sheet=re.compile(f"(?=.)(?:{pack.codes.heads})$"),
        unit_name=re.compile(
            rf"^([^，。；：]{{2,40}}?)(?:截[至止])?\s*20\d\d\s*年(?:度)?\s*(?:{any_of(words.openings).pattern}|12\s*月)"))


def _comparison(compare: str, base: str) -> re.Pattern[str]:
    return re.compile(f"(?:{compare})[^，。；]{{0,6}}(?:{base})|(?:{base})[^，。；]{{0,6}}相比")
