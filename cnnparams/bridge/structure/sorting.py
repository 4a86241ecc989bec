"""Groups sorted into patterns: which of a network's parts are the same but for numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnnparams.bridge.structure.copies import Run, runs
from cnnparams.bridge.structure.merging import Slots, merged
from cnnparams.bridge.structure.pattern import Instance, Kind, Pattern, Slot, Wire, within
from cnnparams.bridge.structure.sight import Lineage, Sight
from cnnparams.bridge.structure.tree import Group, Part, groups
from cnnparams.layers import registry

_MOST_TRIED = 8  # patterns that a group is compared with, where it is none of them
_NUMBERS = re.compile(r"\d+")

Key = tuple[tuple[object, ...], ...]


class Sorting:
    """The patterns of a tree. Groups deep inside come first, so that those around them can be told by them."""

    def __init__(self, sight: Sight, classes: Mapping[str, str], *, loosely: bool) -> None:
        self.sight = sight
        self.classes = classes
        self.loosely = loosely
        self.patterns: dict[str, Pattern] = {}
        self.instances: dict[str, Instance] = {}
        self._exact: dict[Key, Pattern] = {}
        self._alike: dict[str, list[Pattern]] = {}
        self._contents: dict[str, tuple[object, object]] = {}
        self._numbers: dict[tuple[object, ...], int] = {}
        deepest_first = sorted(groups(sight.root), key=lambda group: -len(sight.lineages[group.path]))
        for group in deepest_first:
            self._sort(group)
        self.root = self._sort(sight.root)

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

    def _slots(self, group: Group, taken: list[Run]) -> Slots:
        lineage, at, found = self.sight.lineages[group.path], 0, []
        for run in taken:
            found.append(self._slot(lineage, run, self.sight.wire(lineage, at)))
            at += len(run)
        return tuple(found)

    def _slot(self, lineage: Lineage, run: Run, wire: Wire) -> Slot:
        first = run[0]
        if isinstance(first, Group):
            return Slot(first.name, self.patterns[first.path], wire, most=len(run))
        share = self.sight.reference(lineage, first.share) if first.share else None
        return Slot(first.name, _kind(first.type, first.settings), wire, share, len(run))

    def _pattern(self, group: Group, slots: Slots) -> Pattern:
        """Return the pattern of a group, one that is known where it has its slots, or could."""
        if group.path not in self.sight.closed:
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
        around = self.sight.lineages[group.path][-2]
        if self.sight.flows(group):
            return _NUMBERS.sub("#", group.path)
        return f"{_NUMBERS.sub('#', around.path)}.{group.name}"

    def _content(self, part: Part) -> tuple[object, object]:
        if part.path not in self._contents and not isinstance(part, Group):
            inside = (part.share, repr(sorted(part.settings.items())))
            number = self._numbers.setdefault(inside, len(self._numbers))
            self._contents[part.path] = (_kind(part.type, part.settings), number)
        return self._contents[part.path]


def _kind(type_: str, settings: Mapping[str, object]) -> Kind:
    fixed = tuple(sorted((key, repr(value)) for key, value in settings.items() if not _can_be_given(value)))
    return Kind(type_, fixed)


def _can_be_given(value: object) -> bool:
    """Tell whether a param can hold a value: numbers, lists of them, and words that expressions know."""
    if isinstance(value, str):
        return value in registry.words() or registry.find(value) is not None
    return not isinstance(value, dict)


def _would_circle(pattern: Pattern, slots: Slots) -> bool:
    return pattern in within(slot.kind for slot in slots if isinstance(slot.kind, Pattern))
