"""Three-way merge of one paragraph: the changes of the report, carried over to what people made of the paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from docgen.refresh.places import plain
from docgen.writing.baseline import FIGURE, PROMPT, REASON, Bit, TextItem, cut, joined
from workbook.pack.words import Words, any_of
from workbook.values import dataclass

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?%?|.", re.DOTALL)
_ENDS = "。；;\n"
_NEAR = 2
"""Changes with so few words between them are one change."""


class Kind(Enum):
    """What a change consists of."""

    VALUE = "a figure has another value"
    REASON = "a reason or text is another one"
    WORDS = "words, or which figures are stated"


class Hunk(NamedTuple):
    """The bits *old*, at the characters *start* to *end* of the text as it was written, become the bits *new*."""

    kind: Kind
    start: int
    end: int
    old: tuple[Bit, ...]
    new_start: int
    new_end: int
    new: tuple[Bit, ...]


class _Token(NamedTuple):
    key: object
    start: int
    end: int
    bit: Bit


class Edit(NamedTuple):
    """Characters *start* to *end* of the paragraph as it stands are to become *bits*."""

    start: int
    end: int
    bits: tuple[Bit, ...]
    old: tuple[Bit, ...]
    """What was generated there."""
    kind: Kind
    before: Bit | None
    """What the report says just before it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that could not be carried over."""

    stated: str
    """What stands there now."""
    expected: str
    why: str
    keys: frozenset[str] = frozenset()
    """Ids of the figures that it is about."""
    is_gone: bool = False
    """People took the whole place out: nothing wrong stands there."""
    is_same: bool = False
    """Whether just the figures are to be stated that were: then only they and the words of direction change."""


Check = Callable[[Hunk, int, int], bool]
"""Whether a change may be made to the characters given (the control around them is the right one)."""
Refused = Callable[[tuple[Bit, ...], str], str]
"""Why the bits given must not replace the old text given (empty: they may)."""

_NEAR_TOKENS = 3
_OLD, _NEW = attrgetter("old"), attrgetter("new")


def text_of(bits: Iterable[Bit]) -> str:
    """The text that *bits* make."""
    return "".join([bit.text for bit in bits])


EDITED = "这里改动过"
GONE = "这里已被删去"


class Merged:
    """The changes from *base* to *new* carried over to the text *mine* that people made of *base*."""

    def __init__(self, base: TextItem, new: TextItem, mine: str, check: Check, refused: Refused, words: Words) -> None:
        places = _Places(base, plain(mine))
        edits: list[Edit] = []
        self.conflicts: list[Conflict] = []
        left: list[Hunk] = []
        for group in groups(hunks(base, new, words), base, words):
            conflict, wanted = _group(group, new, places, check, refused)
            edits += wanted
            if conflict is not None:
                self.conflicts.append(conflict)
                left += () if conflict.is_gone else group
        self.edits = sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True)
        """From the last to the first, so that carrying one out does not move the others."""
        self.base = _rebased(new, sorted(left, key=attrgetter("new_start", "new_end", "start")))
        """What was generated, as far as it now counts as carried over: the baseline for the next time."""
        self.figures = sum(1 for edit in edits if edit.kind is Kind.VALUE)
        """How many figures get another value."""
        self.words = any(edit.kind is not Kind.VALUE and text_of(edit.bits) != text_of(edit.old) for edit in edits)
        """Whether the wording changes."""


def _group(
    group: Sequence[Hunk], new: TextItem, places: _Places, check: Check, refused: Refused
) -> tuple[Conflict | None, list[Edit]]:
    """The edits that carry out the changes of *group*, or why they cannot be made."""
    edits: list[Edit] = []
    blocked = ""
    for hunk in group:
        blocked = blocked or refused(hunk.new, text_of(hunk.old))
        place = places.of(hunk.start, hunk.end, near=hunk.kind is Kind.WORDS)
        if place is not None and check(hunk, *place):
            before = next(reversed(cut(new.bits, 0, hunk.new_start)), None)
            edits.append(Edit(*place, hunk.new, hunk.old, hunk.kind, before))
            continue
        start, end = places.around(hunk.start, hunk.end)
        is_same = start < end and places.mine[start:end].strip() == plain(text_of(hunk.new)).strip()
        # There is nothing to put in the place of the reason that people wrote.
        is_prompt = hunk.kind is Kind.REASON and bool(hunk.new) and hunk.new[0].kind == PROMPT
        if not is_same and not is_prompt:
            break
    else:
        if not blocked:
            return None, edits
    first, last = group[0], group[-1]
    start, end = places.around(first.start, last.end)
    keys, former = (frozenset(bit.key for hunk in group for bit in bits(hunk) if bit.kind == FIGURE) for bits in (_NEW, _OLD))
    stated = places.mine[start:end].strip()
    is_gone = not stated and not blocked and any(hunk.old for hunk in group)
    return Conflict(
        stated, new.text[first.new_start : last.new_end],
        blocked or (GONE if is_gone else EDITED), keys, is_gone, keys == former), []


def _rebased(new: TextItem, left: Sequence[Hunk]) -> TextItem:
    """The new paragraph, the changes *left* undone in it."""
    bits: list[Bit] = []
    position = 0
    for hunk in left:
        bits += (*cut(new.bits, position, hunk.new_start), *hunk.old)
        position = hunk.new_end
    return TextItem(joined((*bits, *cut(new.bits, position, len(new.text)))), new.style, new.section) if left else new


class _Places:
    """Where the characters of the generated text stand in the text as it is now."""

    def __init__(self, base: TextItem, mine: str) -> None:
        self.mine = mine
        text = plain(base.text)
        self.same = text == mine
        if self.same:
            return
        left, right = _tokens_of(base), [m.span() for m in _TOKEN.finditer(mine)]
        matcher = SequenceMatcher(None, [text[a:b] for a, b in left], [mine[a:b] for a, b in right], autojunk=False)
        # An empty token at the beginning and one at the end stand for the edges.
        self.left = [(0, 0), *left, (len(text), len(text))]
        self.right = [(0, 0), *right, (len(mine), len(mine))]
        self.match: list[int | None] = [0, *[None] * len(left), len(right) + 1]
        for i, j, size in matcher.get_matching_blocks():
            self.match[i + 1 : i + 1 + size] = range(j + 1, j + 1 + size)
        self.starts = {start: i for i, (start, _) in enumerate(self.left) if i}
        self.ends = {end: i for i, (_, end) in enumerate(self.left[:-1])}

    def of(self, start: int, end: int, *, near: bool) -> tuple[int, int] | None:
        """Where the characters *start* to *end* stand unchanged (for an empty range: the place between).

        With *near* something of what stood beside them must still stand close by.
        """
        if self.same:
            return start, end
        before, after = self.ends.get(start), self.starts.get(end)
        if before is None or after is None:
            return None
        if before + 1 == after:  # between two tokens that still are neighbours
            left, right = self.match[before], self.match[after]
            if left is None or right is None or right - left != 1:
                return None
            return self.right[right][0], self.right[right][0]
        found = self.match[before + 1 : after]
        first, last = found[0], found[-1]
        if first is None or last is None or found != list(range(first, first + len(found))):
            return None
        is_close = not near or _is_near(self.match[before::-1], first, -1) or _is_near(self.match[after:], last, 1)
        return (self.right[first][0], self.right[last][1]) if is_close else None

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as it is now that lies between what is left of the characters around *start* to *end*."""
        if self.same:
            return start, end
        pairs = [(a, b, self.right[j]) for (a, b), j in zip(self.left, self.match, strict=True) if j is not None]
        first = max(right[1] for _, b, right in pairs[:-1] if b <= start)
        return first, max(first, min(right[0] for a, _, right in pairs[1:] if a >= end))


