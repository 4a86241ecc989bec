"""Parameters and buffers. Buffers are no parameters; trainable and frozen ones add up to the total."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import by_node, same
from cnnparams.engine.network.graph import Node
from cnnparams.engine.setting import Setting

BYTES_FLOAT32 = 4
AT_OTHER_SIZES = same
COLUMNS = (
    Column("params", "Parameters", Kind.COUNT, "params", default=True, fold=sum),
    Column("share", "Share", Kind.SHARE, "share", fold=sum, part_of="params"),
    Column("trainable", "Trainable", Kind.COUNT, "trainable_params", fold=sum),
    Column("frozen", "Frozen", Kind.COUNT, "frozen_params", fold=sum),
    Column("buffers", "Buffers", Kind.COUNT, "buffers", fold=sum),
)
TOTALS = (
    Total("total_params", "Total parameters", Kind.COUNT, short="Parameters", word="params", column="params"),
    Total("trainable_params", "Trainable", Kind.COUNT, word="trainable", column="trainable"),
    Total("frozen_params", "Frozen", Kind.COUNT, word="frozen", column="frozen"),
    Total("buffers", "Buffers", Kind.COUNT, optional=True, word="buffers", column="buffers"),
    Total(
        "float32_bytes",
        "Size in float32",
        Kind.BYTES,
        derived=lambda folded: folded["params"] * BYTES_FLOAT32,
    ),
)


def _elements(node: Node, setting: Setting) -> tuple[int, ...]:
    """Return the elements of the tensors that a node holds; those that are another's are counted there."""
    tensors = node.layer.tensors(*node.input_shapes) if node.shares is None else ()
    params = sum(tensor.size for tensor in tensors if tensor.learned)
    trainable = params if node.trainable else 0
    return params, trainable, params - trainable, sum(tensor.size for tensor in tensors) - params


measure = by_node(COLUMNS, TOTALS, _elements)
