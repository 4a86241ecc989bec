"""Graph -> Explanation: how each number of a layer comes about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cnnparams.engine.graph import Graph
from cnnparams.layers.base import Derivation
from cnnparams.layers.shape import Shape


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """The derivation of one layer's numbers, between the shapes that enter and the shape that leaves."""

    name: str
    type: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Explanation:
    """The derivations of a network's layers, in execution order."""

    name: str
    layers: tuple[LayerExplanation, ...]


def explain(graph: Graph, names: Collection[str] = ()) -> Explanation:
    """Explain the layers of the given names, or all of them; raise KeyError for a name that is no layer's."""
    nodes = {node.name: node for node in graph.nodes}
    chosen = [node for node in graph.nodes if node.name in names] if names else graph.nodes
    for name in names:
        nodes[name]
    layers = (
        LayerExplanation(node.name, node.layer.type, node.input_shapes, node.output_shape, node.layer.derivation(*node.input_shapes))
        for node in chosen
    )
    return Explanation(graph.name, tuple(layers))
