"""The nodes of a model as a person would list them: activations with their layers, nothing that leads nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cnnparams.engine.network.graph import Graph, Node
from cnnparams.sources.assembly import Placeholder


def tidied(graph: Graph) -> Graph:
    """Return the network without layers that count nothing and lead nowhere, activations at the layers before them."""
    outputs = [port.source for port in graph.outputs]
    nodes, sources = _folded(tuple(_needed(graph.nodes, outputs)), outputs)
    ports = [port._replace(source=source) for port, source in zip(graph.outputs, sources, strict=True)]
    return graph._replace(nodes=nodes, outputs=tuple(ports))


def _needed(nodes: Sequence[Node], outputs: Sequence[str]) -> Iterator[Node]:
    used = set(outputs)
    kept = []
    for node in reversed(nodes):
        if node.name in used or _counts(node):
            used.update(node.inputs)
            kept.append(node)
    return reversed(kept)


def _counts(node: Node) -> bool:
    layer, shapes = node.layer, node.input_shapes
    return isinstance(layer, Placeholder) or bool(layer.tensors(*shapes) or layer.macs(*shapes))


def _folded(nodes: Sequence[Node], outputs: Sequence[str]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the nodes with every activation at the layer before it, where nothing else reads that."""
    readers = Counter([name for node in nodes for name in node.inputs] + list(outputs))
    by_name = {node.name: node for node in nodes}
    folds = {
        node.name: node.inputs[0]
        for node in nodes
        if node.layer.is_activation and _takes(by_name.get(node.inputs[0]), readers)
    }
    activations = {source: by_name[name].layer for name, source in folds.items()}
    kept = (
        node._replace(
            activation=activations.get(node.name), inputs=tuple(folds.get(name, name) for name in node.inputs)
        )
        for node in nodes
        if node.name not in folds
    )
    return tuple(kept), tuple(folds.get(name, name) for name in outputs)


def _takes(node: Node | None, readers: Counter[str]) -> bool:
    return node is not None and node.layer.accepts_activation and readers[node.name] == 1