def _is_near(tokens: Sequence[int | None], place: int, step: int) -> bool:
    """Whether the next of *tokens*, which lie in the direction *step*, is still close to *place*."""
    beside = next((token for token in tokens[:_NEAR_TOKENS] if token is not None), None)
    return beside is not None and 0 < (beside - place) * step <= _NEAR_TOKENS


def _tokens_of(item: TextItem) -> list[tuple[int, int]]:
    """Numbers, and single characters; a figure begins and ends a token."""
    found: list[tuple[int, int]] = []
    position = 0
    for bit in item.bits:
        found += [(position + m.start(), position + m.end()) for m in _TOKEN.finditer(plain(bit.text))]
        position += len(bit.text)
    return found


# ---------------------------------------------------------------- what changed


def hunks(base: TextItem, new: TextItem, words: Words) -> list[Hunk]:
    """The changes, in order."""
    left, right = _tokens(base.bits, words), _tokens(new.bits, words)
    found: list[tuple[Kind, int, int, int, int]] = []
    matcher = SequenceMatcher(None, [t.key for t in left], [t.key for t in right], autojunk=False)
    for operation, i0, i1, j0, j1 in matcher.get_opcodes():
        if operation == "equal":  # the same figure or slot may have another text
            found += [
                (Kind.VALUE if a.bit.kind == FIGURE else Kind.REASON, a.start, a.end, b.start, b.end)
                for a, b in zip(left[i0:i1], right[j0:j1], strict=True) if a.bit.kind and a.bit.text != b.bit.text
            ]
            continue
        (start, end), (new_start, new_end) = _span(left, i0, i1), _span(right, j0, j1)
        if found and found[-1][0] is Kind.WORDS:  # with only few literal words between them they are one change
            between = [t for t in left if found[-1][2] <= t.start and t.end <= start]
            if len(between) <= _NEAR and not any(t.bit.kind for t in between):
                _, start, _, new_start, _ = found.pop()
        found.append((Kind.WORDS, start, end, new_start, new_end))
    return [Hunk(kind, a, b, cut(base.bits, a, b), c, d, cut(new.bits, c, d)) for kind, a, b, c, d in found]


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


def _span(tokens: list[_Token], first: int, last: int) -> tuple[int, int]:
    """Where the tokens *first* to *last* stand (an empty range: the place between)."""
    start = tokens[first].start if first < len(tokens) else tokens[-1].end if tokens else 0
    return start, tokens[last - 1].end if last > first else start


def groups(found: Sequence[Hunk], base: TextItem, words: Words) -> list[list[Hunk]]:
    """Changes that must be made together or not at all.

    Words of direction belong with the figures of their sentence: ``增加 5.00 万元`` must not become ``减少 5.00 万元``.
    """
    ends = _sentence_ends(base)
    direction = any_of((*words.own, words.unknown, words.no_base))
    turning = {
        bisect_right(ends, h.start) for h in found if h.kind is Kind.WORDS
        and (direction.search(text_of(h.old)) or direction.search(text_of(h.new)))
    }
    together: dict[tuple[int, int], list[Hunk]] = {}
    for number, hunk in enumerate(found):
        sentence = bisect_right(ends, hunk.start)
        is_alone = hunk.kind is Kind.REASON or sentence not in turning
        together.setdefault((sentence, number if is_alone else -1), []).append(hunk)
    return list(together.values())


def _sentence_ends(item: TextItem) -> list[int]:
    """Where sentences end, those inside reasons not counted."""
    text = "".join(" " * len(bit.text) if bit.kind else bit.text for bit in item.bits)
    return [place + 1 for place, character in enumerate(text) if character in _ENDS]
