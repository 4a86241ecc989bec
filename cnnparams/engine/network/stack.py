"""Graph -> the spec of the same network as a plain list of layers: blocks, repeats and expressions worked out."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cnnparams.engine.network.graph import Graph, Node
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.folding import BATCH_DIMS, unfolded
from cnnparams.layers.contract.given import WEIGHT, Given
from cnnparams.layers.contract.settings import one_for_all, per_axis
from cnnparams.layers.contract.shape import AXES, Shape
from cnnparams.schema.budget import BUDGET
from cnnparams.schema.keys import INPUT

Plain = dict[str, Any]
"""What YAML holds: names for values, lists and mappings of them."""

NO_BUDGET: Mapping[str, float] = MappingProxyType({})


def stack(graph: Graph, budget: Mapping[str, float] = NO_BUDGET) -> Plain:
    """Return a spec that gives the same graph, its layers named by their paths, and that has this budget."""
    single = len(graph.inputs) == 1 and graph.inputs[0].name == INPUT
    inputs = {port.name: _input(port.shape) for port in graph.inputs}
    given = {INPUT: inputs[INPUT]} if single else {"inputs": inputs}
    layers = list(_entries(graph)) or [{"type": "identity", "from": graph.inputs[0].source}]
    sources = [port.source for port in graph.outputs]
    outputs = {} if graph.nodes and sources == [graph.nodes[-1].name] else {"outputs": sources}
    return {"name": graph.name, **given, **({BUDGET: dict(budget)} if budget else {}), "layers": layers, **outputs}


def _entries(graph: Graph) -> Iterator[Plain]:
    before = tuple(port.source for port in graph.inputs)
    for node in graph.nodes:
        yield _entry(node, before)
        before = (node.name,)


def _entry(node: Node, before: tuple[str, ...]) -> Plain:
    entry: Plain = {"type": node.layer.type, "name": node.name}
    inputs = node.inputs[:-1] if isinstance(node.layer, Given) else node.inputs
    if inputs and inputs != before:
        entry["from"] = inputs[0] if len(inputs) == 1 else list(inputs)
    layer, shapes, folded = unfolded(node.layer, node.input_shapes)
    if isinstance(layer, Given):
        entry[WEIGHT], shapes, layer = node.inputs[-1], layer.inside(*shapes), layer.inner
    if folded:
        entry[BATCH_DIMS] = folded
    follow = set(inferred_settings(layer, shapes))
    entry |= _settings(layer, follow) if node.shares is None else _every_setting(layer)
    if node.activation:
        settings = _settings(node.activation, set())
        entry["activation"] = {"type": node.activation.type, **settings} if settings else node.activation.type
    if node.shares:
        entry["share"] = node.shares
    if not node.trainable:
        entry["trainable"] = False
    return {**entry, "dtype": node.dtype} if node.dtype else entry


def _every_setting(layer: Layer) -> Plain:
    """Return the settings of a layer that shares another's tensors: what is left out would be the other's."""
    settings = {name: value for name, value in layer.model_dump().items() if value is not None}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def _settings(layer: Layer, follow: set[str]) -> Plain:
    """Return the settings that are neither the default nor decided by the input."""
    axes = per_axis(type(layer))
    chosen = layer.model_dump(exclude_defaults=True, exclude=follow)
    brief = {name: one_for_all(value) if name in axes else value for name, value in chosen.items()}
    defaults = {name: field.default for name, field in type(layer).model_fields.items()}
    plain = {name: value for name, value in brief.items() if value != defaults[name] or name not in axes}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def _input(shape: Shape) -> Plain:
    names = ("channels", *AXES.get(len(shape.dims) - 1, ()))
    if shape.channel_axis == 0 and len(names) == len(shape.dims):
        return dict(zip(names, shape.dims, strict=True))
    return {"features": shape.dims[0]} if len(shape.dims) == 1 else {"shape": list(shape.dims)}


def inferred_settings(layer: Layer, inputs: Sequence[Shape]) -> Iterator[str]:
    """Yield the settings that have the value which the input decides, or other settings do, where they are left out."""
    found = layer.inferred(*inputs)
    unwritten = layer.model_copy(update=dict.fromkeys(found)).inferred(*inputs) if found else {}
    yield from (name for name in found if unwritten[name] == getattr(layer, name))
