"""Three-way merge of one paragraph: the changes of the report, carried over to what people made of the paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from docgen.refresh.hunks import Hunk, Kind, groups, hunks
from docgen.refresh.items import FIGURE, PROMPT, Bit, TextItem, cut, joined, plain
from workbook.pack.words import Words
from workbook.values import dataclass

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?%?|.", re.DOTALL)


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

    hunks: tuple[Hunk, ...]
    stated: str
    """What stands there now."""
    expected: str
    why: str
    keys: frozenset[str] = frozenset()
    """Ids of the figures that it is about."""
    is_gone: bool = False
    """People took the whole place out: nothing wrong stands there."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome for one paragraph."""

    edits: tuple[Edit, ...]
    """From the last to the first, so that carrying one out does not move the others."""
    conflicts: tuple[Conflict, ...]
    base: TextItem
    """What was generated, as far as it now counts as carried over: the baseline for the next time."""
    figures: int
    """How many figures get another value."""
    words: bool
    """Whether the wording changes."""


Check = Callable[[Hunk, int, int], bool]
"""Whether a change may be made to the characters given (the control around them is the right one)."""
Refused = Callable[[tuple[Bit, ...], str], str]
"""Why the bits given must not replace the old text given (empty: they may)."""

_NEAR_TOKENS = 3
EDITED = "这里改动过"
GONE = "这里已被删去"


def merge(base: TextItem, new: TextItem, mine: str, check: Check, refused: Refused, words: Words) -> Merged:
    """Carry the changes from *base* to *new* over to the text *mine* that people made of *base*."""
    mine = plain(mine)
    found = hunks(base, new, words)
    places = _Places(base, mine)
    edits: list[Edit] = []
    conflicts: list[Conflict] = []
    left: set[Hunk] = set()
    for group in groups(found, base, new, words):
        conflict, wanted = _group(group, base, new, places, check, refused)
        if conflict is None:
            edits += wanted
        else:
            conflicts.append(conflict)
            if not conflict.is_gone:
                left.update(group)
    edits.sort(key=lambda edit: (edit.start, edit.end), reverse=True)
    figures = sum(1 for edit in edits if edit.kind is Kind.VALUE)
    reworded = any(edit.kind is not Kind.VALUE and _text(edit.bits) != _text(edit.old) for edit in edits)
    return Merged(tuple(edits), tuple(conflicts), _rebased(base, new, found, left), figures, reworded)


def _text(bits: Sequence[Bit]) -> str:
    return "".join(bit.text for bit in bits)


def _group(
    group: Sequence[Hunk], base: TextItem, new: TextItem, places: _Places, check: Check, refused: Refused
) -> tuple[Conflict | None, list[Edit]]:
    """The edits that carry out the changes of *group*, or why they cannot be made."""
    edits: list[Edit] = []
    blocked = ""
    for hunk in group:
        text, bits = plain(new.text[hunk.new_start : hunk.new_end]), cut(new.bits, hunk.new_start, hunk.new_end)
        blocked = blocked or refused(bits, base.text[hunk.base_start : hunk.base_end])
        place = places.of(hunk.base_start, hunk.base_end, near=hunk.kind is Kind.WORDS)
        if place is not None and not check(hunk, *place):
            place = None
        if place is None:
            start, end = places.around(hunk.base_start, hunk.base_end)
            if start < end and places.mine[start:end].strip() == text.strip():
                continue  # people made the same change
            if hunk.kind is Kind.REASON and bits and bits[0].kind == PROMPT:
                continue  # there is nothing to put in the place of what people wrote
            break
        old = cut(base.bits, hunk.base_start, hunk.base_end)
        edits.append(Edit(*place, bits, old, hunk.kind, _bit_before(new, hunk.new_start)))
    else:
        if not blocked:
            return None, edits
    first, last = group[0], group[-1]
    start, end = places.around(first.base_start, last.base_end)
    expected = new.text[first.new_start : last.new_end]
    keys = frozenset(b.key for h in group for b in cut(new.bits, h.new_start, h.new_end) if b.kind == FIGURE)
    stated = places.mine[start:end].strip()
    is_gone = not stated and not blocked and any(h.base_start < h.base_end for h in group)
    return Conflict(tuple(group), stated, expected, blocked or (GONE if is_gone else EDITED), keys, is_gone), []


