"""Graph -> Explanation: how each number of a layer comes about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cnnparams.engine.network.graph import Graph, Node, is_within
from cnnparams.engine.reports.report import UnknownLayerError
from cnnparams.engine.shown import Shown
from cnnparams.layers.contract.base import BUFFERS, MACS, PARAMETERS, Derivation, Step
from cnnparams.layers.contract.shape import Shape

__all__ = ["Derivation", "Explanation", "LayerExplanation", "Step", "explain"]


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """The derivation of one layer's numbers, between the shapes that enter and the shape that leaves.

    `origin` is where it stood in the model that the network was read from.
    """

    name: str
    type: str
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    legend: str
    derivation: Derivation
    origin: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(Shown):
    """The derivations of a network's layers, in execution order, and of its totals where all layers are there."""

    name: str
    layers: tuple[LayerExplanation, ...]
    totals: Derivation


def explain(graph: Graph, names: Collection[str] = ()) -> Explanation:
    """Explain the layers of the given names, and those inside of what has one of them; or the whole network.

    Raise UnknownLayerError for another name.
    """
    known = [node.name for node in graph.nodes]
    for name in names:
        if not any(is_within(layer, name) for layer in known):
            raise UnknownLayerError(graph.name, name, known)
    layers = tuple(
        _layer(node, graph) for node in graph.nodes if not names or any(is_within(node.name, name) for name in names)
    )
    totals = () if names else tuple(_total(quantity, layers) for quantity in (PARAMETERS, MACS))
    return Explanation(graph.name, layers, Derivation({}, totals))


def _layer(node: Node, graph: Graph) -> LayerExplanation:
    derivation = node.layer.derivation(*node.input_shapes)
    if node.shares is not None:
        derivation = derivation._replace(steps=tuple(_without_own(node, derivation.steps)))
    shapes = node.input_shapes, node.output_shape
    origin = graph.document.origins.get(node.path[:2], "") if graph.document else ""
    return LayerExplanation(node.name, node.layer.type, *shapes, node.layer.legend, derivation, origin)


def _without_own(node: Node, steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps of a layer whose tensors are another's: they are counted there."""
    held = {tensor.name for tensor in node.layer.tensors(*node.input_shapes)}
    for step in steps:
        if step.quantity == PARAMETERS:
            yield step._replace(formula="0", result=0, note=f"its tensors are those of {node.shares}")
        elif step.quantity not in (*held, BUFFERS):
            yield step


def _total(quantity: str, layers: tuple[LayerExplanation, ...]) -> Step:
    found = (step.result for layer in layers for step in layer.derivation.steps if step.quantity == quantity)
    results = [result for result in found if result]
    return Step(f"total {quantity}", "total", " + ".join(map(str, results)) or "0", sum(results))
