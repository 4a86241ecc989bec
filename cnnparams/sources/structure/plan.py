"""Which patterns become blocks, and which are written where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cnnparams.schema.keys import INPUT
from cnnparams.sources.structure.forms import by_name
from cnnparams.sources.structure.pattern import EntryRef, Pattern, PatternSlot, inner_patterns, slots_by_name, within


class BlockPlan(NamedTuple):
    """How the patterns of a network are written.

    `blocks` come before those that use them. `dotted` are single entries, which have the group's name before their own.
    `slots` are those of each pattern, by their names.
    """

    blocks: Sequence[Pattern]
    dotted: Collection[Pattern]
    slots: Mapping[Pattern, Mapping[str, PatternSlot]]

    def name(self, slot: PatternSlot) -> str:
        """Return the name of the entry that a slot is written as."""
        if isinstance(slot.kind, Pattern) and slot.kind in self.dotted and not slot.wrapped:
            return f"{slot.name}.{self.name(slot.kind.slots[0])}"
        return slot.name


def block_plan(root: Pattern) -> BlockPlan:
    """Decide for every pattern.

    A block, if it can be, is what is repeated, or stands in several places, or names what enters it.
    """
    inner_first = within([root])
    repeated = {inner for pattern in inner_first for slot, inner in inner_patterns(pattern) if slot.most > 1}
    inside = inner_first[:-1]
    dotted = {pattern for pattern in inside if len(pattern.slots) == 1 and pattern not in repeated}
    dotted -= {pattern for pattern in dotted if pattern.slots[0].most > 1}
    places = _places(inner_first[::-1], dotted)
    wanted = (pattern for pattern in inside if pattern.closed and pattern not in dotted)
    blocks = [p for p in wanted if p in repeated or places[p] > 1 or _names_entering(p, 0)]
    return BlockPlan(blocks, dotted, {pattern: slots_by_name(pattern.slots) for pattern in inner_first})


def _places(outer_first: Sequence[Pattern], dotted: Collection[Pattern]) -> Counter[Pattern]:
    """Count where each pattern would be written; what is in a dotted one, wherever that stands."""
    places = Counter(outer_first[:1])
    for pattern in outer_first:
        for _, inner in inner_patterns(pattern):
            places[inner] += places[pattern] if pattern in dotted else 1
    return places


def _names_entering(pattern: Pattern, up: int) -> bool:
    """Tell whether something in a pattern, as deep as it is written there, names what enters the list `up` out."""
    entering = EntryRef(up, INPUT)
    if any(entering in (slot.wire.refs or ()) and not slot.wire.flows for slot in by_name(pattern)):
        return True
    return any(_names_entering(inner, up + 1) for _, inner in inner_patterns(pattern) if not inner.closed)
