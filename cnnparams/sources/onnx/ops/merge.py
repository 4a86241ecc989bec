"""Several tensors into one, and tensors that are learned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
        raise NoLayerError("joins nothing", "export it again")
    if not tensors:
        return _joined(call, [value for value in values if isinstance(value, ConstantTensor)])
    if len(tensors) != len(values):
        raise _joined_with_constants(call, values)
    dims = {sample_axis(x, call.integer("axis", 1)) for x in tensors}
    if len(dims) != 1:
        raise NoLayerError("joins tensors that do not fit together", "export it again")
    return call.add("concat", {"dim": dims.pop() + 1}, *tensors) if len(tensors) > 1 else tensors[0]


def _joined_with_constants(call: NodeContext, values: Sequence[OnnxValue]) -> NoLayerError:
    """Return the gap of what joins tensors with others that do not depend on the input."""
    at = axis_of(values[0], call.integer("axis", 1))
    others = {(value.full[:at], value.full[at + 1 :]) for value in values}
    if len(others) != 1:
        return NoLayerError("joins tensors that do not fit together", "export it again")
    (before, after) = others.pop()
    full = (*before, sum(value.full[at] for value in values), *after)
    return not_said(call, "joins a tensor that does not depend on the input, as no layer does", full)


def _joined(call: NodeContext, values: Sequence[ConstantTensor]) -> ConstantTensor:
    at = axis_of(values[0], call.integer("axis", 0))
    if len({(len(value.dims), value.dims[:at], value.dims[at + 1 :]) for value in values}) != 1:
        raise NoLayerError("joins tensors that do not fit together", "export it again")
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
        raise not_said(call, "computes element by element what no layer does")
    return call.add(type_, {}, *aligned(call, tensors))


def aligned(call: NodeContext, tensors: Sequence[GraphTensor]) -> Iterator[GraphTensor]:
    """Yield tensors with dimensions of 1 before their own, so that all have as many; and a batch where one has it."""
    rank = max(len(x.full) for x in tensors)
    batch = next((rank - len(x.full) + x.batch for x in tensors if x.batch is not None), None)
    for x in tensors:
        missing = rank - len(x.full)
        full, at = (1,) * missing + x.full, None if x.batch is None else x.batch + missing
        if at is None and batch is not None and full[batch] == 1:
            at = batch  # the same for all samples
        yield x if (full, at) == (x.full, x.batch) else x.with_dims(full, at, call.op)


def _with_known(call: NodeContext, values: Sequence[OnnxValue], x: GraphTensor, known: ConstantTensor) -> GraphTensor:
    """Return a tensor with a number, or a tensor of the file, added to it or multiplied with it.

    A tensor is learned, wherever the file keeps it, as Paddle has all weights in Constant nodes. A single number
    is not, unless it is stored under the name of a module, and neither is what is worked out from other constants.
    """
    if x.is_accumulated and (call.op.kind == "Mul" or not known.is_float):
        return _scaled(call, x, known)
    is_number = known.size == 1 and not is_of_a_module(known)
    if is_number and known.data is not None and known.data.item() == _NEUTRAL[call.op.kind] and values[0] is x:
        call.assembly.read.update(known.origins)
        return x
    op = _MERGES.get(call.op.kind)
    if is_number or op is None or not known.is_float:
        raise not_said(
            call, f"computes with a {'number' if is_number else 'constant'}, as no layer does", is_float=x.is_float
        )
    if not known.is_whole:
        raise not_said(call, "computes with what is worked out from constants, as no layer does")
    return with_tensor(call, x, known, op)


def _scaled(call: NodeContext, x: GraphTensor, known: ConstantTensor) -> GraphTensor:
    """Return sums of products of whole numbers with their bias, which has their scale, or as the numbers they are."""
    if call.op.kind == "Mul":
        call.assembly.read.update(known.origins)
        return x._replace(is_float=True, is_accumulated=False)
    call.assembly.quantized.update(known.origins)
    return with_tensor(call, x, known, "add")


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
        raise NoLayerError("has something else for each sample of the batch")
    return (*dims[:at], *dims[at + 1 :])
