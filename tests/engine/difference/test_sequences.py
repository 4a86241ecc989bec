"""The best alignment of two sequences."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.difference.alignment import Pair, best_pairs


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int]]:
    width = draw(st.integers(0, 4))
    rows = st.lists(st.integers(0, 5), min_size=width, max_size=width)
    return draw(st.lists(rows, max_size=4))


def best_sum(likenesses: list[list[int]]) -> int:
    """Return the largest sum of all alignments there are, one by one."""
    height, width = len(likenesses), len(likenesses[0]) if likenesses else 0
    sums = [
        sum(likenesses[i][j] for i, j in zip(rows, columns, strict=True))
        for count in range(min(height, width) + 1)
        for rows in combinations(range(height), count)
        for columns in combinations(range(width), count)
    ]
    return max(sums)


def is_in_order(pairs: list[Pair]) -> bool:
    return all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))


@given(matrices())
def test_no_alignment_has_a_larger_sum(likenesses: list[list[int]]) -> None:
    pairs = best_pairs(likenesses)
    assert is_in_order(pairs)
    assert sum(likenesses[i][j] for i, j in pairs) == best_sum(likenesses)
    assert all(likenesses[i][j] for i, j in pairs)