def _bit_before(item: TextItem, position: int) -> Bit | None:
    found = cut(item.bits, 0, position)
    return found[-1] if found else None


def _rebased(base: TextItem, new: TextItem, found: Sequence[Hunk], left: set[Hunk]) -> TextItem:
    """The new paragraph, the changes *left* undone in it."""
    if not left:
        return new
    bits: list[Bit] = []
    position = 0
    for hunk in found:
        bits += cut(new.bits, position, hunk.new_start)
        bits += cut(base.bits, hunk.base_start, hunk.base_end) if hunk in left else cut(new.bits, hunk.new_start, hunk.new_end)
        position = hunk.new_end
    bits += cut(new.bits, position, len(new.text))
    return TextItem(joined(bits), new.style, new.section)


class _Places:
    """Where the characters of the generated text stand in the text as it is now."""

    def __init__(self, base: TextItem, mine: str) -> None:
        self.mine = mine
        text = plain(base.text)
        self.same = text == mine
        if self.same:
            return
        self.left = _tokens_of(base)
        self.right = [(m.start(), m.end()) for m in _TOKEN.finditer(mine)]
        keys = ([text[a:b] for a, b in self.left], [mine[a:b] for a, b in self.right])
        self.match: list[int | None] = [None] * len(self.left)
        for i, j, size in SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
            for n in range(size):
                self.match[i + n] = j + n
        self.starts = {start: i for i, (start, _) in enumerate(self.left)}
        self.ends = {end: i for i, (_, end) in enumerate(self.left)}

    def of(self, start: int, end: int, *, near: bool) -> tuple[int, int] | None:
        """Where the characters *start* to *end* stand unchanged (for an empty range: the place between).

        With *near* something of what stood beside them must still stand close by.
        """
        if self.same:
            return start, end
        before = self.ends.get(start) if start else -1
        after = self.starts.get(end, len(self.left)) if end in self.starts or end == self._length else None
        if before is None or after is None:
            return None
        if before + 1 == after:
            return self._between(before, after)
        found = [self.match[i] for i in range(before + 1, after)]
        first, last = found[0], found[-1]
        if first is None or last is None or found != list(range(first, first + len(found))):
            return None
        if near and not self._is_near(before, first, -1) and not self._is_near(after, last, 1):
            return None
        return self.right[first][0], self.right[last][1]

    def _between(self, before: int, after: int) -> tuple[int, int] | None:
        """The place between two neighbouring tokens that still are neighbours."""
        left, right = self._neighbour(before, -1), self._neighbour(after, len(self.right))
        if left is None or right is None or right - left != 1:
            return None
        position = self.right[right][0] if right < len(self.right) else len(self.mine)
        return position, position

    def _is_near(self, token: int, place: int, step: int) -> bool:
        """Whether one of the next tokens from *token* on in the direction *step* is still close to *place*."""
        for n in range(_NEAR_TOKENS):
            neighbour = self._neighbour(token + n * step, -1 if step < 0 else len(self.right))
            if neighbour is not None:
                return 0 < (neighbour - place) * step <= _NEAR_TOKENS
        return False

    @property
    def _length(self) -> int:
        return self.left[-1][1] if self.left else 0

    def _neighbour(self, token: int, edge: int) -> int | None:
        """The counterpart of a token; before the first and after the last one the edge of the text."""
        if token < 0 or token >= len(self.left):
            return edge
        return self.match[token]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as it is now that lies between what is left of the characters around *start* to *end*."""
        if self.same:
            return start, end
        before = [j for (_, b), j in zip(self.left, self.match, strict=True) if b <= start and j is not None]
        after = [j for (a, _), j in zip(self.left, self.match, strict=True) if a >= end and j is not None]
        first = self.right[before[-1]][1] if before else 0
        last = self.right[after[0]][0] if after else len(self.mine)
        return first, max(first, last)


def _tokens_of(item: TextItem) -> list[tuple[int, int]]:
    """Numbers, and single characters; a figure begins and ends a token."""
    found: list[tuple[int, int]] = []
    position = 0
    for bit in item.bits:
        found += [(position + m.start(), position + m.end()) for m in _TOKEN.finditer(plain(bit.text))]
        position += len(bit.text)
    return found
