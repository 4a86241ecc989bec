"""Spec -> Graph: every layer in its place, every shape computed."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from cnnparams.engine.network.builder import EntryResult, GraphBuilder, Remark
from cnnparams.engine.network.context import DEEPEST, Context, NetworkPlan
from cnnparams.engine.network.estimate import Estimate
from cnnparams.engine.network.graph import Graph, Node, Port
from cnnparams.engine.network.listing import EntryOutput, Listing
from cnnparams.engine.network.orientation import oriented
from cnnparams.errors import LayerError, Problem, SpecError, brief, some
from cnnparams.expression import Value
from cnnparams.schema.keys import INPUT
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Entry, Reference, Spec
from cnnparams.schema.structures import Edge, Edges
from cnnparams.schema.variables import values

L = TypeVar("L", bound=Listing)

_FRAMES = 10 * DEEPEST  # of Python, for lists nested as deep as they may be


def build(spec: Spec) -> Graph:
    """Return the network's graph; raise SpecError at the first layer that cannot take its input."""
    return lay_out(spec, Listing)[0]


def lay_out(spec: Spec, kind: type[L]) -> tuple[Graph, L]:
    """Return the network's graph, and its list of entries once laid out; raise SpecError as `build` does."""
    scope = values(spec)
    inputs = ports_in(spec, scope)
    graph, listing = _laid_out(spec, kind, scope, inputs)
    turned = [port for port, before in zip(oriented(graph), inputs, strict=True) if port != before]
    if not turned:
        return graph, listing
    open_ = {port.name: port for port in turned if spec.inputs[port.name].fill(scope).shape is not None}
    if open_:
        graph, listing = _laid_out(spec, kind, scope, tuple(open_.get(port.name, port) for port in inputs))
    remarks = tuple(_misnamed(spec, port) for port in turned if port.name not in open_)
    return graph._replace(remarks=(*graph.remarks, *remarks)), listing


def _misnamed(spec: Spec, port: Port) -> Problem:
    """Return the remark on an image whose channels are not where its spec says."""
    message = "warning: the first layer over images takes a different dimension as the channels than the input declares"
    hint = f"write shape: {list(port.shape.dims)}, and the receptive field is that along the other dimensions"
    return Problem(message, spec.document.place(_path(spec, port.name)), subject=port.name, hint=hint)


def _path(spec: Spec, name: str) -> KeyPath:
    """Return where an input stands."""
    return (INPUT,) if tuple(spec.inputs) == (INPUT,) and INPUT in spec.document.root else ("inputs", name)


def _laid_out(spec: Spec, kind: type[L], scope: Mapping[str, Value], inputs: tuple[Port, ...]) -> tuple[Graph, L]:
    network = GraphBuilder()
    network.inputs = frozenset(port.name for port in inputs)
    edges = {port.name: (Edge(port.source, port.shape),) for port in inputs}
    plan = NetworkPlan(network, scope, spec.blocks, stopper(spec, inputs, network), {})
    listing = kind(Context(plan, dict(scope)), spec.layers, None)
    listing.known.update({name: EntryOutput(edge, name) for name, edge in edges.items()})
    with room_to_nest():
        listing.expect(Estimate(spec.blocks, scope))
        last = listing.run(tuple(edge for (edge,) in edges.values()))
    outputs = tuple(_outputs(spec, listing, last))
    told = (with_place(spec, alike) for alike in _alike(network.remarks.values()))
    remarks = (*spec.remarks, *told, *unread(spec, network, [port.source for port in outputs]))
    name = spec.choice.variant or spec.name
    return Graph(name, inputs, tuple(network.order), outputs, remarks, spec.document), listing


def ports_in(spec: Spec, scope: Mapping[str, Value]) -> tuple[Port, ...]:
    """Return the inputs for these values of the vars; raise SpecError where one has no shape."""
    return tuple(_inputs(spec, scope))


def _inputs(spec: Spec, scope: Mapping[str, Value]) -> Iterator[Port]:
    for name, template in spec.inputs.items():
        path = _path(spec, name)
        try:
            yield Port(name, name, template.fill(scope).to_shape())
        except LayerError as error:
            place = spec.document.place((*path, error.field) if error.field else path)
            raise SpecError([Problem(str(error), place, hint=error.hint)]) from None


def _outputs(spec: Spec, listing: Listing, last: Edges) -> Iterator[Port]:
    named = [reference for reference in spec.outputs if _is_there(reference, spec, listing)]
    if not named:
        yield from (Port(edge.source, *edge) for edge in last)
    for reference in named:
        try:
            found = listing.refer(reference, listing.context.scope)
        except LayerError as error:
            raise SpecError([Problem(str(error), spec.document.place(reference.path), hint=error.hint)]) from None
        yield from (Port(found.path or reference.name, *edge) for edge in found.edges)


def _is_there(reference: Reference, spec: Spec, listing: Listing) -> bool:
    """Tell whether a result was not switched off by its `when`."""
    name = reference.name
    return name not in spec.layers.names or name in listing.known or name in listing.copies


