"""Where tensors go in one block of memory: the greedy planner of TensorFlow Lite for Microcontrollers.

After tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc of github.com/tensorflow/tflite-micro: the largest
first, of equal ones the last that was made, each in the lowest gap that is free for as long as it lives. Tensors are
beside one another if one's last operation is the other's first, as an operation reads one while it writes the other.
The allocator in front of the planner (micro_allocator.cc) rounds every size up to 16 bytes (micro_arena_constants.h).

Greedy is not best: what a plan needs can be more than what is ever alive at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from cnnparams.engine.memory.liveness import Lifetime

ALIGNMENT = 16
"""The bytes that every tensor's place is a multiple of."""

TimeSpan = tuple[int, int]
"""Bytes of memory: the first, and the one after the last."""


class Slot(NamedTuple):
    """A tensor's place: its name, where it starts, its bytes rounded up, and the operations it lives through."""

    name: str
    offset: int
    bytes: int
    first: int
    last: int

    @property
    def end(self) -> int:
        """The byte after its last."""
        return self.offset + self.bytes


def plan(lifetimes: Sequence[Lifetime], alignment: int = ALIGNMENT) -> tuple[Slot, ...]:
    """Return the place of every tensor, in the order in which they are given: that in which they are made."""
    sizes = [_aligned(life.bytes, alignment) for life in lifetimes]
    slots: dict[int, Slot] = {}
    taken = _Taken(lifetimes)
    for i in sorted(range(len(lifetimes)), key=lambda i: (-sizes[i], -i)):
        life = lifetimes[i]
        offset = _lowest_gap(taken.beside(life), sizes[i])
        slots[i] = Slot(life.name, offset, sizes[i], life.first, life.last)
        taken.take(slots[i])
    return tuple(slots[i] for i in range(len(lifetimes)))


def arena_size(slots: Iterable[Slot]) -> int:
    """Return the bytes of memory that a plan needs."""
    return max((slot.end for slot in slots), default=0)


class _Taken:
    """The memory that is taken at each operation: a segment tree over time, so that nobody looks at all of the slots.

    A node stands for some operations, its two children for half of them each. `throughout` has what is taken at all of
    them by slots of which that is not true at its parent, `ever` what is taken at any of them.
    """

    def __init__(self, lifetimes: Sequence[Lifetime]) -> None:
        times = sorted({time for life in lifetimes for time in (life.first, life.last)})
        self.leaf = {time: len(times) + i for i, time in enumerate(times)}
        self.throughout: defaultdict[int, list[TimeSpan]] = defaultdict(list)
        self.ever: defaultdict[int, list[TimeSpan]] = defaultdict(list)

    def beside(self, life: Lifetime) -> Iterator[TimeSpan]:
        """Return what is taken while a tensor lives, by where it starts."""
        nodes = self._nodes(life.first, life.last)
        return merge(*(self.ever[node] for node in nodes), *(self.throughout[node] for node in _above(nodes)))

    def take(self, slot: Slot) -> None:
        """Take a slot's memory while it lives."""
        nodes = self._nodes(slot.first, slot.last)
        for node in nodes:
            _unite(self.throughout[node], slot.offset, slot.end)
        for node in {*nodes, *_above(nodes)}:
            _unite(self.ever[node], slot.offset, slot.end)

    def _nodes(self, first: int, last: int) -> list[int]:
        """Return the fewest nodes that stand for just the operations from the first to the last."""
        left, right, nodes = self.leaf[first], self.leaf[last] + 1, []
        while left < right:
            if left % 2:
                nodes.append(left)
                left += 1
            if right % 2:
                right -= 1
                nodes.append(right)
            left, right = left // 2, right // 2
        return nodes


def _above(nodes: Iterable[int]) -> set[int]:
    """Return all that these nodes are in: the parent of node i is i // 2, and the top is node 1."""
    found: set[int] = set()
    for node in nodes:
        while (node := node // 2) and node not in found:
            found.add(node)
    return found


def _unite(spans: list[TimeSpan], start: int, end: int) -> None:
    """Put a span among others, which are sorted and do not touch; those that it touches become one with it."""
    low = bisect_left(spans, start, key=lambda span: span[1])
    high = bisect_right(spans, end, key=lambda span: span[0])
    if low < high:
        start, end = min(start, spans[low][0]), max(end, spans[high - 1][1])
    spans[low:high] = [(start, end)]


def _lowest_gap(beside: Iterable[TimeSpan], size: int) -> int:
    """Return the lowest offset where `size` bytes are free beside these, which come by their offsets."""
    offset = 0
    for start, end in beside:
        if start - offset >= size:
            break
        offset = max(offset, end)
    return offset


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
