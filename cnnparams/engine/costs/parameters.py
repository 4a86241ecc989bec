"""Parameters and buffers. Buffers are no parameters; trainable and frozen ones add up to the total."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured, same
from cnnparams.engine.network.graph import Graph, Node, of_each
from cnnparams.engine.setting import Setting

ALWAYS = True
NEEDS = None
BYTES_FLOAT32 = 4
AT_OTHER_SIZES = same
COLUMNS = (
    Column("params", "Parameters", Kind.COUNT, "params", default=True, fold=sum),
    Column("share", "Share", Kind.SHARE, "share", fold=sum),
    Column("trainable", "Trainable", Kind.COUNT, "trainable_params", fold=sum),
    Column("frozen", "Frozen", Kind.COUNT, "frozen_params", fold=sum),
    Column("buffers", "Buffers", Kind.COUNT, "buffers", fold=sum),
)
TOTALS = (
    Total("total_params", "Total parameters", Kind.COUNT, short="Parameters", word="params", column="params"),
    Total("trainable_params", "Trainable", Kind.COUNT, word="trainable", column="trainable"),
    Total("frozen_params", "Frozen", Kind.COUNT, word="frozen", column="frozen"),
    Total("buffers", "Buffers", Kind.COUNT, optional=True, word="buffers", column="buffers"),
    Total("float32_bytes", "Size in float32", Kind.BYTES),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the elements of the tensors that each node holds; equal layers at equal shapes are worked out once."""
    elements = zip(graph.nodes, of_each(graph, _elements), strict=True)
    held = [(0, 0) if node.shares is not None else own for node, own in elements]  # another's are counted there
    total = sum(params for params, _ in held)
    rows = [_row(node, *own, total) for node, own in zip(graph.nodes, held, strict=True)]
    trainable, frozen, buffers = (sum(row[i] for row in rows) for i in (2, 3, 4))
    return Measured(rows, (total, trainable, frozen, buffers, total * BYTES_FLOAT32))


def _elements(node: Node) -> tuple[int, int]:
    tensors = node.layer.tensors(*node.input_shapes)
    params = sum(tensor.size for tensor in tensors if tensor.learned)
    return params, sum(tensor.size for tensor in tensors) - params


def _row(node: Node, params: int, buffers: int, total: int) -> tuple[float, ...]:
    trainable = params if node.trainable else 0
    return params, params / total if total else 0.0, trainable, params - trainable, buffers
