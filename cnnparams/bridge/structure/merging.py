"""Two lists of slots as one, in which what only one of them has is optional."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cnnparams.bridge.structure.pattern import Pattern, Ref, Slot, Wire, named, numbered

Slots = tuple[Slot, ...]


def merged(ours: Slots, theirs: Slots, *, loosely: bool) -> Slots | None:
    """Return the slots of both; None where one spec cannot stand for both, or should not: they share too little."""
    here, there = named(ours), named(theirs)
    common = [slot.name for slot in ours if slot.name in there]
    if not _is_enough(len(common), *sorted((len(ours), len(theirs))), loosely=loosely):
        return None
    if common != [slot.name for slot in theirs if slot.name in here]:
        return None
    if any((here[name].kind, here[name].share) != (there[name].kind, there[name].share) for name in common):
        return None
    found, wrapped = [], set[str]()
    for slot in _interleaved(ours, theirs):
        if slot.name not in here or slot.name not in there:
            found.append(replace(slot, optional=True))
            continue
        agreed = _agreed(here[slot.name], there[slot.name], here, there)
        if agreed is None:
            return None
        wire, absent = agreed
        wrapped |= absent
        found.append(_both(here[slot.name], there[slot.name], wire))
    slots = tuple(replace(slot, wrapped=slot.wrapped or slot.name in wrapped) for slot in found)
    return slots if _is_sound(slots) else None


def _is_enough(common: int, fewer: int, more: int, *, loosely: bool) -> bool:
    """Tell whether lists have so much in common that one is the other with options: all of it, or a good half."""
    if not loosely:
        return common == more
    return 2 * common >= more if common == fewer else 3 * common >= 2 * more


def _interleaved(ours: Slots, theirs: Slots) -> Slots:
    """Return the slots of both, each list in its order, which is the same for those that both have."""
    places, at = {slot.name: place for place, slot in enumerate(theirs)}, 0
    order: list[Slot] = []
    for slot in ours:
        if slot.name in places:
            order += theirs[at : places[slot.name]]
            at = places[slot.name] + 1
        order.append(slot)
    return (*order, *theirs[at:])


def _both(ours: Slot, theirs: Slot, wire: Wire) -> Slot:
    return replace(
        ours,
        wire=wire,
        most=max(ours.most, theirs.most),
        optional=ours.optional or theirs.optional,
        wrapped=ours.wrapped or theirs.wrapped,
    )


def _agreed(
    ours: Slot, theirs: Slot, here: Mapping[str, Slot], there: Mapping[str, Slot]
) -> tuple[Wire, set[str]] | None:
    """Return what a slot reads in both lists, and the slots by whose names it reads what would enter them."""
    if ours.wire.flows and theirs.wire.flows:
        return Wire(True, ours.wire.refs if ours.wire.refs == theirs.wire.refs else None), set()
    own, other = ours.wire.refs, theirs.wire.refs
    if own is None or other is None:
        return None
    if own == other:
        return Wire(False, own), set()
    if _seen_through(own, here, there) == other:
        return Wire(False, own), _absent(own, here, there)
    if _seen_through(other, there, here) == own:
        return Wire(False, other), _absent(other, there, here)
    return None


def _seen_through(refs: Sequence[Ref], slots: Mapping[str, Slot], present: Collection[str]) -> tuple[Ref, ...] | None:
    """Return what refs come to where a slot that is not present gives what would enter it."""
    found: list[Ref] = []
    for ref in refs:
        slot = slots.get(ref.name) if ref.up == 0 else None
        if slot is None or slot.name in present:
            found.append(ref)
        elif slot.wire.refs is None or len(slot.wire.refs) != 1:
            return None
        else:
            through = _seen_through(slot.wire.refs, slots, present)
            if through is None:
                return None
            found.extend(through)
    return tuple(found)


def _absent(refs: Sequence[Ref], slots: Mapping[str, Slot], present: Collection[str]) -> set[str]:
    return {ref.name for ref in refs if ref.up == 0 and ref.name in slots and ref.name not in present}


def _is_sound(slots: Slots) -> bool:
    """Tell whether slots can be written as a list, whichever of the optional ones are there."""
    optional = {slot.name for slot in slots if slot.optional}
    if len(optional) == len(slots):
        return False
    unsure = {slot.name for slot in slots if slot.optional and not slot.wrapped}
    for slot, after in zip(slots, (*slots[1:], None), strict=True):
        if not slot.wire.flows and any(ref.up == 0 and ref.name in unsure for ref in slot.wire.refs or ()):
            return False
        if slot.optional and slot.most > 1:
            return False
        if slot.wrapped and not _can_be_wrapped(slot, after):
            return False
    return _names_are_apart(slots)


def _can_be_wrapped(slot: Slot, after: Slot | None) -> bool:
    """Tell whether a sequence around a slot, which is there even where the slot is not, passes on the right tensor."""
    if not isinstance(slot.kind, Pattern) or slot.most > 1 or slot.wire.refs is None or len(slot.wire.refs) != 1:
        return False
    return slot.wire.flows or (after is not None and not after.optional and not after.wire.flows)


def _names_are_apart(slots: Slots) -> bool:
    """Tell whether no slot has a name that a copy in another may have."""
    names = {slot.name for slot in slots}
    for slot in slots:
        stem, first = numbered(slot.name)
        if first is not None and any(f"{stem}{first + i}" in names for i in range(1, slot.most)):
            return False
    return True
