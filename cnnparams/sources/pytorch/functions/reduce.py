"""Functions over dimensions: sums, means, norms, indices; means and maxima of whole images are global pooling."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from cnnparams.layers.contract.registry import declarations
from cnnparams.layers.reduction import Deviation, IndexReduction, Reduction, Scan, TruthReduction
from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.arithmetic import elementwise
from cnnparams.sources.pytorch.values import Batched

_MOST_AXES = 3
_PLAIN = (Reduction, TruthReduction, IndexReduction)
"""Families whose functions are told nothing but the dimensions."""

_POOLS: Mapping[str, str] = {"mean": "global_avg_pool", "amax": "global_max_pool"}
_ALSO: Mapping[str, tuple[str, ...]] = {"sum": ("sum_dim_intlist",)}


class Indices(NamedTuple):
    """Where along a dimension the largest or the smallest values are: a layer of its own, where something reads them.

    `shape` has the batch among its dimensions.
    """

    of: Batched
    type: str
    dim: int
    shape: tuple[int, ...]

    def put(self, call: StepContext) -> Batched:
        """Put the layer that gives indices."""
        return reduced(call, self.type, self.of, self.dim, self.shape)


def _over(type_: str, call: StepContext, x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Batched:
    return reduced(call, type_, call.flow(x), named.get("axis", dim), call.shape)


for _type in (each.name for each in declarations() if issubclass(each.family, _PLAIN)):
    function(_type, *_ALSO.get(_type, ()))(partial(_over, _type))


@function("prod")
def prod(call: StepContext, x: Any, dim: Any = None, keepdim: bool = False, **_: Any) -> Batched:
    """Return a product over a dimension."""
    return reduced(call, "prod", call.flow(x), dim, call.shape)


def _largest(types: tuple[str, str, str], call: StepContext, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the largest or smallest values and where they are, or of two tensors the larger or smaller elements."""
    values, indices, of_two = types
    if not isinstance(dim, int):
        if dim is None:
            raise NoLayerError("reduces over the batch", "name the dimensions of a sample, such as dim=(2, 3)")
        return elementwise(of_two, call, x, dim)
    flow, shape = call.flow(x), tuple(call.step.value[0].shape)
    return reduced(call, values, flow, dim, shape), Indices(flow, indices, dim, shape)


function("max")(partial(_largest, ("amax", "argmax", "maximum")))
function("min")(partial(_largest, ("amin", "argmin", "minimum")))


@function("norm", "vector_norm", "linalg_norm", "linalg_vector_norm")
def norm(call: StepContext, x: Any, p: Any = 2, dim: Any = None, keepdim: bool = False, **named: Any) -> Batched:
    """Return a norm of vectors."""
    power = named.get("ord", p)
    power = 2 if power in (None, "fro") else power
    if not isinstance(power, int | float):
        raise NoLayerError(f"is the norm {power!r} of matrices", NOTHING_COUNTED)
    written = power if math.isfinite(power) else str(float(power))
    return reduced(call, "norm", call.flow(x), dim, call.shape, p=written)


def _deviation(type_: str, call: StepContext, x: Any, dim: Any = None, *rest: Any, **named: Any) -> Batched:
    """Return a deviation; torch has its correction as a flag too, which may stand in place of the dimensions."""
    first = [dim] if isinstance(dim, bool) else []
    flags = [*first, *(each for each in rest if isinstance(each, bool)), named.get("unbiased")]
    correction = named.get("correction", 1)
    correction = 1 if correction is None else correction
    if flags[0] is not None:
        correction = int(flags[0])
    over = named.get("axis") if isinstance(dim, bool) or dim is None else dim
    return reduced(call, type_, call.flow(x), over, call.shape, correction=int(correction))


for _type in (each.name for each in declarations() if issubclass(each.family, Deviation)):
    function(_type)(partial(_deviation, _type))


def _along(type_: str, call: StepContext, x: Any, dim: Any, **_: Any) -> Batched:
    x = call.flow(x)
    return call.put(type_, {"dim": x.dim(dim)}, x, batch=x.batch)


for _type in (each.name for each in declarations() if issubclass(each.family, Scan)):
    function(_type)(partial(_along, _type))


@function("normalize")
def normalize(call: StepContext, x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12, **_: Any) -> Batched:
    """Return vectors divided by their norm."""
    x = call.flow(x)
    settings = {"p": int(p) if p == int(p) else p, "dim": x.dim(dim), "eps": eps}
    return call.put("normalize", settings, x, batch=x.batch)


def reduced(call: StepContext, type_: str, x: Batched, dim: Any, shape: tuple[int, ...], **settings: Any) -> Batched:
    """Return a function over dimensions, which gives this shape, the batch among its dimensions."""
    if x.batch is None and dim in (None, (), []):
        dim = range(len(x.dims))
    if dim is None or dim in ((), []):
        raise NoLayerError("reduces over the batch", "name the dimensions of a sample, such as dim=(2, 3)")
    over = sorted(x.axis(each) for each in ([dim] if isinstance(dim, int) else dim))
    dims = [x.dim(axis) for axis in over]
    kept = len(shape) == len(x.full)
    batch = x.batch if kept or x.batch is None else x.batch - sum(axis < x.batch for axis in over)
    pooled = len(x.full) - 2
    if (
        type_ in _POOLS
        and x.batch == 0
        and not x.folded
        and dims == [*range(2, len(x.full))]
        and 1 <= pooled <= _MOST_AXES
    ):
        return call.put(f"{_POOLS[type_]}{pooled}d", {"keepdims": kept}, x)
    settings |= {"dim": dims[0] if len(dims) == 1 else dims, "keepdim": kept}
    made = call.put(type_, settings, x, batch=x.batch)._replace(batch=batch)
    assert made.dims == (x.sample(shape, batch) or (1,))
    return made
