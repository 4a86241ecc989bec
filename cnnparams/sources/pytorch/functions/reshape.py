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
from cnnparams.sources.pytorch.values import BATCH, Batched, ModelTensor

TorchDims = tuple[int, ...]


class Spread(NamedTuple):
    """A tensor whose sizes of 1 are repeated to others, which sums and products do by themselves."""

    of: Batched
    dims: TorchDims

    def put(self, call: StepContext) -> Batched:
        """Put an upsampling, which repeats the pixels of an image."""
        x, dims = self
        if len(dims) < 2 or x.dims[0] != dims[0]:
            raise NoLayerError(f"repeats {list(x.dims)} to {list(dims)}")
        return call.put("upsample", {"size": list(dims[1:])}, x)


@function("contiguous", "clone", "detach", "to", "float", "double", "half", "bfloat16", "type", "type_as", "alias")
@function("cpu", "cuda", "requires_grad", "lift_fresh_copy", "identity")
def unchanged(call: StepContext, x: Any, *_: Any, **__: Any) -> Any:
    """Return the tensor itself."""
    return x


@function("view", "reshape", "view_as", "reshape_as", "unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze")
@function("ravel")
def regroup(call: StepContext, x: Any, *_: Any, **__: Any) -> Batched | ModelTensor:
    """Return the same elements in the shape that the model gives them."""
    if isinstance(x, ModelTensor):
        return x._replace(shape=call.shape)
    return regrouped(call, call.flow(x), call.shape)


@function("permute")
def permute(call: StepContext, x: Any, *dims: Any) -> Batched:
    """Return the dimensions in another order."""
    x = call.flow(x)
    listed = dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims
    return permuted(call, x, [x.axis(dim) for dim in listed])


@function("transpose", "swapaxes", "swapdims")
def transpose(call: StepContext, x: Any, dim0: Any, dim1: Any) -> Batched:
    """Return two dimensions in each other's place."""
    x = call.flow(x)
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


@function("expand", "expand_as", "repeat", "broadcast_to")
def expand(call: StepContext, x: Any, *_: Any, **__: Any) -> ModelTensor | Spread:
    """Return what repeats sizes of 1: a parameter as it is, which layers repeat by themselves."""
    own = x.shape if isinstance(x, ModelTensor) else call.flow(x).full
    facing = zip(reversed(own), reversed(call.shape), strict=False)
    if len(own) > len(call.shape) or any(n not in (1, size) for n, size in facing):
        raise NoLayerError(f"repeats {list(own)} to {list(call.shape)}")
    if isinstance(x, ModelTensor):
        return x
    x = call.flow(x)
    return Spread(x, without(call.shape, x.batch))


def regrouped(call: StepContext, x: Batched, shape: TorchDims) -> Batched:
    """Return the same elements in another shape, with the batch; raise NoLayerError where it mixes samples."""
    batch = _batch(x, shape)
    dims = without(shape, batch) or (1,)
    x = x._replace(batch=batch)
    if dims != x.dims:
        x = _before_regrouping(call, x)
    if dims == x.dims:
        return x
    if groups := _dealt_to(call, x, dims):
        return groups
    type_, settings = _regrouping(x.dims, dims)
    return call.put(type_, settings, x, batch=batch)


def permuted(call: StepContext, x: Batched, order: list[int]) -> Batched:
    """Return the dimensions in an order, the batch among them, which a spec leaves where it is."""
    batch = order.index(x.batch)
    inner = [axis if axis > x.batch else axis + 1 for axis in order if axis != x.batch]
    if inner != sorted(inner):
        x = call.put("permute", {"dims": [0, *inner]}, x, batch=x.batch)
    return x._replace(batch=batch)


def without(shape: TorchDims, batch: int) -> TorchDims:
    """Return the dimensions of a sample."""
    return (*shape[:batch], *shape[batch + 1 :])


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


def _batch(x: Batched, shape: TorchDims) -> int:
    """Return where the samples lie after a regrouping: as many elements come before as did."""
    before = math.prod(x.dims[: x.batch])
    for at, n in enumerate(shape):
        if n == BATCH and math.prod(shape[:at]) == before:
            return at
    raise NoLayerError(
        f"mixes the samples of a batch: {_batched(x.full)} becomes {_batched(shape)}",
        "a spec says what happens to one sample: keep the batch as a dimension, as x.flatten(1) does",
    )


def _regrouping(dims: TorchDims, wanted: TorchDims) -> tuple[str, dict[str, Any]]:
    """Return the type and settings of the layer that gives other dimensions: flatten where it can."""
    for start, end in combinations(range(len(dims)), 2):
        if (*dims[:start], math.prod(dims[start : end + 1]), *dims[end + 1 :]) == wanted:
            return "flatten", {"start_dim": start + 1, "end_dim": -1 if end == len(dims) - 1 else end + 1}
    return "reshape", {"shape": list(wanted)}


def _batched(shape: TorchDims) -> str:
    return f"({', '.join('N' if n == BATCH else f'{n // BATCH} N' if n % BATCH == 0 else str(n) for n in shape)})"
