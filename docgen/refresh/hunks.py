"""What changed in a paragraph from the report as it was written to the report as it would be written now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

from docgen.refresh.items import FIGURE, PROMPT, REASON, Bit, TextItem
from workbook.pack.words import Words, any_of

_ENDS = "。；;\n"
_NEAR = 2
"""Changes with so few words between them are one change."""


class Kind(Enum):
    """What a change consists of."""

    VALUE = "a figure has another value"
    REASON = "a reason or text is another one"
    WORDS = "words, or which figures are stated"


class Hunk(NamedTuple):
    """Characters *base_start* to *base_end* become characters *new_start* to *new_end*."""

    kind: Kind
    base_start: int
    base_end: int
    new_start: int
    new_end: int


class _Token(NamedTuple):
    key: object
    start: int
    end: int
    bit: Bit


def hunks(base: TextItem, new: TextItem, words: Words) -> list[Hunk]:
    """The changes, in order."""
    left, right = _tokens(base.bits, words), _tokens(new.bits, words)
    found: list[Hunk] = []
    matcher = SequenceMatcher(None, [t.key for t in left], [t.key for t in right], autojunk=False)
    for operation, i0, i1, j0, j1 in matcher.get_opcodes():
        if operation == "equal":
            found += [h for a, b in zip(left[i0:i1], right[j0:j1], strict=True) if (h := _value(a, b)) is not None]
        else:
            found.append(Hunk(Kind.WORDS, *_span(left, i0, i1), *_span(right, j0, j1)))
    return _without_gaps(found, left)


def _tokens(bits: Sequence[Bit], words: Words) -> list[_Token]:
    """Figures and slots whole; of the text numbers, words of direction and what stands between them."""
    own = any_of(words.own).pattern
    pattern = re.compile(rf"{own}|\d[\d,]*(?:\.\d+)?%?|\s|[\u4e00-\u9fff](?:(?!{own})[\u4e00-\u9fff])*|.", re.DOTALL)
    found: list[_Token] = []
    position = 0
    for bit in bits:
        if bit.kind:
            key = (REASON if bit.kind == PROMPT else bit.kind, bit.key)
            found.append(_Token(key, position, position + len(bit.text), bit))
        else:
            found += [_Token(m[0], position + m.start(), position + m.end(), bit) for m in pattern.finditer(bit.text)]
        position += len(bit.text)
    return found


def _value(old: _Token, new: _Token) -> Hunk | None:
    """The same figure or slot with another text."""
    if old.bit.text == new.bit.text or not old.bit.kind:
        return None
    kind = Kind.VALUE if old.bit.kind == FIGURE else Kind.REASON
    return Hunk(kind, old.start, old.end, new.start, new.end)


def _span(tokens: list[_Token], first: int, last: int) -> tuple[int, int]:
    """Where the tokens *first* to *last* stand (an empty range: the place between)."""
    start = tokens[first].start if first < len(tokens) else tokens[-1].end if tokens else 0
    return start, tokens[last - 1].end if last > first else start


def _without_gaps(found: list[Hunk], tokens: list[_Token]) -> list[Hunk]:
    """Changes of words with only few literal words between them as one."""
    merged: list[Hunk] = []
    for hunk in found:
        last = merged[-1] if merged else None
        if last is not None and last.kind is hunk.kind is Kind.WORDS:
            between = [t for t in tokens if last.base_end <= t.start and t.end <= hunk.base_start]
            if len(between) <= _NEAR and not any(t.bit.kind for t in between):
                merged[-1] = Hunk(Kind.WORDS, last.base_start, hunk.base_end, last.new_start, hunk.new_end)
                continue
        merged.append(hunk)
    return merged


def groups(found: Sequence[Hunk], base: TextItem, new: TextItem, words: Words) -> list[list[Hunk]]:
    """Changes that must be made together or not at all.

    Words of direction belong with the figures of their sentence: ``增加 5.00 万元`` must not become ``减少 5.00 万元``.
    """
    ends = _sentence_ends(base)
    direction = any_of((*words.own, words.unknown, words.no_base))
    turning = {_sentence(h.base_start, ends) for h in found if h.kind is Kind.WORDS and _turns(h, base, new, direction)}
    together: dict[int, list[Hunk]] = {}
    result: list[list[Hunk]] = []
    for hunk in found:
        sentence = _sentence(hunk.base_start, ends)
        if hunk.kind is Kind.REASON or sentence not in turning:
            result.append([hunk])
        elif sentence in together:
            together[sentence].append(hunk)
        else:
            together[sentence] = [hunk]
            result.append(together[sentence])
    return result


def _turns(hunk: Hunk, base: TextItem, new: TextItem, direction: re.Pattern[str]) -> bool:
    texts = (base.text[hunk.base_start : hunk.base_end], new.text[hunk.new_start : hunk.new_end])
    return any(direction.search(text) for text in texts)


def _sentence_ends(item: TextItem) -> list[int]:
    """Where sentences end, those inside reasons not counted."""
    found, position = [], 0
    for bit in item.bits:
        if not bit.kind:
            found += [position + i + 1 for i, character in enumerate(bit.text) if character in _ENDS]
        position += len(bit.text)
    return found


def _sentence(position: int, ends: list[int]) -> int:
    return sum(1 for end in ends if end <= position)
