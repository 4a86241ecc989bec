"""Places, orders and triangles of values, and steps of which only the result is written, as no layer says them."""

from __future__ import annotations

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, KnownResult, OnnxValue, UnsaidError, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.operands import aligned, opaque
from cnnparams.sources.onnx.ops import translates

_ALONG = {"Hardmax": -1}
"""What works along one dimension, and which one that is by default."""


@translates(*_ALONG)
def along(call: NodeContext) -> GraphTensor:
    """Return no layer."""
    sample_axis(call.tensor(), call.integer("axis", _ALONG[call.op.kind]))
    raise UnsaidError("works along a dimension as no layer does")


@translates("TopK")
def top_k(call: NodeContext) -> list[OnnxValue | None]:
    """Return the largest values along a dimension; of their places only how many there are."""
    x, k = call.tensor(), int(call.number(1)) if call.has(1) else call.integer("k")
    at = sample_axis(x, call.integer("axis", -1))
    largest = call.integer("largest", 1) != 0
    values = call.add("topk", {"k": k, "dim": at + 1, **({} if largest else {"largest": False})}, x)
    if len(call.op.outputs) < 2 or not call.op.outputs[1]:
        return [values]
    dims = (*x.dims[:at], k, *x.dims[at + 1 :])
    return [values, opaque(call, KnownResult(dims, x.number, x.batch, is_float=False))]


@translates("Trilu")
def triangle(call: NodeContext) -> GraphTensor:
    """Return a triangle of matrices: the upper one, unless told otherwise."""
    x = call.tensor()
    if x.batch is not None and x.batch > len(x.dims) - 2:
        raise NoLayerError("takes the batch for a side of matrices", "keep samples apart")
    type_ = "triu" if call.integer("upper", 1) else "tril"
    return call.add(type_, {"diagonal": int(call.number(1)) if call.has(1) else 0}, x)


_INTERPOLATION = {"linear": "bilinear", "bilinear": "bilinear", "nearest": "nearest", "cubic": "bicubic"}


@translates("GridSample")
def grid_sample(call: NodeContext) -> GraphTensor:
    """Return an image sampled at places that another tensor has."""
    mode = call.text("mode", "linear")
    settings = {
        "mode": _INTERPOLATION.get(mode, mode),
        "padding_mode": call.text("padding_mode", "zeros"),
        "align_corners": call.integer("align_corners", 0) != 0,
    }
    return call.add("grid_sample", settings, *aligned(call, (call.image(), call.value(1))))
