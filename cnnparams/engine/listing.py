"""A list of entries on its way into the network: names, references, copies, conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, NamedTuple, NoReturn, Self

from cnnparams.engine.context import Context, joined
from cnnparams.engine.estimate import Estimate
from cnnparams.engine.graph import channels_of
from cnnparams.engine.network import EntryResult
from cnnparams.engine.occurrence import flag, reads, times
from cnnparams.engine.site import Site
from cnnparams.errors import LayerError, quote, suggest
from cnnparams.expression import ExpressionError, Value, at
from cnnparams.schema.computed import value_of
from cnnparams.schema.entries import numbered
from cnnparams.schema.keys import INPUT
from cnnparams.schema.slips import CHANNELS, INDEX
from cnnparams.schema.spec import Entry, Reference
from cnnparams.schema.structures import Edges, Entries, Extent


class Known(NamedTuple):
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
        self.known: dict[str, Known] = {}
        self.copies: dict[str, list[Known]] = {}
        self.count: Counter[str] = Counter()
        self.position = 0

    def within(self, context: Context, entries: Entries, *, positions: bool = False) -> Self:
        """Return a list inside of this one, which sees the names here."""
        return type(self)(context, entries, self, positions=positions)

    def apart(self, context: Context, entries: Entries, x: Edges) -> Self:
        """Return the list of a block, which sees no names but `input`, what enters the block."""
        listing = type(self)(context, entries, None)
        listing.known[INPUT] = Known(x, "")
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
            if entry.sources and reads(entry.repeat, CHANNELS):
                scope[CHANNELS] = channels(self._entering(entry, x, {**scope, INDEX: 0}))
            count = times(entry.repeat, scope)
        except LayerError as error:
            self._stop(entry, x, error)
        for index in range(count):
            x = self._place(entry, x, {**scope, INDEX: index})
        return x

    def _place(self, entry: Entry, x: Edges, scope: dict[str, Value]) -> Edges:
        context, entered, name = self.context, x, None
        try:
            context.plan.network.count_parts(entry.characters + (0 if entry.repeat is None else len(scope)))
            if entry.when is not True and not reads(entry.when, CHANNELS) and not flag("when", entry.when, scope):
                context.plan.network.count_entries(1)
                return x
            entered = self._entering(entry, x, scope)
            context.plan.network.count_entries(len(entered))
            scope[CHANNELS] = channels(entered)
            if entry.when is not True and reads(entry.when, CHANNELS) and not flag("when", entry.when, scope):
                return x
            name = self._name(entry)
            path = self._path(name)
            trainable = context.trainable and (entry.trainable is True or flag("trainable", entry.trainable, scope))
            share = (path, self._shared(entry.share, scope)) if entry.share else context.share
            inner = Context(context.plan, scope, path, trainable, share, context.uses, context.depth)
            left = self._wire(entry, inner, x, entered)
        except LayerError as error:
            self._stop(entry, entered, error, name)
        self._note_results(entry, path, left, follows=entered == x)
        known = Known(left, path)
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
        return entry.body.wire(Site(context, self, entry), entered)

    def _entering(self, entry: Entry, x: Edges, scope: dict[str, Value]) -> Edges:
        if not entry.sources:
            return x
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

    def refer(self, reference: Reference, scope: Mapping[str, Value]) -> Known:
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


def _copy(reference: Reference, key: str, copies: list[Known], scope: Mapping[str, Value]) -> Known:
    try:
        index = value_of(reference.index, scope)
        if type(index) is int and not -len(copies) <= index < len(copies):
            fact = f"{reference.name} has no copy {index}: they are numbered 0 to {len(copies) - 1}"
            raise LayerError(f"{key}: {fact}", key, f"the last is {reference.name}[-1]")
        if type(index) is int:
            return copies[index]  # not `at`, for which they would be copied at every use
        found: Known = at(tuple(copies), index)
    except ExpressionError as error:
        raise LayerError(f"{key}: {reference.name}: {error}", key, error.hint) from None
    return found


def channels(x: Edges) -> int:
    """Return what `channels` counts where these tensors enter: those of the first."""
    return channels_of(x[0].shape)
