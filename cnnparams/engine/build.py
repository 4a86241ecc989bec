"""Spec -> Graph: every layer in its place, every shape computed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from cnnparams.engine.context import DEEPEST, Context, Plan
from cnnparams.engine.estimate import Estimate
from cnnparams.engine.graph import Graph, Port
from cnnparams.engine.listing import Known, Listing
from cnnparams.engine.network import Network
from cnnparams.engine.orientation import oriented
from cnnparams.engine.quantity import Limit
from cnnparams.engine.trouble import placed, stopper
from cnnparams.engine.unread import unread
from cnnparams.errors import LayerError, Problem, SpecError
from cnnparams.expression import Value
from cnnparams.schema.keys import INPUT
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Reference, Spec
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
    message = "remark: the first layer over images takes another dimension for the channels than the input says"
    hint = f"write shape: {list(port.shape.dims)}, and the receptive field is that along the other dimensions"
    return Problem(message, spec.document.place(_path(spec, port.name)), subject=port.name, hint=hint)


def _path(spec: Spec, name: str) -> KeyPath:
    """Return where an input stands."""
    return (INPUT,) if tuple(spec.inputs) == (INPUT,) and INPUT in spec.document.root else ("inputs", name)


def _laid_out(spec: Spec, kind: type[L], scope: Mapping[str, Value], inputs: tuple[Port, ...]) -> tuple[Graph, L]:
    network, budget = Network(), _budget(spec, scope)
    network.inputs = frozenset(port.name for port in inputs)
    edges = {port.name: (Edge(port.source, port.shape),) for port in inputs}
    plan = Plan(network, scope, spec.blocks, stopper(spec, inputs, network), {})
    listing = kind(Context(plan, dict(scope)), spec.layers, None)
    listing.known.update({name: Known(edge, name) for name, edge in edges.items()})
    with room_to_nest():
        listing.expect(Estimate(spec.blocks, scope))
        last = listing.run(tuple(edge for (edge,) in edges.values()))
    outputs = tuple(_outputs(spec, listing, last))
    told = (placed(spec, remark) for remark in network.remarks.values())
    remarks = (*spec.remarks, *told, *unread(spec, network, [port.source for port in outputs]))
    name = spec.choice.variant or spec.name
    return Graph(name, inputs, tuple(network.order), outputs, remarks, budget, spec.document), listing


def _budget(spec: Spec, scope: Mapping[str, Value]) -> tuple[Limit, ...]:
    if not spec.budget:
        return ()
    from cnnparams.engine.budget import limits  # it needs every kind of cost, and few specs need it

    return limits(spec, scope)


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
