"""The same elements under other dimensions, or along other ones."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any, NamedTuple

from cnnparams.layers.arrange import Permute, Reshape
from cnnparams.layers.flatten import Regrouping
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import BATCH, Batched, ModelTensor, TorchDims


class Spread(NamedTuple):
    """A tensor whose sizes of 1 are repeated to others, which sums and products do by themselves."""

    of: Batched
    dims: TorchDims

    def put(self, call: StepContext) -> Batched:
        """Put the layer that repeats them."""
        return call.expanded(*self)


@function("contiguous", "clone", "detach", "to", "float", "double", "half", "bfloat16", "type", "type_as", "alias")
@function("bool", "int", "long", "cpu", "cuda", "requires_grad", "lift_fresh_copy", "identity")
def unchanged(call: StepContext, x: Any, *_: Any, **__: Any) -> Any:
    """Return the tensor itself."""
    return x


@function("view", "reshape", "view_as", "reshape_as", "unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze")
@function("ravel")
def regroup(call: StepContext, x: Any, *_: Any, **__: Any) -> Batched | ModelTensor:
    """Return the same elements in the shape that the model gives them."""
    if isinstance(x, ModelTensor) and x.repeated is None:
        return x._replace(shape=call.shape)
    return regrouped(call, call.flow(x), call.shape)


@function("permute")
def permute(call: StepContext, x: Any, *dims: Any) -> Batched:
    """Return the dimensions in another order."""
    x = call.flow(x)
    listed = dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return permuted(call, x, [x.axis(dim) for dim in listed])


@function("transpose", "swapaxes", "swapdims", "t", "adjoint")
def transpose(call: StepContext, x: Any, dim0: Any = -2, dim1: Any = -1) -> Any:
    """Return two dimensions in each other's place; of a vector, t() gives the vector."""
    x = call.flow(x)
    if len(x.full) == 1:
        return x
    order = list(range(len(x.full)))
    first, second = x.axis(dim0), x.axis(dim1)
    order[first], order[second] = second, first
    return permuted(call, x, order)


@function("movedim", "moveaxis")
def movedim(call: StepContext, x: Any, source: Any, destination: Any) -> Batched:
    """Return one dimension in another place."""
    x = call.flow(x)
    moving = x.axis(source)
    order = [axis for axis in range(len(x.full)) if axis != moving]
    order.insert(x.axis(destination), moving)
    return permuted(call, x, order)


@function("getattr")
def attribute(call: StepContext, x: Any, name: str) -> Any:
    """Return x.T, x.mT, or x.data, which is x."""
    if name == "data":
        return x
    if name not in ("T", "mT"):
        raise NoLayerError(f"uses the {name} of a tensor")
    return transpose(call, x, -2, -1)


@function("expand", "expand_as", "broadcast_to")
def expand(call: StepContext, x: Any, *_: Any, **__: Any) -> ModelTensor | Spread | Batched:
    """Return what repeats sizes of 1: a parameter as it is, which layers repeat by themselves."""
    own = x.shape if isinstance(x, ModelTensor) else call.flow(x).full
    facing = zip(reversed(own), reversed(call.shape), strict=False)
    if len(own) > len(call.shape) or any(n not in (1, size) for n, size in facing):
        raise NoLayerError(f"repeats {list(own)} to {list(call.shape)}")
    if isinstance(x, ModelTensor) and x.repeated is None and BATCH not in call.shape:
        return x._replace(repeated=None if call.shape == x.shape else call.shape)
    x = call.flow(x)
    if x.batch is None and BATCH in call.shape:
        return _for_each_sample(call, x)
    if len(call.shape) != len(x.full):
        raise NoLayerError(f"repeats {list(own)} to {list(call.shape)}")
    return Spread(x, x.sample(call.shape))


def regrouped(call: StepContext, x: Batched, shape: TorchDims) -> Batched:
    """Return the same elements in another shape, with the batch; raise NoLayerError where it mixes samples."""
    batch, own = _batch(x, shape)
    dims = shape if batch is None else (*shape[:batch], *own, *shape[batch + 1 :])
    x = x._replace(batch=batch, folded=len(own))
    if (dims or (1,)) != x.dims:
        x = _before_regrouping(call, x)
    if (dims or (1,)) == x.dims:
        return x
    if groups := _dealt_to(call, x, dims):
        return groups._replace(batch=batch, folded=len(own))
    type_, settings = _regrouping(x.dims, dims or (1,))
    return call.put(type_, settings, x, batch=batch)


