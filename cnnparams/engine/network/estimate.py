"""How much a spec expands to, at the least: told from its conditions and repeats, before anything is laid out.

What `channels` counts is not known before, and whatever depends on it is taken for nothing. So what is found too much
is too much, and what is not may still be: the network counts as it grows.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnnparams.engine.network.builder import A_LOT
from cnnparams.engine.network.context import DEEPEST
from cnnparams.expression import ExpressionError, Value
from cnnparams.schema.computed import value_of
from cnnparams.schema.expression_hints import INDEX
from cnnparams.schema.spec import Block, Entry
from cnnparams.schema.structures import Entries, Extent

_MOST_STEPS = 10_000
"""Entries that are looked at: a start takes as long."""
_UNKNOWN = object()
_LEFT_OUT = Extent(entries=1)


class Estimate:
    """What has been found, and how much was looked at for it. `unknown` counts the values that were not known."""

    def __init__(self, blocks: Mapping[str, Block], variables: Mapping[str, Value]) -> None:
        self.blocks = blocks
        self.variables = variables
        self.steps = 0
        self.unknown = 0
        self.found: dict[tuple[str, str], tuple[Extent, bool]] = {}

    def of(self, entry: Entry) -> Extent:
        """Return how much an entry of the network's own list is, at the least."""
        return _ListEstimate(self, self.variables, 0).of_entry(entry)

    def count(self, parts: int) -> None:
        """Count a step, or as many as are worth so many vars or characters."""
        self.steps += 1 + parts // A_LOT

    def value(self, part: Any, scope: Mapping[str, Value]) -> Value:
        """Return the value of what is written; _UNKNOWN where it has none, be that a mistake."""
        try:
            return value_of(part, scope)
        except ExpressionError:
            self.unknown += 1
            return _UNKNOWN


class _ListEstimate(NamedTuple):
    """A list that an estimate has come to, the values that are known there, and how many lists are around it."""

    estimate: Estimate
    scope: Mapping[str, Value]
    depth: int

    def of(self, entries: Entries) -> Extent:
        extent = Extent()
        if self.depth < DEEPEST:
            inside = self._replace(depth=self.depth + 1)
            for entry in entries.items:
                extent = extent.plus(inside.of_entry(entry))
        return extent

    def of_entry(self, entry: Entry) -> Extent:
        if entry.repeat is None:
            return self._copy(entry, self.scope)
        count = self.estimate.value(entry.repeat, self.scope)
        if type(count) is not int or count <= 0:
            return _LEFT_OUT
        unknown = self.estimate.unknown
        any_copy = self._copy(entry, {name: value for name, value in self.scope.items() if name != INDEX})
        if self.estimate.unknown == unknown:
            return any_copy.times(count)
        extent, index = Extent(), 0
        while index < count and self.estimate.steps < _MOST_STEPS:
            extent = extent.plus(self._copy(entry, {**self.scope, INDEX: index}))
            index += 1
        return extent.plus(any_copy.times(count - index))

    def of_block(self, block: Any, args: Mapping[str, Any]) -> Extent:
        estimate, name = self.estimate, self.estimate.value(block, self.scope)
        found = estimate.blocks.get(name) if isinstance(name, str) else None
        if found is None:
            return Extent()
        scope = {**estimate.variables}
        estimate.count(len(scope) + found.characters)
        for param, default in found.params.items():
            value = estimate.value(args[param], self.scope) if param in args else estimate.value(default, scope)
            scope[param] = value
            if value is _UNKNOWN:
                del scope[param]
        return self._of_block(name, found, scope)

    def _of_block(self, name: str, block: Block, scope: Mapping[str, Value]) -> Extent:
        key = (name, repr([scope.get(param, _UNKNOWN) for param in block.params]))
        before = self.estimate.unknown
        self.estimate.count(len(key[1]))
        if key not in self.estimate.found:
            extent = self._replace(scope=scope).of(block.layers)
            self.estimate.found[key] = extent, self.estimate.unknown > before
            return extent
        extent, unsure = self.estimate.found[key]
        self.estimate.unknown += unsure
        return extent

    def _copy(self, entry: Entry, scope: Mapping[str, Value]) -> Extent:
        self.estimate.count(len(scope) + entry.characters)
        if self.estimate.steps > _MOST_STEPS or self.estimate.value(entry.when, scope) is not True:
            return _LEFT_OUT
        return _LEFT_OUT.plus(entry.body.extent(self._replace(scope=scope)))
