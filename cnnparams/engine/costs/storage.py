"""The bytes of parameters and of buffers, by dtype. BatchNorm's count of batches is a 64-bit integer in any dtype."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import by_node, same
from cnnparams.engine.network.graph import Node
from cnnparams.engine.setting import Setting

AT_OTHER_SIZES = same
COLUMNS = (
    Column("weights", "Weights", Kind.BYTES, "weight_bytes", fold=sum, aliases=("weight-size",)),
    Column("buffer-size", "Buffer size", Kind.BYTES, "buffer_bytes", fold=sum),
)
TOTALS = (
    Total("weight_bytes", "Weights", Kind.BYTES, short="Size", word="weights", column="weights"),
    Total("buffer_bytes", "Buffer size", Kind.BYTES, optional=True, word="buffer-size", column="buffer-size"),
)


def _bytes(node: Node, setting: Setting) -> tuple[int, int]:
    """Return the bytes that a node holds; tensors that are another's are counted there."""
    tensors = node.layer.tensors(*node.input_shapes) if node.shares is None else ()
    itemsize = setting.itemsize(node.dtype)
    sizes = [(tensor.learned, tensor.size * (tensor.itemsize or itemsize)) for tensor in tensors]
    return sum(size for learned, size in sizes if learned), sum(size for learned, size in sizes if not learned)


measure = by_node(COLUMNS, TOTALS, _bytes)
