"""Groups that are the same but for numbers and parts left out: one pattern, and an instance of it for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cnnparams.bridge.structure.slot import Slot
from cnnparams.bridge.structure.tree import Group, Part


@dataclass(frozen=True, eq=False, slots=True)
class Instance:
    """A group, and what it has in each slot of its pattern: copies one after another, or nothing."""

    group: Group
    parts: Mapping[str, tuple[Part, ...]]


@dataclass(eq=False, slots=True)
class Pattern:
    """What groups have in common; it grows while they are sorted. Only a `closed` one can be a block."""

    closed: bool
    slots: tuple[Slot, ...] = ()
    instances: list[Instance] = field(default_factory=list)


def inner_patterns(pattern: Pattern) -> Iterator[tuple[Slot, Pattern]]:
    """Yield the slots of a pattern that hold groups, and the patterns of those."""
    yield from ((slot, slot.kind) for slot in pattern.slots if isinstance(slot.kind, Pattern))


def within(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Return patterns and all that stand in them, at any depth: each once, after those that stand in it."""
    found: dict[Pattern, None] = {}
    for pattern in patterns:
        _collect(pattern, found)
    return list(found)


def _collect(pattern: Pattern, found: dict[Pattern, None]) -> None:
    if pattern not in found:
        for _, inner in inner_patterns(pattern):
            _collect(inner, found)
        found[pattern] = None
