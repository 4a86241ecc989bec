"""The same elements elsewhere, more than once, or some of them in order."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.reshape import Spread, expand
from cnnparams.sources.pytorch.values import Batched, ModelTensor, Unsaid


@function("roll")
def roll(call: StepContext, x: Any, shifts: Any, dims: Any = None) -> Batched:
    """Return elements that moved along dimensions."""
    x = call.flow(x)
    if dims is None or dims in ((), []):
        raise NoLayerError("reduces over the batch", "name the dimensions of a sample, such as dims=(2, 3)")
    settings = {"shifts": _listed(shifts), "dims": [x.dim(dim) for dim in _listed(dims)]}
    return call.put("roll", settings, x, batch=x.batch)


@function("flip")
def flip(call: StepContext, x: Any, *dims: Any, **named: Any) -> Batched:
    """Return dimensions in the order that is the other way around."""
    x = call.flow(x)
    listed = _listed(named["dims"] if "dims" in named else dims[0] if len(dims) == 1 else dims)
    return call.put("flip", {"dims": [x.dim(dim) for dim in listed]}, x, batch=x.batch)


@function("fliplr", "flipud")
def flip_one(call: StepContext, x: Any) -> Batched:
    """Return the first dimension after the batch the other way around."""
    return flip(call, x, 1 if call.step.name == "fliplr" else 0)


def _triangle(type_: str, call: StepContext, x: Any, diagonal: int = 0) -> Batched:
    x = call.flow(x)
    if x.batch is not None and x.batch > len(x.full) - 3:
        raise NoLayerError("takes the batch for a dimension of a matrix")
    return call.put(type_, {"diagonal": diagonal}, x, batch=x.batch)


for _type in ("tril", "triu"):
    function(_type)(partial(_triangle, _type))


@function("repeat", "tile")
def repeat(call: StepContext, x: Any, *sizes: Any, **named: Any) -> ModelTensor | Spread | Batched:
    """Return the whole several times; where only sizes of 1 are repeated, that is an expansion."""
    shape = call.shape
    own = x.shape if isinstance(x, ModelTensor) else call.flow(x).full
    if isinstance(x, ModelTensor) or all(n in (1, size) for n, size in zip(own, shape[-len(own) :], strict=False)):
        return expand(call, x)
    flow = call.flow(x)
    if len(shape) != len(own) or (flow.batch is not None and shape[flow.batch] != own[flow.batch]):
        raise NoLayerError("repeats the samples of a batch", "a spec says what happens to one sample")
    times = [size // n for n, size in zip(flow.dims, flow.sample(shape), strict=True)]
    return call.put("repeat", {"repeats": times}, flow, batch=flow.batch)


@function("repeat_interleave")
def repeat_interleave(call: StepContext, x: Any, repeats: Any, dim: Any = None, **_: Any) -> Batched:
    """Return each element several times in a row."""
    if not isinstance(repeats, int) or dim is None:
        raise NoLayerError("repeats elements unlike one another, or over all of a batch")
    x = call.flow(x)
    return call.put("repeat_interleave", {"repeats": repeats, "dim": x.dim(dim)}, x, batch=x.batch)


@function("topk")
def topk(call: StepContext, x: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """Return the largest elements, and where they are, which no layer says."""
    x = call.flow(x)
    values = call.put("topk", {"k": k, "dim": x.dim(dim), "largest": largest}, x, batch=x.batch)
    return values, Unsaid("the indices of the largest elements")


@function("sort", "msort")
def sort(call: StepContext, x: Any, dim: int = -1, descending: bool = False, **_: Any) -> Any:
    """Return the elements in order, and where they were, which no layer says."""
    x = call.flow(x)
    values = call.put("sort", {"dim": x.dim(dim), "descending": descending}, x, batch=x.batch)
    return values, Unsaid("where sorted elements were")


@function("gather")
def gather(call: StepContext, x: Any, dim: int, index: Any, **_: Any) -> Batched:
    """Return elements by their indices."""
    x = call.flow(x)
    return call.put("gather", {"dim": x.dim(dim)}, x, call.flow(index), batch=x.batch)


def _listed(value: Any) -> list[Any]:
    return [*value] if isinstance(value, list | tuple) else [value]