@contextmanager
def room_to_nest() -> Iterator[None]:
    """Let Python call functions as deep as a spec may nest lists, which its own limit falls short of."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + _FRAMES)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


_LAST_SHOWN = 3
_USES_SHOWN = 5
_WIDEST = 80


def stopper(
    spec: Spec, inputs: tuple[Port, ...], network: GraphBuilder
) -> Callable[[Context, Entry, str, Edges, LayerError], NoReturn]:
    """Return what raises the SpecError of an entry, given its context, its name, what enters it and what is wrong."""

    def stop(context: Context, entry: Entry, name: str, x: Edges, error: LayerError) -> NoReturn:
        path = entry.path if error.field is None else (*entry.path, error.field)
        subject = f"{name} ({brief(entry.kind)})" if name else brief(entry.kind)
        notes = (*_why(network, x), *_uses(spec, context), *_so_far(inputs, network))
        raise SpecError([Problem(str(error), spec.document.place(path), subject=subject, hint=error.hint, notes=notes)])

    return stop


def with_place(spec: Spec, remarks: Sequence[Remark]) -> Problem:
    """Return what is remarked on layers alike, at the place of the first."""
    remark, *others = remarks
    more = (f"the same is true of {len(others)} more, such as {others[0].name}",) if others else ()
    return Problem(
        f"warning: {remark.text}",
        spec.document.place(remark.path),
        subject=f"{remark.name} ({remark.type})",
        notes=more,
    )


def _alike(remarks: Iterable[Remark]) -> Iterable[list[Remark]]:
    """Return remarks in groups of which each says the same."""
    groups: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.type, remark.text), []).append(remark)
    return groups.values()


def _why(network: GraphBuilder, x: Edges) -> Iterator[str]:
    """Say where the size of the layer's input comes from, looking through what keeps it (dropout, activations)."""
    source = x[0].source if len(x) == 1 else ""
    while node := network.nodes.get(source):
        if reason := node.layer.provenance(*node.input_shapes):
            yield f"{node.name} gives {reason}"
            return
        if not _keeps_shape(node):
            return
        source = node.inputs[0]


def _keeps_shape(node: Node) -> bool:
    return len(node.inputs) == 1 and node.output_shape.dims == node.input_shapes[0].dims


def _uses(spec: Spec, context: Context) -> Iterator[str]:
    """Yield the lines that used the blocks which the entry is in, innermost first."""
    for block, path in list(reversed(context.uses))[:_USES_SHOWN]:
        place = spec.document.place(path)
        line = f"in line {place.line}: {brief(place.text.strip(), _WIDEST)}"
        yield f"in block {block}, used {line if place.line else f'at {place}'}"
    if len(context.uses) > _USES_SHOWN:
        yield f"and {len(context.uses) - _USES_SHOWN} blocks around it"


def _so_far(inputs: tuple[Port, ...], network: GraphBuilder) -> Iterator[str]:
    last = [(node.name, node.output_shape) for node in network.order[-_LAST_SHOWN:]]
    known = [*((port.name, port.shape) for port in inputs), *last]
    shown = " -> ".join(f"{name} {shape}" for name, shape in known[-_LAST_SHOWN:])
    all_shown = len(inputs) + len(network.order) <= _LAST_SHOWN
    yield f"shapes so far: {shown if all_shown else f'... -> {shown}'}"


_HINT = "name it in the from of a later layer, list it in outputs, or write it as an auxiliary"


def unread(spec: Spec, network: GraphBuilder, outputs: Collection[str]) -> Iterator[Problem]:
    """Yield a remark for each entry of the spec whose result nothing reads, however often it is copied.

    It is that of the outermost entry: of a block, the entry that uses it.
    """
    read = {source for node in network.order for source in node.inputs} | set(outputs)
    found: dict[object, list[EntryResult]] = {}
    for node in network.order:
        result = network.results.get(node.name)
        if result and node.name not in read:
            found.setdefault(result.entry.path, []).append(result)
    yield from (_remark(spec, results) for results in found.values())


def _remark(spec: Spec, results: list[EntryResult]) -> Problem:
    first, *more = results
    fact = "its output is not used, but is counted"
    if more:
        fact = f"the outputs of {some([result.name for result in results])} are not used, but are counted"
    return Problem(
        f"warning: {fact}",
        spec.document.place(first.entry.path),
        subject=f"{first.name} ({brief(first.entry.kind)})",
        hint=_meant(first),
    )


def _meant(result: EntryResult) -> str:
    """Return what was probably meant: of copies that all read the same, a chain."""
    entry = result.entry
    if entry.repeat is None:
        return _HINT
    if not entry.sources:
        return "what is inside does not read the copy before: leave out its from to chain the copies"
    if result.follows:
        return f"every copy reads {_sources(entry)}: leave out from to chain the copies"
    chain = f"{{type: sequence, from: {_sources(entry)}, layers: [...]}}"
    return f"every copy reads {_sources(entry)}: to chain the copies write {chain}, with repeat inside and no from"


def _sources(entry: Entry) -> str:
    names = [source.text for source in entry.sources]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"
