"""Several tensors joined to one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import (
    GraphTensor,
    OnnxValue,
    axis_of,
    sample_axis,
)
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.names import is_made_up
from cnnparams.sources.onnx.operands import aligned
from cnnparams.sources.onnx.ops import translates


@translates("Concat")
def concat(call: NodeContext) -> OnnxValue:
    """Return tensors joined along a dimension."""
    values = [call.value(i) for i in range(len(call.op.inputs))]
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    if not values:
        raise NoLayerError("has no inputs", "export it again")
    if not tensors:
        return _joined(call, [value for value in values if isinstance(value, ConstantTensor)])
    axis = axis_of(values[0], call.integer("axis", 1))
    joined = tuple(aligned(call, values, learned=not all(map(_is_filling, values))))
    if len({len(x.full) for x in (*joined, *values)}) != 1:
        raise NoLayerError("concatenates tensors whose shapes do not match", "export it again")
    dims = {sample_axis(x, axis) for x in joined}
    return call.add("concat", {"dim": dims.pop() + 1}, *joined) if len(joined) > 1 else tensors[0]


def _is_filling(value: OnnxValue) -> bool:
    """Tell whether a tensor of the file is one number throughout, as what fills up a border is, and has no name."""
    if isinstance(value, GraphTensor):
        return True
    named = any(origin.stored and not is_made_up(origin.name) for origin in value.origins)
    return not named and value.data is not None and len({*value.data.ravel().tolist()}) < 2


def _joined(call: NodeContext, values: Sequence[ConstantTensor]) -> ConstantTensor:
    at = axis_of(values[0], call.integer("axis", 0))
    if len({(len(value.dims), value.dims[:at], value.dims[at + 1 :]) for value in values}) != 1:
        raise NoLayerError("concatenates tensors whose shapes do not match", "export it again")
    dims = (*values[0].dims[:at], sum(value.dims[at] for value in values), *values[0].dims[at + 1 :])
    data = [value.data for value in values]
    joined = None if any(one is None for one in data) else np.concatenate(data, at)
    return ConstantTensor(dims, values[0].is_float, joined, frozenset().union(*(value.origins for value in values)))
