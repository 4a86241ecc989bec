"""The same elements in another shape or order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, axis_of, bracketed
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, FileDims, OnnxNode
from cnnparams.sources.onnx.ops import translates

V = TypeVar("V", GraphTensor, ConstantTensor)
_NO_FIT = "has a shape that does not fit its input"


@translates("Reshape")
def reshape(call: NodeContext) -> OnnxValue:
    """Return reshape to sizes of which 0 stands for the input's, and -1 for what is left."""
    wanted = call.integers(1, "shape")
    if wanted is None:
        raise NoLayerError("is missing its shape", "export it again")
    return viewed(call.value(0), reshaped(call.value(0).full, wanted, zeros=call.integer("allowzero", 0) == 0), call.op)


@translates("Flatten")
def flatten(call: NodeContext) -> OnnxValue:
    """Return two dimensions: those before an axis, and those from there on."""
    x, axis = call.value(0), call.integer("axis", 1)
    at = len(x.full) if axis == len(x.full) else axis_of(x, axis)
    return viewed(x, (math.prod(x.full[:at]), math.prod(x.full[at:])), call.op)


@translates("Squeeze")
def squeeze(call: NodeContext) -> OnnxValue:
    """Return dimensions of 1 left out."""
    x, named = call.value(0), call.integers(1, "axes")
    if named is None:
        named = tuple(at for at, n in enumerate(x.full) if n == 1)
    gone = {axis_of(x, axis) for axis in named}
    if any(x.full[at] != 1 for at in gone):
        raise NoLayerError("squeezes a dimension that is not 1", "export it again")
    return arranged(x, [at for at in range(len(x.full)) if at not in gone], call.op)


@translates("Unsqueeze")
def unsqueeze(call: NodeContext) -> OnnxValue:
    """Return dimensions of 1 put between."""
    x, named = call.value(0), call.integers(1, "axes") or ()
    rank = len(x.full) + len(named)
    new = {axis + rank if axis < 0 else axis for axis in named}
    if len(new) != len(named) or not all(0 <= at < rank for at in new):
        raise NoLayerError(_NO_FIT, "export it again")
    old = iter(range(len(x.full)))
    return arranged(x, [None if at in new else next(old) for at in range(rank)], call.op)


@translates("Transpose")
def transpose(call: NodeContext) -> OnnxValue:
    """Return the dimensions in another order; where only the batch moves there is no layer."""
    x = call.value(0)
    order = call.ints("perm", len(x.full)) or tuple(reversed(range(len(x.full))))
    if sorted(order) != list(range(len(x.full))):
        raise NoLayerError(f"does not give an order of {len(x.full)} dimensions: {bracketed(order)}", "export it again")
    if isinstance(x, ConstantTensor):
        data = None if x.data is None else x.data.transpose(order)
        wide = [at for at in order if x.dims[at] != 1]
        reordered = x.reordered or wide != sorted(wide)
        return x._replace(dims=tuple(x.dims[at] for at in order), data=data, reordered=reordered)
    batch = None if x.batch is None else order.index(x.batch)
    own = [at for at in order if at != x.batch]
    dims = [at - (x.batch is not None and at > x.batch) + 1 for at in own]
    if dims == sorted(dims):
        return x._replace(batch=batch)
    return call.add("permute", {"dims": dims}, x)._replace(batch=batch)


def reshaped(dims: FileDims, wanted: Sequence[int], *, zeros: bool = True) -> FileDims:
    """Return the dimensions that a Reshape gives; raise NoLayerError where the elements do not fill them."""
    if any(n == 0 and zeros and i >= len(dims) for i, n in enumerate(wanted)) or min(wanted, default=0) < -1:
        raise NoLayerError(_NO_FIT, "export it again")
    sizes = [dims[i] if n == 0 and zeros else n for i, n in enumerate(wanted)]
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) == 1 and known:
        sizes[sizes.index(-1)] = math.prod(dims) // known
    if -1 in sizes or math.prod(sizes) != math.prod(dims):
        raise NoLayerError(
            f"gives {bracketed(wanted)} to an input of {bracketed(dims)}, batch included", "export it again"
        )
    return tuple(sizes)


def viewed(x: OnnxValue, full: FileDims, op: OnnxNode) -> OnnxValue:
    """Return the same elements in the same order under other dimensions."""
    if isinstance(x, GraphTensor):
        return x.viewed(full, op)
    return x._replace(dims=full, data=None if x.data is None else x.data.reshape(full))


def arranged(x: OnnxValue, order: Sequence[int | None], op: OnnxNode) -> OnnxValue:
    """Return a value with dimensions of 1 more (None) or less."""
    full = tuple(1 if at is None else x.full[at] for at in order)
    if isinstance(x, ConstantTensor):
        return viewed(x, full, op)
    batch = order.index(x.batch) if x.batch in order and x.batch is not None else None
    if batch is None and x.number != 1:
        raise NoLayerError("removes the batch dimension", "keep it")
    return x.with_dims(full, batch, op)
