"""Spec -> Graph: every layer in its place, every shape computed."""

from __future__ import annotations

from typing import NoReturn

from cnnparams.engine.graph import Graph, Node
from cnnparams.errors import LayerError, Problem, SpecError
from cnnparams.layers.base import Layer
from cnnparams.layers.shape import Shape
from cnnparams.schema.spec import INPUT, MOST_ELEMENTS, Entry, Spec

_LAST_SHOWN = 3


def build(spec: Spec) -> Graph:
    """Return the network's graph; raise SpecError at the first layer that cannot take its input."""
    nodes: list[Node] = []
    source, shape = INPUT, spec.input
    for entry in spec.entries:
        try:
            node = _node(entry, source, shape)
        except LayerError as error:
            _stop(spec, nodes, entry, error)
        nodes.append(node)
        source, shape = node.name, node.output_shape
    return Graph(spec.name, spec.input, tuple(nodes), source)


def _node(entry: Entry, source: str, shape: Shape) -> Node:
    layer = entry.layer.resolve(shape)
    output = layer.output_shape(shape)
    if output.size > MOST_ELEMENTS:
        raise LayerError("gives more elements than 64 bits can count", hint="check the sizes and strides so far")
    if entry.activation:
        _check_activation(entry.activation, output)
    return Node(entry.name, layer, entry.activation, entry.trainable, (source,), (shape,), output, entry.path)


def _check_activation(activation: Layer, x: Shape) -> None:
    try:
        activation.resolve(x)
    except LayerError as error:
        raise LayerError(f"{activation.type}: {error}", "activation", error.hint) from None


def _stop(spec: Spec, nodes: list[Node], entry: Entry, error: LayerError) -> NoReturn:
    path = entry.path if error.field is None else (*entry.path, error.field)
    notes = [*_why(nodes), f"known so far: {_so_far(spec, nodes)}"]
    raise SpecError(
        [Problem(str(error), spec.document.place(path), subject=entry.label, hint=error.hint, notes=tuple(notes))]
    )


def _why(nodes: list[Node]) -> list[str]:
    if not nodes:
        return []
    last = nodes[-1]
    reason = last.layer.provenance(*last.input_shapes)
    return [f"{last.name} gives {reason}"] if reason else []


def _so_far(spec: Spec, nodes: list[Node]) -> str:
    known = [(INPUT, spec.input), *((node.name, node.output_shape) for node in nodes)]
    shown = " -> ".join(f"{name} {shape}" for name, shape in known[-_LAST_SHOWN:])
    return shown if len(known) <= _LAST_SHOWN else f"... -> {shown}"
