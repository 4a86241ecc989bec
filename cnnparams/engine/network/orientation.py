"""Which dimension of an input holds the channels, where a spec only gives its dimensions.

`input: {shape: [160, 160, 3]}` does not say it. The layers do: one over images takes the first dimension that enters it
for the channels, and what lies between, such as a permute, tells which dimension of the input that is.
"""

from cnnparams.engine.network.graph import Graph, Port
from cnnparams.layers.contract.reach import UNKNOWN, Reaches
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import ImageLayer

_LEAST = 3
"""Dimensions of what counts as an image; of two, tokens x features cannot be told from a signal."""

DimOrigins = tuple[int | None, ...]
"""For each dimension of a tensor the dimension of the input that it is; None where it is none of them."""


def oriented(graph: Graph) -> tuple[Port, ...]:
    """Return the inputs, those that are images with the channels where the first layer over images has them."""
    return tuple(_oriented(graph, port) for port in graph.inputs)


def _oriented(graph: Graph, port: Port) -> Port:
    dims = port.shape.dims
    axis = _channels(graph, port.source, len(dims)) if len(dims) >= _LEAST else None
    return port if axis is None else port._replace(shape=Shape(dims, axis))


def _channels(graph: Graph, source: str, rank: int) -> int | None:
    """Return the dimension of an input that the first layer over images has as its channels; None where none is."""
    known: dict[str, DimOrigins] = {source: tuple(range(rank))}
    for node in graph.nodes:
        reads = [(i, known[name]) for i, name in enumerate(node.inputs) if name in known]
        if reads and isinstance(node.layer, ImageLayer):
            left = set(range(rank)).difference(reads[0][1][1:])
            return left.pop() if len(left) == 1 else None
        if reads:
            i, origin = reads[0]
            known[node.name] = _through(origin, node.layer.reach(*node.input_shapes)[i], len(node.output_shape.dims))
    return None


def _through(origin: DimOrigins, reaches: Reaches, rank: int) -> DimOrigins:
    """Return where the dimensions of a layer's output come from."""
    if reaches == UNKNOWN:
        return (None,) * rank
    moved = {reach.dims[0]: dim for dim, reach in zip(origin, reaches, strict=True) if len(reach.dims) == 1}
    return tuple(moved.get(at) for at in range(rank))
