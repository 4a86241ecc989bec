"""The Pareto frontier: what no other is at least as good as in everything, and better in something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
Scores = tuple[float, ...]


def frontier(items: Iterable[tuple[Scores, T]]) -> list[T]:
    """Return the items that no other dominates, in their order; less is better, and equal scores stay together."""
    kept: list[tuple[Scores, T]] = []
    for scores, item in items:
        if not any(_dominates(other, scores) for other, _ in kept):
            kept = [pair for pair in kept if not _dominates(scores, pair[0])]
            kept.append((scores, item))
    return [item for _, item in kept]


def _dominates(a: Scores, b: Scores) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))
