"""One place of the network, where an entry is being laid out: what schema.structures.Site promises."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any, ClassVar, Protocol

from cnnparams.engine.context import Context, Use, joined
from cnnparams.engine.graph import Node, is_within
from cnnparams.engine.network import Placing
from cnnparams.engine.replay import Recording, pattern, replay
from cnnparams.errors import LayerError, quote, some, suggest
from cnnparams.expression import Value
from cnnparams.layers.base import Layer
from cnnparams.layers.registry import find, layer_class
from cnnparams.schema.bodies import misfits
from cnnparams.schema.slips import CHANNELS
from cnnparams.schema.spec import Block, Entry
from cnnparams.schema.structures import Edges, Entries
from cnnparams.schema.template import evaluate


class Lists(Protocol):
    """What lays out lists: the list that a site stands in, and what comes out of it for those within."""

    replays: ClassVar[bool]

    def within(self, context: Context, entries: Entries, *, positions: bool = False) -> Lists:
        """Return a list inside of this one, which sees the names here."""

    def apart(self, context: Context, entries: Entries, x: Edges) -> Lists:
        """Return the list of a block, which sees no names but `input`."""

    def run(self, x: Edges) -> Edges:
        """Lay out every entry; return the tensors that leave the last."""


class Site:
    """The entry, its context, and the list that it stands in."""

    __slots__ = ("context", "entry", "listing", "start")

    def __init__(self, context: Context, listing: Lists, entry: Entry) -> None:
        self.context = context
        self.listing = listing
        self.entry = entry
        self.start = len(context.plan.network.order)

    @property
    def scope(self) -> Mapping[str, Value]:
        """The values of the names that expressions may read here."""
        return self.context.scope

    @property
    def shared(self) -> Layer | None:
        """The layer whose tensors are used here again, if another's are."""
        if self.context.share is None:
            return None
        node = self._target(self.context.prefix)
        return node.layer if node else None

    def layer(self, layer: Layer, activation: Layer | None, x: Edges) -> Edges:
        """Put a layer here."""
        return self._add(self.context.prefix, layer, activation, x)

    def merge(self, type_: str, activation: Layer | None, x: Edges) -> Edges:
        """Put a merge inside of what is here, under the name of its type."""
        return self._add(joined(self.context.prefix, self._free(type_)), _merge(type_), activation, x)

    def run(self, entries: Entries, x: Edges, under: str = "", *, positions: bool = False) -> Edges:
        """Lay out a list inside of what is here."""
        inner = self.context.deeper(self._free(under) if under and entries.items else under)
        return self.listing.within(inner, entries, positions=positions).run(x)

    def _free(self, name: str) -> str:
        """Return a name inside of what is here that nothing inside of it has: a residual may be alone in another."""
        added = self.context.plan.network.order[self.start :]
        tried = name
        for number in count(2):
            path = joined(self.context.prefix, tried)
            if not any(is_within(node.name, path) for node in added):
                break
            tried = f"{name}{number}"
        return tried

    def call(self, block: Value, args: Mapping[str, Value], x: Edges) -> Edges:
        """Lay out a block of the file; raise LayerError where there is none of that name, or its params do not fit."""
        context = self.context
        found = context.plan.blocks.get(block) if isinstance(block, str) else None
        if found is None:
            guess = suggest(block, context.plan.blocks) if isinstance(block, str) else None
            hint = f"did you mean {quote(guess)}?" if guess else f"the blocks are {some(context.plan.blocks)}"
            expected = "unknown block" if isinstance(block, str) else "block: expected the name of a block, but found"
            raise LayerError(f"{expected} {quote(block)}", "block", hint)
        if any(use.block == block for use in context.uses):
            chain = some([*(use.block for use in context.uses), block], " -> ")
            hint = "a block may use others, but no chain of them may come back to it"
            raise LayerError(f"block {block} uses itself: {chain}", "block", hint)
        for misfit in misfits(block, found.params, args):
            raise LayerError(misfit.message, misfit.key, misfit.hint)
        return self._lay_out(block, found, self._scope(block, found, args), x)

    def _lay_out(self, name: str, block: Block, scope: dict[str, Value], x: Edges) -> Edges:
        """Lay out a block, or replay it where it has been laid out with these values, shapes and circumstances."""
        context = self.context
        network, recordings = context.plan.network, context.plan.recordings
        values = repr([scope[param] for param in block.params])
        network.count_parts(len(values))
        around = tuple([use.block for use in context.uses])
        key = (name, values, pattern(x), context.trainable, context.depth, around)
        if context.share is None and self.listing.replays and key in recordings:
            return replay(network, recordings[key], context.prefix, x)
        before = network.size
        uses = (*context.uses, Use(name, self.entry.path))
        left = self.listing.apart(context.deeper("")._replace(scope=scope, uses=uses), block.layers, x).run(x)
        if context.share is None:
            recordings[key] = Recording(context.prefix, x, left, before, network.size)
        return left

    def _scope(self, name: str, block: Block, args: Mapping[str, Value]) -> dict[str, Value]:
        """Return the values of names inside of a block: vars, and its params, whose defaults may use those before."""
        scope = {**self.context.plan.variables, CHANNELS: self.context.scope[CHANNELS]}
        self.context.plan.network.count_parts(len(scope) + block.characters)
        for param, default in block.params.items():
            scope[param] = args[param] if param in args else _default(name, param, default, scope)
        return scope

    def _add(self, name: str, layer: Layer, activation: Layer | None, x: Edges) -> Edges:
        context = self.context
        target = self._target(name)
        placing = Placing(name, self.entry.path, context.trainable, target and (target.shares or target.name))
        try:
            left = context.plan.network.add(placing, layer, activation, x)
        except LayerError as error:
            if target is None or error.field not in target.layer.inferred(*target.input_shapes):
                raise
            hint = "share the tensors of a layer whose input has the same channels"
            raise LayerError(f"shares {target.name}, whose {error}", "share", hint) from None
        if target:
            _check_same_tensors(context.plan.network.nodes[name], target)
        return left

    def _target(self, name: str) -> Node | None:
        if self.context.share is None:
            return None
        own, shared = self.context.share
        target = shared + name[len(own) :]
        node = self.context.plan.network.nodes.get(target)
        if node is None:
            what = f"{shared}, which has no layer {target}" if target != shared else f"{shared}, which is not a layer"
            raise LayerError(
                f"shares {what}", "share", "share a layer with a layer, a block with one of the same layers"
            )
        return node


def _default(block: str, param: str, default: Any, scope: Mapping[str, Value]) -> Value:
    try:
        return evaluate(param, default, scope)
    except LayerError as error:
        raise LayerError(f"block {block}: the default of {error}", hint=error.hint) from None


@cache
def _merge(type_: str) -> Layer:
    declaration = find(type_)
    assert declaration is not None
    return layer_class(declaration)()


def _check_same_tensors(node: Node, target: Node) -> None:
    own, shared = (_learned(each) for each in (node, target))
    if own != shared:
        message = f"its tensors are {_listed(own)}, but those of {target.name}, which it shares, are {_listed(shared)}"
        raise LayerError(message, "share", "give it the same settings and an input of the same channels")


def _learned(node: Node) -> list[tuple[int, ...]]:
    return [tensor.shape for tensor in node.layer.tensors(*node.input_shapes)]


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return " and ".join(map(str, shapes)) or "none"
