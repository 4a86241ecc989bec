"""Steps that learn nothing and multiply no matrices, and that no layer does: gaps, but behind them shapes go on."""

from __future__ import annotations

import math

import numpy as np

from cnnparams.layers.contract.shape import MOST_ELEMENTS
from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.onnx.assembly import NOTHING_LEARNED, GraphTensor, KnownResult, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import FileDims
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.reduce import axes_of

_COMPARES = ("And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor")
_COMPUTES = (
    *("Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Celu", "Cos", "Cosh", "Erf", "Exp", "Floor"),
    *("Log", "Max", "Mean", "Min", "Mod", "Neg", "Pow", "Reciprocal", "Round", "Shrink", "Sign", "Sin", "Sinh"),
    *("Softsign", "Sqrt", "Tan", "ThresholdedRelu", "Where"),
)
_REDUCES = (
    *("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMin", "ReduceProd", "ReduceSum"),
    "ReduceSumSquare",
)
_PICKS = ("ArgMax", "ArgMin")
_WHAT = "is an element-wise operation without a layer type"


@translates(*_COMPUTES, *_COMPARES)
def elementwise(call: NodeContext) -> GraphTensor:
    """Return no layer: functions of numbers."""
    raise not_said(call, _WHAT, is_float=call.op.kind not in _COMPARES)


@translates(*_REDUCES, *_PICKS)
def reduction(call: NodeContext) -> GraphTensor:
    """Return no layer: sums and norms over some dimensions, and where the largest values are."""
    x, picks = call.tensor(), call.op.kind in _PICKS
    axes = {sample_axis(x, call.integer("axis", 0))} if picks else axes_of(call, x)
    keeps = call.integer("keepdims", 1) == 1
    dims = tuple(1 if at in axes else n for at, n in enumerate(x.dims) if keeps or at not in axes)
    batch = x.batch if keeps or x.batch is None else x.batch - sum(at < x.batch for at in axes)
    what = (
        "returns indices of values, which no layer type does"
        if picks
        else "reduces dimensions in a way that no layer type does"
    )
    raise NoLayerError(what, NOTHING_LEARNED, KnownResult(dims, x.number, batch, x.is_float and not picks))


def not_said(call: NodeContext, what: str, full: FileDims | None = None, *, is_float: bool = True) -> NoLayerError:
    """Return the gap of what works element by element, which gives as large a tensor as its inputs repeated to fit."""
    values = [call.value(i) for i in range(len(call.op.inputs)) if call.has(i)]
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    found = full or _repeated(*(value.full for value in values))
    gives = None if found is None else _result(found, tensors, is_float)
    keeps = gives is not None and gives.dims == tensors[0].dims
    return NoLayerError(what, NOTHING_COUNTED if keeps else NOTHING_LEARNED, gives)


def _result(full: FileDims, tensors: list[GraphTensor], is_float: bool) -> KnownResult | None:
    """Return a result of these dimensions with the batch where the inputs have it, counted from the end."""
    places = {len(full) - len(x.full) + x.batch for x in tensors if x.batch is not None}
    if len(places) > 1 or not tensors or math.prod(full) > MOST_ELEMENTS or min(full, default=1) < 1:
        return None
    batch, number = next(iter(places), None), tensors[0].number
    if batch is None:
        return KnownResult(full, number, None, is_float)
    is_batch = full[batch] == number
    return KnownResult((*full[:batch], *full[batch + 1 :]), number, batch, is_float) if is_batch else None


def _repeated(*dims: FileDims) -> FileDims | None:
    try:
        return tuple(np.broadcast_shapes(*dims))
    except ValueError:
        return None