def permuted(call: StepContext, x: Batched, order: list[int]) -> Batched:
    """Return the dimensions in an order, the batch among them, which a spec leaves where it is."""
    inner: list[int] = []
    for axis in order:
        own = range(axis, axis + x.folded) if axis == x.batch else (x.at(axis),)
        inner += [at + 1 for at in own]
    batch, folded = None if x.batch is None else order.index(x.batch), x.folded
    if inner != sorted(inner):
        x = call.put("permute", {"dims": [0, *inner]}, x, batch=x.batch)
    return x._replace(batch=batch, folded=folded)


def _before_regrouping(call: StepContext, x: Batched) -> Batched:
    """Return what a tensor was before it got other dimensions: it can get those wanted at once."""
    node = call.assembly.network.nodes.get(x.edge.source)
    while node and isinstance(node.layer, Regrouping):
        x = x._replace(edge=Edge(node.inputs[0], node.input_shapes[0]))
        node = call.assembly.network.nodes.get(x.edge.source)
    return x


def _dealt_to(call: StepContext, x: Batched, dims: TorchDims) -> Batched | None:
    """Return a channel shuffle, which is written as groups of channels that are swapped with what is in them."""
    nodes = call.assembly.network.nodes
    swapped = nodes.get(x.edge.source)
    grouped = nodes.get(swapped.inputs[0]) if swapped and isinstance(swapped.layer, Permute) else None
    if swapped is None or grouped is None or not isinstance(grouped.layer, Reshape):
        return None
    groups, each, *rest = grouped.output_shape.dims
    before = grouped.input_shapes[0]
    if dims != before.dims or dims != (groups * each, *rest) or swapped.output_shape.dims != (each, groups, *rest):
        return None
    return call.put("channel_shuffle", {"groups": groups}, Batched(Edge(grouped.inputs[0], before)))


def _batch(x: Batched, shape: TorchDims) -> tuple[int | None, TorchDims]:
    """Return where the samples lie after a regrouping, and what is folded into them: as much comes before as did."""
    if x.batch is None:
        return None, ()
    before = math.prod(x.dims[: x.batch])
    for at, n in enumerate(shape):
        if n and n % BATCH == 0 and math.prod(shape[:at]) == before:
            return at, _folds(x, n // BATCH)
    raise NoLayerError(
        f"mixes the samples of a batch: {_batched(x.full)} becomes {_batched(shape)}",
        "a spec says what happens to one sample: keep the batch as a dimension, as x.flatten(1) does",
    )


def _folds(x: Batched, count: int) -> TorchDims:
    """Return the dimensions that are folded into the batch: as they were, where they are still the same."""
    return x.folds if math.prod(x.folds) == count else (count,) if count > 1 else ()


def _for_each_sample(call: StepContext, x: Batched) -> Batched:
    """Return a tensor without a batch as each sample has it."""
    shape = call.shape
    batch = shape.index(BATCH)
    own = (*[1] * (len(shape) - len(x.dims)), *x.dims)
    if own[batch] != 1:
        raise NoLayerError(f"repeats {list(x.dims)} to {list(shape)}")
    dims, wanted = ((*each[:batch], *each[batch + 1 :]) for each in (own, shape))
    if dims != x.dims:
        x = call.put("reshape", {"shape": list(dims or (1,))}, x, batch=None)
    x = x._replace(batch=batch)
    return x if dims == wanted else Spread(x, wanted).put(call)


def _regrouping(dims: TorchDims, wanted: TorchDims) -> tuple[str, dict[str, Any]]:
    """Return the type and settings of the layer that gives other dimensions: flatten where it can."""
    for start, end in combinations(range(len(dims)), 2):
        if (*dims[:start], math.prod(dims[start : end + 1]), *dims[end + 1 :]) == wanted:
            return "flatten", {"start_dim": start + 1, "end_dim": -1 if end == len(dims) - 1 else end + 1}
    return "reshape", {"shape": list(wanted)}


def _batched(shape: TorchDims) -> str:
    return f"({', '.join('N' if n == BATCH else f'{n // BATCH} N' if n % BATCH == 0 else str(n) for n in shape)})"
