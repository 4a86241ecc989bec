"""The form of a group: a list, or a structure that gives its layers the same names."""

from __future__ import annotations

from typing import NamedTuple

from cnnparams.sources.structure.pattern import (
    ENTERING,
    EntryRef,
    FixedType,
    Pattern,
    PatternSlot,
    Wire,
    slots_by_name,
    without_number,
)
from cnnparams.sources.structure.tree import TreeLayer

ACTIVATION = "activation"
_ADD, _SHORTCUT, _BRANCH = "add", "shortcut", "branch"
_JOINS = ("concat", _ADD, "multiply")


class ResidualForm(NamedTuple):
    """A group that adds, at its end, what went through its main path and through its shortcut."""

    main: tuple[PatternSlot, ...]
    shortcut: PatternSlot | None
    merge: PatternSlot


class ParallelForm(NamedTuple):
    """A group whose branches all take what enters; one that is None gives it as it is."""

    branches: tuple[PatternSlot | None, ...]
    merge: PatternSlot


def form(pattern: Pattern) -> ResidualForm | ParallelForm | None:
    """Return the structure that a group is; None where it is just a list."""
    return _residual(pattern) or _parallel(pattern)


def by_name(pattern: Pattern) -> tuple[PatternSlot, ...]:
    """Return the slots that say by name what they read; in a structure, that goes without saying for some."""
    found = form(pattern)
    if isinstance(found, ResidualForm):
        return found.main
    return () if isinstance(found, ParallelForm) else pattern.slots


def _residual(pattern: Pattern) -> ResidualForm | None:
    *rest, merge = pattern.slots
    if not _is_merge(pattern, merge) or merge.name != _ADD:
        return None
    shortcut = rest.pop() if rest and rest[-1].name == _SHORTCUT else None
    if not rest or rest[-1].optional or (shortcut and not _is_aside(shortcut, Wire(False, (ENTERING,)))):
        return None
    aside = EntryRef(0, _SHORTCUT) if shortcut else ENTERING
    added = merge.wire.refs == (EntryRef(0, last_name(rest[-1])), aside)
    return ResidualForm(tuple(rest), shortcut, merge) if added else None


def _parallel(pattern: Pattern) -> ParallelForm | None:
    *rest, merge = pattern.slots
    refs = merge.wire.refs
    if not _is_merge(pattern, merge) or refs is None or len(refs) < 2:
        return None
    branches: list[PatternSlot | None] = []
    slots = slots_by_name(rest)
    for i, ref in enumerate(refs, 1):
        slot = None if ref == ENTERING else slots.get(f"{_BRANCH}{i}")
        if slot is None and ref != ENTERING:
            return None
        branches.append(slot)
    first = [slot for slot in branches if slot]
    aside = all(_is_aside(slot, slot.wire if i == 0 else Wire(False, (ENTERING,))) for i, slot in enumerate(first))
    all_named = [ref.name for ref in refs if ref != ENTERING] == [slot.name for slot in rest]
    return ParallelForm(tuple(branches), merge) if all_named and aside else None


def _is_aside(slot: PatternSlot, wire: Wire) -> bool:
    """Tell whether a slot is a list of its own that takes what enters, even where nothing is in it."""
    closed = isinstance(slot.kind, Pattern) and slot.kind.closed
    return closed and slot.most == 1 and slot.wire == wire and (slot.wrapped or not slot.optional)


def _is_merge(pattern: Pattern, slot: PatternSlot) -> bool:
    """Tell whether a slot is a merge as structures have it: without settings, under the name of its type."""
    if not isinstance(slot.kind, FixedType) or slot.kind.type not in _JOINS or slot.name != slot.kind.type:
        return False
    parts = [instance.parts.get(slot.name, ()) for instance in pattern.instances]
    plain = (isinstance(part, TreeLayer) and part.settings.keys() <= {ACTIVATION} for run in parts for part in run)
    return not slot.optional and slot.most == 1 and slot.share is None and all(plain)


def last_name(slot: PatternSlot) -> str:
    """Return the name of the last copy in a slot."""
    stem, number = without_number(slot.name)
    return slot.name if number is None or slot.most == 1 else f"{stem}{number + slot.most - 1}"
