"""The bytes of parameters and of buffers, by dtype. BatchNorm's count of batches is a 64-bit integer in any dtype."""

from __future__ import annotations

from cnnparams.engine.costs import Measured
from cnnparams.engine.graph import Graph, Node
from cnnparams.engine.quantity import Column, Kind, Total
from cnnparams.engine.setting import Setting
from cnnparams.layers.shape import Shape

ORDER = 25
ALWAYS = False
COLUMNS = (
    Column("weight_size", "Weights", Kind.BYTES, "weight_bytes", fold=sum),
    Column("buffer_size", "Buffer size", Kind.BYTES, "buffer_bytes", fold=sum),
)
TOTALS = (
    Total("weight_bytes", "Weights", Kind.BYTES, budget="weights"),
    Total("buffer_bytes", "Buffer size", Kind.BYTES, optional=True),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the bytes that each node holds; tensors that are another's are counted there."""
    known: dict[tuple[int, tuple[Shape, ...]], tuple[int, int]] = {}
    rows = [_held(node, setting.itemsize, known) for node in graph.nodes]
    return Measured(rows, (sum(row[0] for row in rows), sum(row[1] for row in rows)))


def _held(node: Node, itemsize: int, known: dict[tuple[int, tuple[Shape, ...]], tuple[int, int]]) -> tuple[int, int]:
    if node.shares is not None:
        return (0, 0)
    key = (id(node.layer), node.input_shapes)
    return known.get(key) or known.setdefault(key, _bytes(node, itemsize))


def _bytes(node: Node, itemsize: int) -> tuple[int, int]:
    tensors = node.layer.tensors(*node.input_shapes)
    sizes = [(tensor.learned, tensor.size * (tensor.itemsize or itemsize)) for tensor in tensors]
    return sum(size for learned, size in sizes if learned), sum(size for learned, size in sizes if not learned)
