"""Several tensors into one, and tensors that are learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnparams.bridge.onnx.call import Call
from cnnparams.bridge.onnx.model import Dims, Known
from cnnparams.bridge.onnx.net import Held
from cnnparams.bridge.onnx.ops import translates
from cnnparams.bridge.onnx.values import NOTHING_COUNTED, NoLayerError, Tensor, Value, axis_of, sample_axis

_MERGES = {"Add": "add", "Sum": "add", "Mul": "multiply"}
_NEUTRAL = {"Add": 0, "Sum": 0, "Mul": 1, "Sub": 0, "Div": 1}
_LEARNED = "a file does not tell learned tensors from constants; what is added or multiplied counts as learned"


@translates("Concat")
def concat(call: Call) -> Value:
    """Return tensors joined along a dimension."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    tensors = [value for value in values if isinstance(value, Tensor)]
    if not values:
        raise NoLayerError("joins nothing", "export it again")
    if not tensors:
        return _joined(call, [value for value in values if isinstance(value, Known)])
    if len(tensors) != len(values):
        raise NoLayerError("joins a tensor that does not depend on the input, as no layer does")
    dims = {sample_axis(x, call.integer("axis", 1)) for x in tensors}
    if len(dims) != 1:
        raise NoLayerError("joins tensors that do not fit together", "export it again")
    return call.add("concat", {"dim": dims.pop() + 1}, *tensors) if len(tensors) > 1 else tensors[0]


def _joined(call: Call, values: Sequence[Known]) -> Known:
    at = axis_of(values[0], call.integer("axis", 0))
    if len({(len(value.dims), value.dims[:at], value.dims[at + 1 :]) for value in values}) != 1:
        raise NoLayerError("joins tensors that do not fit together", "export it again")
    dims = (*values[0].dims[:at], sum(value.dims[at] for value in values), *values[0].dims[at + 1 :])
    data = [value.data for value in values]
    joined = None if any(one is None for one in data) else np.concatenate(data, at)
    return Known(dims, values[0].is_float, joined, frozenset().union(*(value.origins for value in values)))


@translates(*_NEUTRAL)
def merge(call: Call) -> Tensor:
    """Return addition and multiplication: of tensors with each other, or with one that is learned."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    tensors = [value for value in values if isinstance(value, Tensor)]
    known = [value for value in values if isinstance(value, Known)]
    if len(tensors) == 1 and len(known) <= 1:
        return _with_known(call, values, tensors[0], known[0]) if known else tensors[0]
    type_ = _MERGES.get(call.op.kind)
    if type_ is None or known or not tensors:
        raise NoLayerError("computes element by element what no layer does", NOTHING_COUNTED)
    rank = max(len(x.full) for x in tensors)
    return call.add(type_, {}, *(_of_rank(call, x, rank) for x in tensors))


def _of_rank(call: Call, x: Tensor, rank: int) -> Tensor:
    """Return a tensor with dimensions of 1 before its own."""
    missing = rank - len(x.full)
    return x if not missing else x.with_dims((1,) * missing + x.full, x.batch and x.batch + missing, call.op)


def _with_known(call: Call, values: Sequence[Value], x: Tensor, known: Known) -> Tensor:
    """Return a tensor with a number, or a tensor of the file, added to it or multiplied with it."""
    is_number = known.size == 1 and (not known.dims or not any(origin.stored for origin in known.origins))
    if is_number and known.data is not None and known.data.item() == _NEUTRAL[call.op.kind] and values[0] is x:
        call.net.read.update(known.origins)
        return x
    op = _MERGES.get(call.op.kind)
    if op is None or is_number or not any(origin.stored for origin in known.origins):
        raise NoLayerError("computes with a constant, as no layer does", NOTHING_COUNTED)
    return with_tensor(call, x, known, op)


def with_tensor(call: Call, x: Tensor, known: Known, op: str) -> Tensor:
    """Add a learned tensor, or multiply with it."""
    name = call.net.names.tensor(call.op, known, "parameter")
    call.net.remark(_LEARNED, name)
    settings = {"shape": _without_batch(known.dims, x), "op": op}
    return call.add("parameter", settings, x, held=Held((known,)), name=name)


def _without_batch(dims: Dims, x: Tensor) -> Dims:
    """Return the dimensions of a tensor that is aligned with the end of another's, as for a sample."""
    if x.batch is None or (at := x.batch - len(x.full) + len(dims)) < 0 or (at == 0 and dims[0] == 1):
        return dims
    if dims[at] != 1:
        raise NoLayerError("has something else for each sample of the batch")
    return (*dims[:at], *dims[at + 1 :])
