"""What a group holds, as the list that it is: slots, each with a name, what stands there, and what that reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cnnparams.schema.keys import INPUT

if TYPE_CHECKING:
    from cnnparams.bridge.structure.pattern import Pattern


class Ref(NamedTuple):
    """An entry by its name, `up` lists around the one that names it; `input` is what enters that list's group."""

    up: int
    name: str


ENTERING = Ref(0, INPUT)


class Wire(NamedTuple):
    """What an entry reads: what leaves the one before it (`flows`); and by name, None where names differ."""

    flows: bool
    refs: tuple[Ref, ...] | None


class Kind(NamedTuple):
    """A layer type, and settings of it that no param can hold."""

    type: str
    fixed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a list, which holds a layer or a group, or up to `most` copies of it one after another.

    An `optional` one is not there in every group of its pattern. Where it is `wrapped`, others name it all the same,
    and read what would enter it.
    """

    name: str
    kind: Kind | Pattern
    wire: Wire
    share: Ref | None = None
    most: int = 1
    optional: bool = False
    wrapped: bool = False


def named(slots: Sequence[Slot]) -> Mapping[str, Slot]:
    """Return slots by their names."""
    return {slot.name: slot for slot in slots}


def numbered(name: str) -> tuple[str, int | None]:
    """Return a name without the number at its end, and that number: conv12 is conv and 12."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    plain = digits != "" and digits == str(int(digits)) and not stem.endswith(".")
    return (stem, int(digits)) if plain else (name, None)
