"""Where tensors go in one block of memory: the greedy planner of TensorFlow Lite for Microcontrollers.

Largest first, each in the lowest gap that is free for as long as it lives, every size rounded up to 16 bytes: after
tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnnparams.engine.liveness import Lifetime

ALIGNMENT = 16


class Slot(NamedTuple):
    """A tensor's place: its name, where it starts, its bytes, and the operations it lives through."""

    name: str
    offset: int
    bytes: int
    first: int
    last: int

    @property
    def end(self) -> int:
        """The byte after its last."""
        return self.offset + self.bytes


def plan(lifetimes: Iterable[Lifetime], itemsize: int = 1) -> tuple[Slot, ...]:
    """Return the place of every tensor, in the order in which the planner puts them."""
    placed: list[Slot] = []
    for life in sorted(lifetimes, key=lambda life: -_aligned(life.elements * itemsize)):
        size = _aligned(life.elements * itemsize)
        beside = [slot for slot in placed if slot.first <= life.last and life.first <= slot.last]
        placed.append(Slot(life.name, _lowest_gap(beside, size), size, life.first, life.last))
    return tuple(placed)


def arena_size(slots: Sequence[Slot]) -> int:
    """Return the bytes of memory that a plan needs."""
    return max((slot.end for slot in slots), default=0)


def _lowest_gap(beside: Iterable[Slot], size: int) -> int:
    """Return the lowest offset where `size` bytes are free beside tensors that live at the same time."""
    offset = 0
    for slot in sorted(beside, key=lambda slot: slot.offset):
        if slot.offset - offset >= size:
            break
        offset = max(offset, slot.end)
    return offset


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
