"""The bytes of parameters and of buffers, by dtype. BatchNorm's count of batches is a 64-bit integer in any dtype."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured, same
from cnnparams.engine.network.graph import Graph, Node, of_each
from cnnparams.engine.setting import Setting

ALWAYS = False
NEEDS = None
AT_OTHER_SIZES = same
COLUMNS = (
    Column("weight_size", "Weights", Kind.BYTES, "weight_bytes", fold=sum),
    Column("buffer_size", "Buffer size", Kind.BYTES, "buffer_bytes", fold=sum),
)
TOTALS = (
    Total("weight_bytes", "Weights", Kind.BYTES, short="Size", word="weights", column="weight_size"),
    Total("buffer_bytes", "Buffer size", Kind.BYTES, optional=True, word="buffer-size", column="buffer_size"),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the bytes that each node holds; tensors that are another's are counted there."""
    sizes = zip(graph.nodes, of_each(graph, lambda node: _bytes(node, setting.itemsize(node.dtype))), strict=True)
    rows = [(0, 0) if node.shares is not None else own for node, own in sizes]
    return Measured(rows, (sum(row[0] for row in rows), sum(row[1] for row in rows)))


def _bytes(node: Node, itemsize: int) -> tuple[int, int]:
    tensors = node.layer.tensors(*node.input_shapes)
    sizes = [(tensor.learned, tensor.size * (tensor.itemsize or itemsize)) for tensor in tensors]
    return sum(size for learned, size in sizes if learned), sum(size for learned, size in sizes if not learned)
