"""The best alignment of two sequences, after Needleman and Wunsch.

A general method applicable to the search for similarities in the amino acid sequence of two proteins, 1970,
doi 10.1016/0022-2836(70)90057-4.
"""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]
"""The positions of what is the same in the one sequence and in the other."""


def best_pairs(likenesses: Sequence[Sequence[int]]) -> list[Pair]:
    """Return the pairs, in order in both sequences, whose likenesses have the largest sum.

    The likenesses are a row for each item of the one, in it a number for each of the other; 0 is never a pair.
    """
    scores = _scores(likenesses)
    pairs = []
    i, j = len(scores) - 1, len(scores[0]) - 1
    while i and j:
        score, likeness = scores[i][j], likenesses[i - 1][j - 1]
        if likeness and score == scores[i - 1][j - 1] + likeness:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif score == scores[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _scores(likenesses: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the largest sum for the first i items of the one and the first j of the other."""
    scores = [[0] * (len(likenesses[0]) + 1 if likenesses else 1)]
    for row in likenesses:
        above, current, best = scores[-1], [0], 0
        for j, likeness in enumerate(row):
            best = max(above[j] + likeness, above[j + 1], best)
            current.append(best)
        scores.append(current)
    return scores
