"""Steps that learn nothing and multiply no matrices, and that no layer says: of these only the result is written."""

from __future__ import annotations

from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.reduce import axes_of

_REDUCES = (
    *("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMin", "ReduceProd", "ReduceSum"),
    "ReduceSumSquare",
)
_ALONG = {"ArgMax": 0, "ArgMin": 0, "CumProd": 0, "Hardmax": -1, "LpNormalization": -1, "TopK": -1}
"""What works along one dimension, and which one that is by default."""


@translates(*_REDUCES)
def reduction(call: NodeContext) -> GraphTensor:
    """Return no layer: sums and norms over some dimensions."""
    axes_of(call, call.tensor())
    raise UnsaidError("reduces dimensions as no layer does")


@translates(*_ALONG)
def along(call: NodeContext) -> GraphTensor:
    """Return no layer: places of values, the largest of them."""
    sample_axis(call.tensor(), call.integer("axis", _ALONG[call.op.kind]))
    raise UnsaidError("works along a dimension as no layer does")
