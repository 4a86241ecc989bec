"""Spec -> the text of a Python module."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnparams.engine.network.build import room_to_nest
from cnnparams.engine.network.graph import Graph, Node, batchless, channels_of, met_once
from cnnparams.engine.network.trace import Traced, TracedEntry, trace
from cnnparams.engine.reports.measure import measure
from cnnparams.errors import CnnparamsError, LayerError, Problem, some
from cnnparams.expression import Value
from cnnparams.schema.bodies import BlockCall
from cnnparams.schema.expression_hints import INDEX
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Block, Spec
from cnnparams.schema.structures import Edges
from cnnparams.targets.code import frames
from cnnparams.targets.code.classes import ClassCode, SharedByClasses
from cnnparams.targets.code.frames import Frame, FrameKey, FrameStep
from cnnparams.targets.code.holes import ConflictError
from cnnparams.targets.code.page import page
from cnnparams.targets.code.sharing import learning, sharing
from cnnparams.targets.code.splitting import classes
from cnnparams.targets.code.straight import inline
from cnnparams.targets.code.written import NameView, Written

Conditions = tuple[Written, ...]
_MERGE = 1_000_000
"""Stands behind every list of a structure."""


def framed(graph: Graph, listing: Traced, blocks: Mapping[str, Block]) -> Frame:
    """Return the frame of the whole network."""
    framer = _Framer({node.name: _writable(node) for node in graph.nodes}, blocks, batchless(graph.nodes))
    return frames.whole(graph, listing, framer.ops(listing, (), "", {}, ()))


def _writable(node: Node) -> Node:
    """Return a node; raise CnnparamsError where its layer cannot be written."""
    try:
        node.layer.spelling(*node.input_shapes)
    except LayerError as error:
        raise CnnparamsError(f"{node.name}: {error}", error.hint) from None
    return node


class _Framer:
    def __init__(self, nodes: Mapping[str, Node], blocks: Mapping[str, Block], once: Collection[str]) -> None:
        self.nodes = nodes
        self.blocks = blocks
        self.once = once

    def ops(
        self, listing: Traced, key: FrameKey, under: str, view: NameView, conditions: Conditions
    ) -> Iterator[FrameStep]:
        """Yield the steps of a list whose names are directly under a name."""
        for step in listing.steps:
            copy = step.scope[INDEX] if step.entry.repeat is not None else 0
            at, met = (*key, int(step.entry.path[-1]), copy), (*conditions, *_when(step, view))
            if listing.entries.alone:
                yield from self._dissolved(step, at, under, view, met)
            elif step.lists:
                inside = self._module(step, view)
                yield from self._holding(inside, step, at, under, view, (*met, *self._conditions(step, view)))
            else:
                node = self.nodes[step.path]
                name, once = _below(node.name, under), met_once(node, self.once)
                yield FrameStep(at, name, step, view, met, node, None, node.inputs, (node.name,), once)

    def _dissolved(
        self, step: TracedEntry, key: FrameKey, under: str, view: NameView, conditions: Conditions
    ) -> Iterator[FrameStep]:
        """Yield what is inside of a block or a structure that has the name of its list."""
        inner = self._inner(step, view)
        for i, listing in enumerate(step.lists):
            if listing.path == under:
                yield from self.ops(listing, (*key, i), under, inner, conditions)
            elif listing.steps:
                met = (*conditions, *self._sole(listing, inner))
                yield from self._holding(self._branch(listing, step, i, inner), step, (*key, i, 0), under, inner, met)
        merge = self.nodes.get(step.left[0].source)
        if merge and merge.path == step.entry.path:
            key, name = (*key, _MERGE), _below(merge.name, under)
            once = met_once(merge, self.once)
            yield FrameStep(key, name, step, view, conditions, merge, None, merge.inputs, (merge.name,), once)

    def _holding(
        self, inside: Frame, step: TracedEntry, key: FrameKey, under: str, view: NameView, conditions: Conditions
    ) -> Iterator[FrameStep]:
        if inside.ops:
            name = _below(inside.path, under)
            yield FrameStep(key, name, step, view, conditions, None, inside, inside.inputs, inside.outputs)

    def _module(self, step: TracedEntry, view: NameView) -> Frame:
        """Return the frame of a block or a structure with a name of its own."""
        found = self._whole(step, view)
        if found:
            return self._use(*found)
        ops, title = self._dissolved(step, (), step.path, view, ()), step.entry.name or step.entry.kind
        return _frame(step.path, title, None, step.entry.path, view, step.scope, ops, step.entered, step.left)

    def _branch(self, listing: Traced, step: TracedEntry, number: int, view: NameView) -> Frame:
        """Return the frame of a list that has a name of its own: a branch, or a shortcut."""
        found = self._whole(listing.steps[0], view) if listing.entries.alone else None
        if found:
            return self._use(*found)
        ops, where = self.ops(listing, (), listing.path, view, ()), (*step.entry.path, number)
        title = listing.path.rpartition(".")[2]
        return _frame(listing.path, title, None, where, view, step.scope, ops, listing.entered, listing.left)

    def _use(self, step: TracedEntry, view: NameView) -> Frame:
        """Return the frame of a use of a block."""
        (listing,) = step.lists
        inner = self._inner(step, view)
        ops = self.ops(listing, (), step.path, inner, ())
        title, scope = listing.block, listing.context.scope
        return _frame(step.path, title, title, (), inner, scope, ops, step.entered, step.left)

    def _whole(self, step: TracedEntry, view: NameView) -> tuple[TracedEntry, NameView] | None:
        """Return the use of a block that is all there is inside of a step, or the step itself; with its view."""
        listing = step.lists[0] if len(step.lists) == 1 else None
        if listing and listing.path == step.path and listing.entries.alone and listing.steps:
            found = self._whole(listing.steps[0], self._inner(step, view))
            if found:
                return found
        return (step, view) if isinstance(step.entry.body, BlockCall) else None

    def _conditions(self, step: TracedEntry, view: NameView) -> Iterator[Written]:
        """Yield the conditions of what is alone inside of a step: without it there is nothing."""
        if len(step.lists) == 1:
            yield from self._sole(step.lists[0], self._inner(step, view))

    def _sole(self, listing: Traced, view: NameView) -> Iterator[Written]:
        if len(listing.steps) == 1:
            yield from _when(listing.steps[0], view)
            yield from self._conditions(listing.steps[0], view)

    def _inner(self, step: TracedEntry, view: NameView) -> NameView:
        """Return the view inside of a step: a block sees its params and no others."""
        body = step.entry.body
        if not isinstance(body, BlockCall):
            return view
        (listing,), given, source = step.lists, dict(body.args), step.source
        inner: dict[str, Written] = {}
        for param, default in self.blocks[listing.block].params.items():
            here = Written(default, listing.context.scope, inner, source)
            inner[param] = Written(given[param], step.scope, view, source) if param in given else here
        return inner


def _frame(
    path: str,
    title: str,
    block: str | None,
    where: KeyPath,
    view: NameView,
    scope: Mapping[str, Value],
    ops: Iterable[FrameStep],
    entered: Edges,
    left: Edges,
) -> Frame:
    outputs = tuple(dict.fromkeys(edge.source for edge in left))
    kept = frames.needed_steps(tuple(ops), outputs)
    inputs = frames.inputs(kept, (edge.source for edge in entered), outputs)
    return Frame(path, title, block, where, view, scope, kept, inputs, outputs, dict(frames.names(kept)))


def _when(step: TracedEntry, view: NameView) -> Iterator[Written]:
    if step.entry.when is not True:
        yield Written(step.entry.when, step.scope, view, step.source)


def _below(name: str, under: str) -> str:
    """Return the rest of a name inside of another."""
    return name[len(under) + 1 :] if under else name


def flattened(graph: Graph, listing: Traced) -> Frame:
    """Return the frame of the whole network, without any inside of it: layers are called by their whole names."""
    nodes = {node.name: node for node in graph.nodes}
    steps, once = dict(_steps(listing, nodes)), batchless(graph.nodes)
    ops = [
        FrameStep(
            (i, 0), node.name, steps[node.name], {}, (), node, None, node.inputs, (node.name,), met_once(node, once)
        )
        for i, node in enumerate(graph.nodes)
    ]
    return frames.whole(graph, listing, ops)


def _steps(listing: Traced, nodes: Mapping[str, Node]) -> Iterator[tuple[str, TracedEntry]]:
    """Yield layers with the steps that put them there: their own, or the structures that they join the parts of."""
    for step in listing.steps:
        for inner in step.lists:
            yield from _steps(inner, nodes)
        name = step.left[0].source if step.lists else step.path
        if name in nodes and nodes[name].path == step.entry.path:
            yield name, step


def export(spec: Spec) -> str:
    """Return the network as a Python module; raise SpecError where the spec gives no network."""
    graph, listing = trace(spec)
    with room_to_nest():
        try:
            found = _written(graph, framed(graph, listing, spec.blocks), spec.blocks)
        except ConflictError:  # no classes can be made of its blocks: then of all layers one
            found = _written(graph, flattened(graph, listing), spec.blocks)
    return page(measure(graph), found, _description(spec.document.root), _notes(spec.document.root))


def remarks(graph: Graph) -> tuple[Problem, ...]:
    """Return what the code of a network does not say."""
    said = [f"{node.name} {node.dtype}" for node in graph.nodes if node.dtype]
    if not said:
        return ()
    # A module in another dtype than its input does not run unless every input is converted.
    fact = f"warning: the code has PyTorch's default dtype throughout, not that of layers which say one: {some(said)}"
    return (Problem(fact, source=graph.document.source.name if graph.document else graph.name),)


def _written(graph: Graph, top: Frame, blocks: Mapping[str, Block]) -> list[ClassCode]:
    frames, tied = [*_all(top)], sharing(top)
    shared = SharedByClasses(_channels(graph), blocks, inline(frames, tied), learning(top), tied)
    return [*_classes(shared, frames)]


def _description(written: Any) -> str:
    return str(written.get("description") or "") if isinstance(written, dict) else ""


def _notes(root: Any) -> dict[str, str]:
    """Return what the spec says of its blocks."""
    notes = {name: _description(block) for name, block in (root.get("blocks") or {}).items()}
    return {name: note for name, note in notes.items() if note}


def _all(frame: Frame) -> Iterator[Frame]:
    """Yield frames, those inside of others before them."""
    for op in frame.ops:
        if op.frame:
            yield from _all(op.frame)
    yield frame


def _channels(graph: Graph) -> dict[str, int]:
    entered = {port.source: channels_of(port.shape) for port in graph.inputs}
    return entered | {node.name: channels_of(node.output_shape) for node in graph.nodes}


def _classes(shared: SharedByClasses, frames: Sequence[Frame]) -> Iterator[ClassCode]:
    """Yield the classes of all frames, those that others make before them."""
    kinds: dict[object, list[Frame]] = {}
    for frame in frames:
        if frame.kind not in shared.inline:
            kinds.setdefault(frame.kind, []).append(frame)
    done: set[object] = set()

    def of(kind: object) -> Iterator[ClassCode]:
        done.add(kind)
        for inner in (inner for frame in kinds[kind] for inner in _made_in(frame, shared)):
            if inner.kind not in done:
                yield from of(inner.kind)
        yield from classes(shared, kinds[kind])

    yield from of(frames[-1].kind)


def _made_in(frame: Frame, shared: SharedByClasses) -> Iterator[Frame]:
    """Yield the frames that are made in the class of a frame."""
    for op in frame.ops:
        if op.frame and op.frame.kind in shared.inline:
            yield from _made_in(op.frame, shared)
        elif op.frame:
            yield op.frame
