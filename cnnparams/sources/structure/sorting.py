"""Groups sorted into patterns: which of a network's parts are the same but for numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from cnnparams.layers.contract import registry
from cnnparams.sources.structure.pattern import (
    EntryRef,
    FixedType,
    Instance,
    Pattern,
    PatternSlot,
    Wire,
    slots_by_name,
    within,
    without_number,
)
from cnnparams.sources.structure.scopes import Lineage, Scopes
from cnnparams.sources.structure.tree import Group, Part, groups

Slots = tuple[PatternSlot, ...]


def merged(ours: Slots, theirs: Slots, *, loosely: bool) -> Slots | None:
    """Return the slots of both; None where one spec cannot stand for both, or should not: they share too little."""
    here, there = slots_by_name(ours), slots_by_name(theirs)
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
    order: list[PatternSlot] = []
    for slot in ours:
        if slot.name in places:
            order += theirs[at : places[slot.name]]
            at = places[slot.name] + 1
        order.append(slot)
    return (*order, *theirs[at:])


def _both(ours: PatternSlot, theirs: PatternSlot, wire: Wire) -> PatternSlot:
    return replace(
        ours,
        wire=wire,
        most=max(ours.most, theirs.most),
        optional=ours.optional or theirs.optional,
        wrapped=ours.wrapped or theirs.wrapped,
    )


def _agreed(
    ours: PatternSlot, theirs: PatternSlot, here: Mapping[str, PatternSlot], there: Mapping[str, PatternSlot]
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


def _seen_through(
    refs: Sequence[EntryRef], slots: Mapping[str, PatternSlot], present: Collection[str]
) -> tuple[EntryRef, ...] | None:
    """Return what refs come to where a slot that is not present gives what would enter it."""
    found: list[EntryRef] = []
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


def _absent(refs: Sequence[EntryRef], slots: Mapping[str, PatternSlot], present: Collection[str]) -> set[str]:
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


def _can_be_wrapped(slot: PatternSlot, after: PatternSlot | None) -> bool:
    """Tell whether a sequence around a slot, which is there even where the slot is not, passes on the right tensor."""
    if not isinstance(slot.kind, Pattern) or slot.most > 1 or slot.wire.refs is None or len(slot.wire.refs) != 1:
        return False
    return slot.wire.flows or (after is not None and not after.optional and not after.wire.flows)


def _names_are_apart(slots: Slots) -> bool:
    """Tell whether no slot has a name that a copy in another may have."""
    names = {slot.name for slot in slots}
    for slot in slots:
        stem, first = without_number(slot.name)
        if first is not None and any(f"{stem}{first + i}" in names for i in range(1, slot.most)):
            return False
    return True


Content = Callable[[Part], tuple[object, object]]
"""What a part is (its layer type, or its pattern), and all that is in it."""

SlotRun = tuple[Part, ...]


def runs(parts: Sequence[Part], content: Content) -> Iterator[SlotRun]:
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
    stem, first = without_number(parts[at].name)
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
    (stem, start), (other, number) = without_number(first.name), without_number(part.name)
    if stem != other or start is None or number != start + length or part.reads != (last.out,):
        return False
    return content(part) == content(parts[at + 1]) if length > 1 else content(part)[0] == content(first)[0]


_MOST_TRIED = 8  # patterns that a group is compared with, where it is none of them
_NUMBERS = re.compile(r"\d+")

Key = tuple[tuple[object, ...], ...]


class Sorting:
    """The patterns of a tree. Groups deep inside come first, so that those around them can be told by them."""

    def __init__(self, scopes: Scopes, classes: Mapping[str, str], *, loosely: bool) -> None:
        self.scopes = scopes
        self.classes = classes
        self.loosely = loosely
        self.patterns: dict[str, Pattern] = {}
        self.instances: dict[str, Instance] = {}
        self._exact: dict[Key, Pattern] = {}
        self._alike: dict[str, list[Pattern]] = {}
        self._contents: dict[str, tuple[object, object]] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        deepest_first = sorted(groups(scopes.root), key=lambda group: -len(scopes.lineages[group.path]))
        for group in deepest_first:
            self._sort(group)
        self.root = self._sort(scopes.root)

    def _sort(self, group: Group) -> Pattern:
        taken = {run[0].name: run for run in runs(group.children, self._content)}
        slots = self._slots(group, list(taken.values()))
        pattern = self._pattern(group, slots)
        instance = Instance(group, taken)
        pattern.instances.append(instance)
        self.patterns[group.path], self.instances[group.path] = pattern, instance
        inside = tuple((name, tuple(map(self._content, run))) for name, run in taken.items())
        number = self._numbers.setdefault((pattern, group.trainable, inside), len(self._numbers))
        self._contents[group.path] = (pattern, number)
        return pattern

    def _slots(self, group: Group, taken: list[SlotRun]) -> Slots:
        lineage, at, found = self.scopes.lineages[group.path], 0, []
        for run in taken:
            found.append(self._slot(lineage, run, self.scopes.wire(lineage, at)))
            at += len(run)
        return tuple(found)

    def _slot(self, lineage: Lineage, run: SlotRun, wire: Wire) -> PatternSlot:
        first = run[0]
        if isinstance(first, Group):
            return PatternSlot(first.name, self.patterns[first.path], wire, most=len(run))
        share = self.scopes.reference(lineage, first.share) if first.share else None
        return PatternSlot(first.name, _kind(first.type, first.settings), wire, share, len(run))

    def _pattern(self, group: Group, slots: Slots) -> Pattern:
        """Return the pattern of a group, one that is known where it has its slots, or could."""
        if group.path not in self.scopes.closed:
            return Pattern(closed=False, slots=slots)
        key = tuple((slot.name, slot.kind, slot.wire.flows or slot.wire.refs) for slot in slots)
        alike = self._alike.setdefault(self.classes.get(group.path) or self._role(group), [])
        known = [self._exact[key]] if key in self._exact else alike[:_MOST_TRIED]
        for pattern in known:
            both = None if _would_circle(pattern, slots) else merged(pattern.slots, slots, loosely=self.loosely)
            if both is not None:
                pattern.slots = both
                return self._exact.setdefault(key, pattern)
        pattern = self._exact[key] = Pattern(closed=True, slots=slots)
        alike.append(pattern)
        return pattern

    def _role(self, group: Group) -> str:
        """Return what is the same of groups that stand at like places: their paths but for numbers.

        Of those that do not read the one before, the number is part of the name, as in branch1 and branch2.
        """
        around = self.scopes.lineages[group.path][-2]
        if self.scopes.flows(group):
            return _NUMBERS.sub("#", group.path)
        return f"{_NUMBERS.sub('#', around.path)}.{group.name}"

    def _content(self, part: Part) -> tuple[object, object]:
        if part.path not in self._contents and not isinstance(part, Group):
            inside = (part.share, repr(sorted(part.settings.items())))
            number = self._numbers.setdefault(inside, len(self._numbers))
            self._contents[part.path] = (_kind(part.type, part.settings), number)
        return self._contents[part.path]


def _kind(type_: str, settings: Mapping[str, object]) -> FixedType:
    fixed = tuple(sorted((key, repr(value)) for key, value in settings.items() if not _can_be_given(value)))
    return FixedType(type_, fixed)


def _can_be_given(value: object) -> bool:
    """Tell whether a param can hold a value: numbers, lists of them, and words that expressions know."""
    if isinstance(value, str):
        return value in registry.words() or registry.find_type(value) is not None
    return not isinstance(value, dict)


def _would_circle(pattern: Pattern, slots: Slots) -> bool:
    return pattern in within(slot.kind for slot in slots if isinstance(slot.kind, Pattern))
