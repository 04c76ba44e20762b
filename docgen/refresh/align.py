"""Which paragraph, table or chart of one state of the report is which of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from docgen.refresh.items import plain
from docgen.sequences import pairs_in_order

Left = TypeVar("Left")
Right = TypeVar("Right")
LEAST = 0.5
"""Likeness from which two are the same one, changed."""
ALONE = 0.2
"""The same where both stand alone between their neighbours: a paragraph rewritten."""
MOVED = 0.8
"""Likeness from which one that stands elsewhere is the same one, moved."""

_MOST_PAIRS = 250_000
"""More are not compared one with another: then somebody put a whole other document in between."""


def align(
    left: Sequence[Left], right: Sequence[Right], keys: tuple[Sequence[str], Sequence[str]],
    likeness: Callable[[Left, Right], float], *, moved: bool = False,
) -> list[int | None]:
    """For each of *left* the place of its counterpart in *right*.

    Equal *keys* in the same order are counterparts; between them the most alike ones in order are.  With *moved*, what
    is then left over may also stand elsewhere.
    """
    found: list[int | None] = [None] * len(left)
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    for operation, i0, i1, j0, j1 in matcher.get_opcodes():
        if operation == "equal":
            for n in range(i1 - i0):
                found[i0 + n] = j0 + n
        elif operation == "replace":
            for i, j in _best(left[i0:i1], right[j0:j1], likeness):
                found[i0 + i] = j0 + j
    if moved:
        _find_moved(found, left, right, likeness)
    return found


def _best(left: Sequence[Left], right: Sequence[Right], likeness: Callable[[Left, Right], float]) -> list[tuple[int, int]]:
    """Pairs in order with the greatest likeness together."""
    rows, columns = len(left), len(right)
    if rows * columns > _MOST_PAIRS:
        return []
    scores = [[likeness(a, b) for b in right] for a in left]
    pairs = pairs_in_order([[score if score >= LEAST else 0.0 for score in row] for row in scores])
    edges = [(-1, -1), *pairs, (rows, columns)]
    pairs += [
        (i + 1, j + 1) for (i, j), (k, m) in pairwise(edges) if k - i == m - j == 2 and scores[i + 1][j + 1] >= ALONE]  # fmt: skip
    return pairs


def _find_moved(
    found: list[int | None], left: Sequence[Left], right: Sequence[Right], likeness: Callable[[Left, Right], float]
) -> None:
    taken = {j for j in found if j is not None}
    free = [j for j in range(len(right)) if j not in taken]
    if len(free) * found.count(None) > _MOST_PAIRS:
        return
    for i, known in enumerate(found):
        if known is not None or not free:
            continue
        score, place = max((likeness(left[i], right[j]), -j) for j in free)
        if score >= MOVED:
            found[i] = -place
            free.remove(-place)


@lru_cache(maxsize=4096)
def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of *text*."""
    text = plain(text)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,))


def alike(one: str, other: str) -> float:
    """How much of their character pairs two texts share (0-1)."""
    if one == other:
        return 1.0
    first, second = pairs_of(one), pairs_of(other)
    return 2 * len(first & second) / (len(first) + len(second))
