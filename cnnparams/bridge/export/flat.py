"""Trace -> one frame with every layer in it: what can be written of any network, if need be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnnparams.bridge.export import frames
from cnnparams.bridge.export.frames import Frame, Op
from cnnparams.engine.graph import Graph, Node
from cnnparams.engine.trace import Step, Traced


def flattened(graph: Graph, listing: Traced) -> Frame:
    """Return the frame of the whole network, without any inside of it: layers are called by their whole names."""
    nodes = {node.name: node for node in graph.nodes}
    steps = dict(_steps(listing, nodes))
    ops = [
        Op((i, 0), node.name, steps[node.name], {}, (), node, None, node.inputs, (node.name,))
        for i, node in enumerate(graph.nodes)
    ]
    return frames.whole(graph, listing, ops)


def _steps(listing: Traced, nodes: Mapping[str, Node]) -> Iterator[tuple[str, Step]]:
    """Yield layers with the steps that put them there: their own, or the structures that they join the parts of."""
    for step in listing.steps:
        for inner in step.lists:
            yield from _steps(inner, nodes)
        name = step.left[0].source if step.lists else step.path
        if name in nodes and nodes[name].path == step.entry.path:
            yield name, step
