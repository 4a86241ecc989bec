"""Fully connected layers."""

from __future__ import annotations

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import FOLD, NOT_OF_THE_INPUT, GraphTensor, Weights, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.operands import aligned, with_tensor
from cnnparams.sources.onnx.ops import translates


@translates("Gemm")
def gemm(call: NodeContext) -> GraphTensor:
    """Return a fully connected layer over rows of features."""
    if call.integer("transA", 0):
        raise NoLayerError("transposes its input, which no layer type does", "put a Transpose before it")
    columns = call.weight(1).dims[:: -1 if call.integer("transB", 0) else 1]
    return _linear(call, columns)


@translates("MatMul", "Linear")
def matmul(call: NodeContext) -> GraphTensor:
    """Return a fully connected layer along the last dimension, or a product of two matrices of the network.

    Linear is what patterns make of one with a bias.
    """
    match call.value(0), call.value(1):
        case GraphTensor() as a, GraphTensor() as b:
            return _product(call, a, b)
        case ConstantTensor(), GraphTensor() as x:
            return _from_the_left(call, x)
        case GraphTensor(), ConstantTensor():
            return _linear(call, call.weight(1).dims)
        case _:
            raise NoLayerError(NOT_OF_THE_INPUT, FOLD)


def _product(call: NodeContext, *matrices: GraphTensor) -> GraphTensor:
    """Multiply matrices for each place of the dimensions before them, the batch among these."""
    x = tuple(aligned(call, matrices))
    if any(each.batch is not None and each.batch > len(each.full) - 3 for each in x):
        raise NoLayerError("multiplies matrices one of whose dimensions is the batch", "keep samples apart")
    return call.add("matmul", {}, *x)


def _from_the_left(call: NodeContext, x: GraphTensor) -> GraphTensor:
    """Multiply weights with each column: the linear layer over rows, between two that change places of dimensions."""
    weight, rank = call.weight(0), len(x.dims)
    if len(weight.dims) != 2 or rank < 2 or (x.batch is not None and x.batch > rank - 2):
        raise NoLayerError("multiplies by weights that are not a matrix, or along the batch")
    turned = {"dims": (*range(1, rank - 1), rank, rank - 1)}
    columns = call.add("permute", turned, x, name=call.assembly.names.numbered("permute"))
    settings = {"in_features": weight.dims[1], "out_features": weight.dims[0], "bias": False}
    y = call.add("linear", settings, columns, held=Weights((weight,)))
    return call.add("permute", turned, y, name=call.assembly.names.numbered("permute"))


def _linear(call: NodeContext, columns: tuple[int, ...]) -> GraphTensor:
    """Put a layer whose weights have the dimensions (in_features, out_features)."""
    x, weight = call.tensor(), call.weight(1)
    if len(columns) != 2 or sample_axis(x, -1) != len(x.dims) - 1:
        raise NoLayerError("multiplies by weights that are not a matrix, or along the batch")
    settings = {"in_features": columns[0], "out_features": columns[1]}
    bias = call.bias(2)
    fits = all(known.size == columns[1] == (known.dims or (1,))[-1] for known in bias)
    if fits and not call.is_apart(*bias):
        return call.add("linear", {**settings, "bias": bool(bias)}, x, held=Weights((weight, *bias)))
    y = call.add("linear", {**settings, "bias": False}, x, held=Weights((weight,)))
    return with_tensor(call, y, bias[0], "add")
