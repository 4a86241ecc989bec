"""Several tensors into one, and tensors that are learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import (
    FOLD,
    NOT_OF_THE_INPUT,
    GraphTensor,
    OnnxValue,
    Weights,
    axis_of,
    sample_axis,
)
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, FileDims
from cnnparams.sources.onnx.names import is_of_a_module
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.step import not_said

_MERGES = {"Add": "add", "Sum": "add", "Mul": "multiply"}
_NEUTRAL = {"Add": 0, "Sum": 0, "Mul": 1, "Sub": 0, "Div": 1}
_LEARNED = "a file does not tell learned tensors from constants; what is added or multiplied counts as learned"


@translates("Concat")
def concat(call: NodeContext) -> OnnxValue:
    """Return tensors joined along a dimension."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    if not values:
        raise NoLayerError("has no inputs", "export it again")
    if not tensors:
        return _joined(call, [value for value in values if isinstance(value, ConstantTensor)])
    if len(tensors) != len(values):
        raise _joined_with_constants(call, values)
    dims = {sample_axis(x, call.integer("axis", 1)) for x in tensors}
    if len(dims) != 1:
        raise NoLayerError("concatenates tensors whose shapes do not match", "export it again")
    return call.add("concat", {"dim": dims.pop() + 1}, *tensors) if len(tensors) > 1 else tensors[0]


def _joined_with_constants(call: NodeContext, values: Sequence[OnnxValue]) -> NoLayerError:
    """Return the gap of what joins tensors with others that do not depend on the input."""
    at = axis_of(values[0], call.integer("axis", 1))
    others = {(value.full[:at], value.full[at + 1 :]) for value in values}
    if len(others) != 1:
        return NoLayerError("concatenates tensors whose shapes do not match", "export it again")
    (before, after) = others.pop()
    full = (*before, sum(value.full[at] for value in values), *after)
    return not_said(call, "concatenates a tensor that does not depend on the input, which no layer type does", full)


def _joined(call: NodeContext, values: Sequence[ConstantTensor]) -> ConstantTensor:
    at = axis_of(values[0], call.integer("axis", 0))
    if len({(len(value.dims), value.dims[:at], value.dims[at + 1 :]) for value in values}) != 1:
        raise NoLayerError("concatenates tensors whose shapes do not match", "export it again")
    dims = (*values[0].dims[:at], sum(value.dims[at] for value in values), *values[0].dims[at + 1 :])
    data = [value.data for value in values]
    joined = None if any(one is None for one in data) else np.concatenate(data, at)
    return ConstantTensor(dims, values[0].is_float, joined, frozenset().union(*(value.origins for value in values)))


@translates(*_NEUTRAL)
def merge(call: NodeContext) -> GraphTensor:
    """Return addition and multiplication: of tensors with each other, or with one that is learned."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    known = [value for value in values if isinstance(value, ConstantTensor)]
    if not tensors:
        raise NoLayerError(NOT_OF_THE_INPUT, FOLD)
    if len(tensors) == 1 and len(known) <= 1:
        return _with_known(call, values, tensors[0], known[0]) if known else tensors[0]
    type_ = _MERGES.get(call.op.kind)
    if type_ is None or known:
        raise not_said(call, "is an element-wise operation without a layer type")
    rank = max(len(x.full) for x in tensors)
    return call.add(type_, {}, *(_of_rank(call, x, rank) for x in tensors))


def _of_rank(call: NodeContext, x: GraphTensor, rank: int) -> GraphTensor:
    """Return a tensor with dimensions of 1 before its own."""
    missing = rank - len(x.full)
    return x if not missing else x.with_dims((1,) * missing + x.full, x.batch and x.batch + missing, call.op)


def _with_known(call: NodeContext, values: Sequence[OnnxValue], x: GraphTensor, known: ConstantTensor) -> GraphTensor:
    """Return a tensor with a number, or a tensor of the file, added to it or multiplied with it.

    A tensor is learned, wherever the file keeps it, as Paddle has all weights in Constant nodes. A single number
    is not, unless it is stored under the name of a module, and neither is what is worked out from other constants.
    """
    is_number = known.size == 1 and not is_of_a_module(known)
    if is_number and known.data is not None and known.data.item() == _NEUTRAL[call.op.kind] and values[0] is x:
        call.assembly.read.update(known.origins)
        return x
    op = _MERGES.get(call.op.kind)
    if is_number or op is None or not known.is_float:
        raise not_said(
            call,
            f"computes with a {'number' if is_number else 'constant'}, which no layer type does",
            is_float=x.is_float,
        )
    if not known.is_whole:
        raise not_said(call, "uses a value computed from constants, which no layer type does")
    return with_tensor(call, x, known, op)


def with_tensor(call: NodeContext, x: GraphTensor, known: ConstantTensor, op: str) -> GraphTensor:
    """Add a learned tensor, or multiply with it."""
    name = call.assembly.names.tensor(call.op, known, "parameter")
    call.assembly.remark(_LEARNED, name)
    own, seen = known.own, _without_batch(known.dims, x)
    settings = {"shape": own, "op": op, **({} if own in (seen, ()) else {"view": seen})}
    return call.add("parameter", settings, x, held=Weights((known,)), name=name)


def _without_batch(dims: FileDims, x: GraphTensor) -> FileDims:
    """Return the dimensions of a tensor that is aligned with the end of another's, as for a sample."""
    if x.batch is None or (at := x.batch - len(x.full) + len(dims)) < 0 or (at == 0 and dims[0] == 1):
        return dims
    if dims[at] != 1:
        raise NoLayerError("has a different value for each sample of the batch")
    return (*dims[:at], *dims[at + 1 :])
