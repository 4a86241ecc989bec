"""Steps that learn nothing and multiply no matrices, and that no layer says: of these only the result is written."""

from __future__ import annotations

from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.ops import translates

_ALONG = {"Hardmax": -1, "TopK": -1}
"""What works along one dimension, and which one that is by default."""


@translates(*_ALONG)
def along(call: NodeContext) -> GraphTensor:
    """Return no layer: the largest values."""
    sample_axis(call.tensor(), call.integer("axis", _ALONG[call.op.kind]))
    raise UnsaidError("works along a dimension as no layer does")
