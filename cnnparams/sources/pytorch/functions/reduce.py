"""Means and maxima over dimensions: global pooling."""

from __future__ import annotations

import math
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.reshape import permuted, without
from cnnparams.sources.pytorch.values import Batched, Unsaid

_MOST_AXES = 3


@function("mean")
def mean(call: StepContext, x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Batched:
    """Return global average pooling."""
    return _pooled(call, "global_avg_pool", call.flow(x), named.get("axis", dim), call.shape)


@function("amax")
def amax(call: StepContext, x: Any, dim: Any = None, keepdim: bool = False) -> Batched:
    """Return global max pooling."""
    return _pooled(call, "global_max_pool", call.flow(x), dim, call.shape)


@function("max")
def maximum(call: StepContext, x: Any, dim: Any = None, keepdim: bool = False) -> tuple[Batched, Unsaid]:
    """Return global max pooling, and the indices, which no layer gives."""
    if not isinstance(dim, int):
        raise NoLayerError("takes the maximum of two tensors, or over the batch")
    values = _pooled(call, "global_max_pool", call.flow(x), dim, tuple(call.step.value[0].shape))
    return values, Unsaid("the indices of a maximum")


def _pooled(call: StepContext, type_: str, x: Batched, dim: Any, shape: tuple[int, ...]) -> Batched:
    """Return global pooling over dimensions: brought last, the others as one before them, and as they were after it."""
    if dim is None:
        raise NoLayerError("reduces over the batch", "name the dimensions of a sample, such as dim=(2, 3)")
    over = sorted(x.axis(each) for each in ([dim] if isinstance(dim, int) else dim))
    if x.batch in over:
        x.dim(x.batch)
    rest = [axis for axis in range(len(x.full)) if axis not in over]
    batch = x.batch if len(shape) == len(x.full) else rest.index(x.batch)
    wanted = without(shape, batch) or (1,)
    x = permuted(call, x, [*rest, *over])
    kept, pooled = x.dims[: len(rest) - 1], x.dims[len(rest) - 1 :]
    if len(kept) != 1 or len(pooled) > _MOST_AXES:
        pooled = pooled if len(pooled) <= _MOST_AXES else (math.prod(pooled),)
        x = call.put("reshape", {"shape": [math.prod(kept), *pooled]}, x, batch=x.batch)
    keepdims = wanted == (*x.dims[:1], *[1] * len(pooled))
    x = call.put(f"{type_}{len(pooled)}d", {"keepdims": keepdims}, x, batch=x.batch)
    if x.dims != wanted:
        x = call.put("reshape", {"shape": list(wanted)}, x, batch=x.batch)
    return x._replace(batch=batch)
