"""Neighbours in a list that are copies of one another: what one entry with `repeat` can stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cnnparams.bridge.structure.pattern import numbered
from cnnparams.bridge.structure.tree import Group, Part

Content = Callable[[Part], tuple[object, object]]
"""What a part is (its layer type, or its pattern), and all that is in it."""

Run = tuple[Part, ...]


def runs(parts: Sequence[Part], content: Content) -> Iterator[Run]:
    """Yield the parts in order, copies together.

    Copies have numbers that count on, from 1 or as positions, and each reads the one before. The first of several
    groups may be filled otherwise than the rest.
    """
    at = 0
    while at < len(parts):
        length = _length(parts, at, content)
        yield tuple(parts[at : at + length])
        at += length


def _length(parts: Sequence[Part], at: int, content: Content) -> int:
    stem, first = numbered(parts[at].name)
    if first is None or first != (1 if stem else at):
        return 1
    length = 1
    while at + length < len(parts) and _follows(parts, at, length, content):
        length += 1
    if length == 1 or content(parts[at]) == content(parts[at + 1]):
        return length
    differs = isinstance(parts[at], Group) and (length > 2 or (not stem and length == len(parts)))
    return length if differs else 1


def _follows(parts: Sequence[Part], at: int, length: int, content: Content) -> bool:
    """Tell whether the next part may be one more copy: of the next number, reading the one before, filled alike."""
    first, last, part = parts[at], parts[at + length - 1], parts[at + length]
    (stem, start), (other, number) = numbered(first.name), numbered(part.name)
    if stem != other or start is None or number != start + length or part.reads != (last.out,):
        return False
    return content(part) == content(parts[at + 1]) if length > 1 else content(part)[0] == content(first)[0]
