"""Spec -> Graph: every layer in its place, every shape computed."""

from __future__ import annotations

from typing import NoReturn

from cnnparams.engine.graph import Graph, Node
from cnnparams.errors import LayerError, Problem, SpecError
from cnnparams.layers.base import Layer
from cnnparams.layers.shape import MOST_ELEMENTS, Shape
from cnnparams.schema.spec import INPUT, Entry, Spec

_LAST_SHOWN = 3


def build(spec: Spec) -> Graph:
    """Return the network's graph; raise SpecError at the first layer that cannot take its input."""
    nodes: dict[str, Node] = {}
    remarks: list[Problem] = []
    source, shape = INPUT, spec.input
    for entry in spec.entries:
        try:
            node = _node(entry, source, shape)
        except LayerError as error:
            _stop(spec, nodes, entry, source, error)
        if remark := node.layer.remark(*node.input_shapes):
            remarks.append(Problem(f"remark: {remark}", spec.document.place(entry.path), subject=entry.label))
        nodes[node.name] = node
        source, shape = node.name, node.output_shape
    return Graph(spec.name, spec.input, tuple(nodes.values()), source, tuple(remarks))


def _node(entry: Entry, source: str, shape: Shape) -> Node:
    layer = entry.layer.resolve(shape)
    shape = layer.reads(shape)
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


def _stop(spec: Spec, nodes: dict[str, Node], entry: Entry, source: str, error: LayerError) -> NoReturn:
    path = entry.path if error.field is None else (*entry.path, error.field)
    notes = [*_why(nodes, source), f"known so far: {_so_far(spec, nodes)}"]
    place = spec.document.place(path)
    raise SpecError([Problem(str(error), place, subject=entry.label, hint=error.hint, notes=tuple(notes))])


def _why(nodes: dict[str, Node], source: str) -> list[str]:
    """Say where the size of the layer's input comes from, looking through what keeps it (dropout, activations)."""
    while node := nodes.get(source):
        if reason := node.layer.provenance(*node.input_shapes):
            return [f"{node.name} gives {reason}"]
        if node.output_shape.dims != node.input_shapes[0].dims:
            return []
        source = node.inputs[0]
    return []


def _so_far(spec: Spec, nodes: dict[str, Node]) -> str:
    known = [(INPUT, spec.input), *((node.name, node.output_shape) for node in nodes.values())]
    shown = " -> ".join(f"{name} {shape}" for name, shape in known[-_LAST_SHOWN:])
    return shown if len(known) <= _LAST_SHOWN else f"... -> {shown}"
