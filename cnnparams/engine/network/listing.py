"""A list of entries on its way into the network: names, references, copies, conditions."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any, ClassVar, NamedTuple, NoReturn, Self

from cnnparams.engine.network import own_keys
from cnnparams.engine.network.builder import EntryResult, Placing
from cnnparams.engine.network.context import BlockUse, Context, joined
from cnnparams.engine.network.estimate import Estimate
from cnnparams.engine.network.graph import Node, channels_of, is_within
from cnnparams.engine.network.replay import Recording, pattern, replay
from cnnparams.errors import LayerError, quote, some, suggest
from cnnparams.expression import ExpressionError, Value, at
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.folding import folding
from cnnparams.layers.contract.given import given_weight
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.schema.bodies import misfits
from cnnparams.schema.computed import value_of
from cnnparams.schema.entries import numbered
from cnnparams.schema.expression_hints import CHANNELS, INDEX
from cnnparams.schema.keys import INPUT
from cnnparams.schema.spec import Block, Entry, Reference
from cnnparams.schema.structures import Edges, Entries, Extent
from cnnparams.schema.template import evaluate


class EntryOutput(NamedTuple):
    """What an earlier entry left behind: the tensors that leave it, and its name in the network."""

    edges: Edges
    path: str


class Listing:
    """One list, entry by entry."""

    replays: ClassVar[bool] = True
    """Whether a block that has been laid out may be copied where it would come out the same."""

    def __init__(self, context: Context, entries: Entries, outer: Self | None, *, positions: bool = False) -> None:
        self.context = context
        self.entries = entries
        self.outer = outer
        self.positions = positions
        self.known: dict[str, EntryOutput] = {}
        self.copies: dict[str, list[EntryOutput]] = {}
        self.count: Counter[str] = Counter()
        self.position = 0

    def within(self, context: Context, entries: Entries, *, positions: bool = False) -> Self:
        """Return a list inside of this one, which sees the names here."""
        return type(self)(context, entries, self, positions=positions)

    def apart(self, context: Context, entries: Entries, x: Edges) -> Self:
        """Return the list of a block, which sees no names but `input`, what enters the block."""
        listing = type(self)(context, entries, None)
        listing.known[INPUT] = EntryOutput(x, "")
        return listing

    def expect(self, estimate: Estimate) -> None:
        """Refuse what would be too much before any of it is laid out."""
        extent = Extent()
        for entry in self.entries.items:
            extent = extent.plus(estimate.of(entry))
            try:
                self.context.plan.network.expect(extent)
            except LayerError as error:
                error.field = None if entry.repeat is None else "repeat"
                self._stop(entry, (), error)

    def run(self, x: Edges) -> Edges:
        """Lay out every entry; return the tensors that leave the last."""
        for entry in self.entries.items:
            x = self._place(entry, x, self.context.scope) if entry.repeat is None else self._repeat(entry, x)
        return x

    def _repeat(self, entry: Entry, x: Edges) -> Edges:
        scope = self.context.scope
        try:
            self.context.plan.network.count_entries(1)
            scope[CHANNELS] = channels(x)
            if entry.sources and own_keys.reads(entry.repeat, CHANNELS):
                scope[CHANNELS] = channels(self._entering(entry, x, {**scope, INDEX: 0}))
            count = own_keys.times(entry.repeat, scope)
        except LayerError as error:
            self._stop(entry, x, error)
        for index in range(count):
            x = self._place(entry, x, {**scope, INDEX: index})
        return x

    def _place(self, entry: Entry, x: Edges, scope: dict[str, Value]) -> Edges:
        context, entered, name = self.context, x, None
        try:
            context.plan.network.count_parts(entry.characters + (0 if entry.repeat is None else len(scope)))
            if (
                entry.when is not True
                and not own_keys.reads(entry.when, CHANNELS)
                and not own_keys.flag("when", entry.when, scope)
            ):
                context.plan.network.count_entries(1)
                return x
            entered = self._entering(entry, x, scope)
            context.plan.network.count_entries(len(entered))
            scope[CHANNELS] = channels(entered or x)
            if (
                entry.when is not True
                and own_keys.reads(entry.when, CHANNELS)
                and not own_keys.flag("when", entry.when, scope)
            ):
                return x
            name = self._name(entry)
            path = self._path(name)
            trainable = context.trainable and (
                entry.trainable is True or own_keys.flag("trainable", entry.trainable, scope)
            )
            share = (path, self._shared(entry.share, scope)) if entry.share else context.share
            dtype = context.dtype if entry.dtype is None else own_keys.dtype(entry.dtype, scope)
            inner = Context(context.plan, scope, path, trainable, share, context.uses, context.depth, dtype)
            left = self._wire(entry, inner, x, entered)
        except LayerError as error:
            self._stop(entry, entered, error, name)
        self._note_results(entry, path, left, follows=entered == x)
        known = EntryOutput(left, path)
        self.known[name] = known
        if entry.repeat is not None and entry.name:
            self.copies.setdefault(entry.name, []).append(known)
        return x if entry.body.side else left

    def _note_results(self, entry: Entry, path: str, left: Edges, *, follows: bool) -> None:
        """Note what leaves an entry; what leaves a side head is its result, and nothing has to read it."""
        results = self.context.plan.network.results
        for edge in left:
            if entry.body.side:
                results.pop(edge.source, None)
            else:
                results[edge.source] = EntryResult(entry, path, follows)

    def _wire(self, entry: Entry, context: Context, x: Edges, entered: Edges) -> Edges:
        """Lay out what the entry is, behind what entered; x is what would go on without it."""
        return entry.body.wire(EntrySite(context, self, entry), entered)

    def _entering(self, entry: Entry, x: Edges, scope: dict[str, Value]) -> Edges:
        if not entry.sources:
            return () if entry.body.reads_nothing else x
        return tuple([edge for source in entry.sources for edge in self.refer(source, scope).edges])

    def _stop(self, entry: Entry, x: Edges, error: LayerError, name: str | None = None) -> NoReturn:
        self.context.plan.stop(self.context, entry, self._path(name or self._name(entry)), x, error)

    def _path(self, name: str) -> str:
        return self.context.prefix if self.entries.alone else joined(self.context.prefix, name)

    def _name(self, entry: Entry) -> str:
        self.position += 1
        if entry.name and entry.repeat is None:
            return entry.name
        if self.positions and not entry.name:
            while str(self.position - 1) in self.entries.names:
                self.position += 1
            return str(self.position - 1)
        return numbered(entry.name or entry.stem, self.count, self.entries.names)

    def _shared(self, reference: Reference, scope: Mapping[str, Value]) -> str:
        path = self.refer(reference, scope).path
        if not path:
            hint = "name an earlier layer, or a block"
            raise LayerError(f"shares {reference.name}, which is not a layer", "share", hint)
        return path

    def refer(self, reference: Reference, scope: Mapping[str, Value]) -> EntryOutput:
        """Return what an earlier entry left, of this list or of one around it; raise LayerError where there is none."""
        name, key = reference.name, str(next(part for part in reversed(reference.path) if isinstance(part, str)))
        around: Listing | None = self
        while around is not None:
            if reference.index is not None and name in around.copies:
                return _copy(reference, key, around.copies[name], scope)
            if reference.index is None and name in around.known:
                return around.known[name]
            around = around.outer
        raise self._unknown(reference, key)

    def _unknown(self, reference: Reference, key: str) -> LayerError:
        listings = [self]
        while (outer := listings[-1].outer) is not None:
            listings.append(outer)
        if any(reference.name in listing.copies for listing in listings):
            hint = f"name one of its copies, such as {reference.name}1, or {reference.name}[-1] for the last"
            return LayerError(f"{key}: {reference.name} is repeated", key, hint)
        known = [name for listing in listings for name in listing.known]
        if reference.name in known:
            return LayerError(f"{key}: {reference.name} is not repeated", key, "name it without an index")
        around = next((name for name in known if reference.name.startswith(f"{name}.")), None)
        if around:
            hint = f"name {around} itself, or write what is inside of it in this list"
            return LayerError(f"{key}: what is inside of {around} cannot be named from outside", key, hint)
        if any(reference.name in listing.entries.names for listing in listings):
            hint = "an entry reads what comes before it"
            return LayerError(f"{key}: {reference.name} comes later, or is left out here by its when", key, hint)
        guess = suggest(reference.name, known)
        hint = f"did you mean {quote(guess)}?" if guess else f"known here: {', '.join(known[-8:])}"
        where = "" if key == "outputs" else " before this one"
        return LayerError(f"{key}: no layer {quote(reference.name)}{where}", key, hint)


def _copy(reference: Reference, key: str, copies: list[EntryOutput], scope: Mapping[str, Value]) -> EntryOutput:
    try:
        index = value_of(reference.index, scope)
        if type(index) is int and not -len(copies) <= index < len(copies):
            fact = f"{reference.name} has no copy {index}: they are numbered 0 to {len(copies) - 1}"
            raise LayerError(f"{key}: {fact}", key, f"the last is {reference.name}[-1]")
        if type(index) is int:
            return copies[index]  # not `at`, for which they would be copied at every use
        found: EntryOutput = at(tuple(copies), index)
    except ExpressionError as error:
        raise LayerError(f"{key}: {reference.name}: {error}", key, error.hint) from None
    return found


def channels(x: Edges) -> int:
    """Return what `channels` counts where these tensors enter: those of the first."""
    return channels_of(x[0].shape)


class EntrySite:
    """The entry, its context, and the list that it stands in."""

    __slots__ = ("context", "entry", "listing", "start")

    def __init__(self, context: Context, listing: Listing, entry: Entry) -> None:
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
        if self.entry.weight:
            given = self.listing.refer(self.entry.weight, self.scope).edges
            layer, x = given_weight(layer), (*x, *given)
        return self._add(self.context.prefix, folding(layer, self.entry.batch_dims), activation, x)

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
        key = (name, values, pattern(x), context.trainable, context.dtype, context.depth, around)
        if context.share is None and self.listing.replays and key in recordings:
            return replay(network, recordings[key], context.prefix, x)
        before = network.size
        uses = (*context.uses, BlockUse(name, self.entry.path))
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
        shares = target and (target.shares or target.name)
        placing = Placing(name, self.entry.path, context.trainable, shares, context.dtype)
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
    declaration = find_type(type_)
    assert declaration is not None
    return layer_class(declaration)()


def _check_same_tensors(node: Node, target: Node) -> None:
    if node.dtype != target.dtype:
        said = [each.dtype or "not said" for each in (node, target)]
        message = f"its dtype is {said[0]}, but that of {target.name}, whose tensors it shares, is {said[1]}"
        raise LayerError(message, "share", "give both the same dtype")
    own, shared = (_learned(each) for each in (node, target))
    if own != shared:
        message = f"its tensors are {_listed(own)}, but those of {target.name}, which it shares, are {_listed(shared)}"
        raise LayerError(message, "share", "give it the same settings and an input of the same channels")


def _learned(node: Node) -> list[tuple[int, ...]]:
    return [tensor.shape for tensor in node.layer.tensors(*node.input_shapes)]


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return " and ".join(map(str, shapes)) or "none"
