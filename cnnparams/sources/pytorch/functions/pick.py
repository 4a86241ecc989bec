"""Parts of a tensor: slices, chunks, single elements."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import EllipsisType
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.recurrent import States
from cnnparams.sources.pytorch.functions.reshape import regrouped
from cnnparams.sources.pytorch.values import Batched, ModelTensor, is_list

_FULL = slice(None)


@function("getitem")
def getitem(call: StepContext, x: Any, index: Any) -> Any:
    """Return x[index]: of a list its item, of a tensor slices, with dimensions dropped and added."""
    if is_list(x):
        return x[index]
    first, *more = index if isinstance(index, tuple) else (index,)
    if isinstance(x, States) and isinstance(first, int) and all(each == _FULL for each in more):
        return x.pick(call, first)
    if (
        isinstance(x, ModelTensor) and x.repeated is None and math.prod(call.shape) == math.prod(x.shape)
    ):  # nothing but dimensions of 1
        return x._replace(shape=call.shape)
    x = call.flow(x)
    for axis, part in enumerate(_each(index, len(x.full))):
        x = _cut(call, x, axis, part)
    return regrouped(call, x, call.shape)


@function("select")
def select(call: StepContext, x: Any, dim: int, index: int) -> Batched:
    """Return one element along a dimension."""
    if isinstance(x, States) and dim == 0:
        return x.pick(call, index)
    x = call.flow(x)
    return regrouped(call, _cut(call, x, x.axis(dim), index), call.shape)


@function("slice")
def cut(call: StepContext, x: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Batched:
    """Return x[start:end:step] along a dimension."""
    x = call.flow(x)
    return _cut(call, x, x.axis(dim), slice(start, end, step))


@function("narrow")
def narrow(call: StepContext, x: Any, dim: int, start: int, length: int) -> Batched:
    """Return a part of some length along a dimension."""
    x = call.flow(x)
    return _cut(call, x, x.axis(dim), slice(start, start + length))


@function("chunk", "unsafe_chunk", "tensor_split")
def chunk(call: StepContext, x: Any, chunks: Any = None, dim: int = 0) -> tuple[Batched, ...]:
    """Return the parts that the model takes, side by side along a dimension."""
    return tuple(_parts(call, call.flow(x), dim))


@function("split", "unsafe_split", "split_with_sizes", "unsafe_split_with_sizes")
def split(call: StepContext, x: Any, split_size_or_sections: Any = None, dim: int = 0, **_: Any) -> tuple[Batched, ...]:
    """Return the parts that the model takes, side by side along a dimension."""
    return tuple(_parts(call, call.flow(x), dim))


@function("unbind")
def unbind(call: StepContext, x: Any, dim: int = 0) -> tuple[Batched, ...]:
    """Return every element along a dimension."""
    x = call.flow(x)
    each = [_cut(call, x, x.axis(dim), i) for i in range(len(call.step.value))]
    return tuple(regrouped(call, part, tuple(value.shape)) for part, value in zip(each, call.step.value, strict=True))


def _parts(call: StepContext, x: Batched, dim: int) -> Iterator[Batched]:
    axis, start = x.axis(dim), 0
    for value in call.step.value:
        end = start + value.shape[axis]
        yield _cut(call, x, axis, slice(start, end))
        start = end


def _each(index: Any, rank: int) -> Iterator[Any]:
    """Yield what is picked along each dimension; new ones are left to the shape that comes out."""
    parts = [part for part in (index if isinstance(index, tuple) else (index,)) if part is not None]
    for part in parts:
        if isinstance(part, EllipsisType):
            yield from [_FULL] * (rank - len(parts) + 1)
        elif isinstance(part, slice) or type(part) is int or (_is_indices(part) and len(_advanced(parts)) == 1):
            yield part
        else:
            raise NoLayerError("indexes with a list or a tensor")


def _is_indices(part: Any) -> bool:
    return isinstance(part, list) and all(type(each) is int for each in part)


def _advanced(parts: list[Any]) -> list[Any]:
    """Return what of an index is neither a slice nor an ellipsis: several of those are taken together."""
    return [part for part in parts if not isinstance(part, slice | EllipsisType)]


def _cut(call: StepContext, x: Batched, axis: int, part: int | slice | list[int]) -> Batched:
    """Return a part along one dimension, which stays, with a size of 1 for a single element."""
    size = x.full[axis]
    if isinstance(part, list):
        index = [each % size for each in part]
        return call.put("index_select", {"dim": x.dim(axis), "index": index}, x, batch=x.batch)
    if isinstance(part, int):
        part = slice(part, None if part == -1 else part + 1)
    kept = range(size)[part]
    if len(kept) == size:
        return x
    bounds = {"start": part.start or 0, "end": None if (part.stop or size) >= size else part.stop}
    return call.put("slice", {"dim": x.dim(axis), **bounds, "step": part.step or 1}, x, batch=x.batch)
