"""Aligning two sequences of which things come, go and change: the pairs in order that are most alike together."""

from __future__ import annotations

from collections.abc import Sequence


def pairs_in_order(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) in order, with the largest sum of *scores* (as for the longest common subsequence).

    A score of 0 is no pair.
    """
    rows, columns = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        below, here, row = best[i + 1], best[i], scores[i]
        for j in range(columns - 1, -1, -1):
            skip = max(below[j], here[j + 1])
            pair = row[j] + below[j + 1] if row[j] else 0.0
            here[j] = max(skip, pair)
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < rows and j < columns:
        if scores[i][j] and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
