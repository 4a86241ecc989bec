"""Fully connected layers."""

from __future__ import annotations

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import FOLD, NOT_OF_THE_INPUT, GraphTensor, Weights, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.merge import with_tensor


@translates("Gemm")
def gemm(call: NodeContext) -> GraphTensor:
    """Return a fully connected layer over rows of features."""
    if call.integer("transA", 0):
        raise NoLayerError("transposes its input, which no layer type does", "put a Transpose before it")
    columns = call.weight(1).dims[:: -1 if call.integer("transB", 0) else 1]
    return _linear(call, columns)


@translates("MatMul", "Linear")
def matmul(call: NodeContext) -> GraphTensor:
    """Return a fully connected layer along the last dimension; Linear is what patterns make of one with a bias."""
    if isinstance(call.value(0), ConstantTensor) and isinstance(call.value(1), ConstantTensor):
        raise NoLayerError(NOT_OF_THE_INPUT, FOLD)
    if isinstance(call.value(1), GraphTensor) or isinstance(call.value(0), ConstantTensor):
        hint = "only multihead_attention multiplies two such matrices: write it by hand"
        raise NoLayerError("multiplies two matrices that both depend on the input, or weights from the left", hint)
    return _linear(call, call.weight(1).dims)


def _linear(call: NodeContext, columns: tuple[int, ...]) -> GraphTensor:
    """Put a layer whose weights have the dimensions (in_features, out_features)."""
    x, weight = call.tensor(), call.weight(1)
    if len(columns) != 2 or sample_axis(x, -1) != len(x.dims) - 1:
        raise NoLayerError("multiplies by weights that are not a matrix, or along the batch")
    settings = {"in_features": columns[0], "out_features": columns[1]}
    bias = call.bias(2)
    if all(known.size == columns[1] == (known.dims or (1,))[-1] for known in bias):
        return call.add("linear", {**settings, "bias": bool(bias)}, x, held=Weights((weight, *bias)))
    y = call.add("linear", {**settings, "bias": False}, x, held=Weights((weight,)))
    return with_tensor(call, y, bias[0], "add")
