"""What a reason's wording says: its clauses, and in which direction money moves in each."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from docgen.model import Direction
from workbook.pack.words import Words, any_of

_CLAUSE = re.compile(r"[，。；！？,;!?\n\r]+")
_NEGATED = re.compile(r"(?:未|没有|没|不再|不会|不|无|停止|避免|控制)[^，]{0,4}$")
_LAST_YEAR_IS_SUBJECT = re.compile(r"^(?:因|由于|主要是|主要因|是)*(?:上年|去年|上一年|以前年度|往年|上年度|年初预算|预算数|预算安排|全年预算|年初)")
_COMPARED = re.compile(r"(?:较|比|与|同|相较|对比)(?:于)?(?:上年|去年|上一年|上年度|以前年度|往年|年初预算|全年预算|预算|年初)")
_NOISE = re.compile(r"[\s，。；、：！？,.;:!?“”\"'‘’（）()《》<>—\-…·]+")
_LEAD = re.compile(r"^(?:变动原因|差异原因|原因|主要原因|是|为|因为|因|由于|主要是|主要)+")


def clauses(text: str) -> list[str]:
    """*text* cut at commas, semicolons and full stops."""
    return [c.strip() for c in _CLAUSE.split(text) if c.strip()]


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """*text* without punctuation, space and an opening ``主要是``: for comparing whole texts."""
    return _LEAD.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", text)))


def is_about_base(clause: str) -> bool:
    """Whether the clause speaks of last year or of the budget, not of this year compared with it."""
    return bool(_LAST_YEAR_IS_SUBJECT.search(clause)) and not _COMPARED.search(clause)


def money_direction(clause: str, words: Words) -> Direction | None:
    """In which direction the clause says that money moves; ``None`` when it does not say, or says both."""
    if is_about_base(clause):
        return None
    if not any_of(words.money).search(clause) or any_of(words.not_money).search(clause):
        return None
    return direction_in(clause, words)


def direction_in(clause: str, words: Words) -> Direction | None:
    """The one direction that the clause names; ``None`` for none or both."""
    up = any(not _is_negated(clause, m) for m in any_of(words.all_ups).finditer(clause))
    down = any(not _is_negated(clause, m) for m in any_of(words.all_downs).finditer(clause))
    if up == down:
        return None
    return Direction.UP if up else Direction.DOWN


def _is_negated(clause: str, match: re.Match[str]) -> bool:
    return bool(_NEGATED.search(clause[: match.start()]))


def directions(text: str, words: Words) -> list[tuple[str, Direction]]:
    """Clauses that say in which direction money moves.

    A clause that names both directions is looked at piece by piece (``甲增加、乙减少``).
    """
    found: list[tuple[str, Direction]] = []
    for clause in clauses(text):
        direction = money_direction(clause, words)
        if direction is not None:
            found.append((clause, direction))
        elif "、" in clause and not is_about_base(clause):
            found += [(p, d) for p in clause.split("、") if (d := money_direction(p, words)) is not None]
    return found


def hints(text: str, direction: Direction, words: Words) -> bool:
    """Whether anything in *text* fits *direction*, be it ever so weak."""
    return bool(any_of(words.up_hints if direction is Direction.UP else words.down_hints).search(text))
