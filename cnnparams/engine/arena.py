"""Where tensors go in one block of memory: the greedy planner of TensorFlow Lite for Microcontrollers.

After tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc of github.com/tensorflow/tflite-micro: the largest
first, of equal ones the last that was made, each in the lowest gap that is free for as long as it lives. Tensors are
beside one another if one's last operation is the other's first, as an operation reads one while it writes the other.
The allocator in front of the planner (micro_allocator.cc) rounds every size up to 16 bytes (micro_arena_constants.h).

Greedy is not best: what a plan needs can be more than what is ever alive at once.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnnparams.engine.liveness import Lifetime

ALIGNMENT = 16
"""The bytes that every tensor's place is a multiple of."""


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

    def meets(self, life: Lifetime) -> bool:
        """Tell whether both are alive at some operation."""
        return self.first <= life.last and life.first <= self.last


def plan(lifetimes: Sequence[Lifetime], itemsize: int = 1, alignment: int = ALIGNMENT) -> tuple[Slot, ...]:
    """Return the place of every tensor, in the order in which they are given: that in which they are made."""
    sizes = [_aligned(life.elements * itemsize, alignment) for life in lifetimes]
    slots: dict[int, Slot] = {}
    upwards: list[Slot] = []
    for i in sorted(range(len(lifetimes)), key=lambda i: (-sizes[i], -i)):
        life = lifetimes[i]
        offset = _lowest_gap((slot for slot in upwards if slot.meets(life)), sizes[i])
        slots[i] = Slot(life.name, offset, sizes[i], life.first, life.last)
        insort(upwards, slots[i], key=lambda slot: slot.offset)
    return tuple(slots[i] for i in range(len(lifetimes)))


def arena_size(slots: Iterable[Slot]) -> int:
    """Return the bytes of memory that a plan needs."""
    return max((slot.end for slot in slots), default=0)


def _lowest_gap(beside: Iterable[Slot], size: int) -> int:
    """Return the lowest offset where `size` bytes are free beside these, which come by their offsets."""
    offset = 0
    for slot in beside:
        if slot.offset - offset >= size:
            break
        offset = max(offset, slot.end)
    return offset


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment
