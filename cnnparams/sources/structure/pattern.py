"""What groups have in common: slots, each with a name, what stands there, and what that reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnparams.schema.keys import INPUT
from cnnparams.sources.structure.tree import Group, Part


class EntryRef(NamedTuple):
    """An entry by its name, `up` lists around the one that names it; `input` is what enters that list's group."""

    up: int
    name: str


ENTERING = EntryRef(0, INPUT)


class Wire(NamedTuple):
    """What an entry reads: what leaves the one before it (`flows`); and by name, None where names differ."""

    flows: bool
    refs: tuple[EntryRef, ...] | None


class FixedType(NamedTuple):
    """A layer type, and settings of it that no param can hold."""

    type: str
    fixed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PatternSlot:
    """A place in a list, which holds a layer or a group, or up to `most` copies of it one after another.

    An `optional` one is not there in every group of its pattern. Where it is `wrapped`, others name it all the same,
    and read what would enter it.
    """

    name: str
    kind: FixedType | Pattern
    wire: Wire
    share: EntryRef | None = None
    most: int = 1
    optional: bool = False
    wrapped: bool = False


def slots_by_name(slots: Sequence[PatternSlot]) -> Mapping[str, PatternSlot]:
    """Return slots by their names."""
    return {slot.name: slot for slot in slots}


def without_number(name: str) -> tuple[str, int | None]:
    """Return a name without the number at its end, and that number: conv12 is conv and 12."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    plain = digits != "" and digits == str(int(digits)) and not stem.endswith(".")
    return (stem, int(digits)) if plain else (name, None)


@dataclass(frozen=True, eq=False, slots=True)
class Instance:
    """A group, and what it has in each slot of its pattern: copies one after another, or nothing."""

    group: Group
    parts: Mapping[str, tuple[Part, ...]]


@dataclass(eq=False, slots=True)
class Pattern:
    """What groups have in common; it grows while they are sorted. Only a `closed` one can be a block."""

    closed: bool
    slots: tuple[PatternSlot, ...] = ()
    instances: list[Instance] = field(default_factory=list)


def inner_patterns(pattern: Pattern) -> Iterator[tuple[PatternSlot, Pattern]]:
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
