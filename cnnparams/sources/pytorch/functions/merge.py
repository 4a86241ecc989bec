"""Several tensors into one, and parameters that join them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.reshape import regrouped
from cnnparams.sources.pytorch.values import Batched, Implied, ModelTensor, TorchDims, Unsaid, sampled


@function("cat", "concat", "concatenate")
def concat(call: StepContext, x: Sequence[Any], dim: int = 0, **named: int) -> Batched:
    """Return tensors side by side; among them may be parameters, and zeros beside a single one."""
    dim = named.get("axis", dim)
    flows = [call.flow(each) for each in x if isinstance(each, Batched | Implied)]
    if len(x) == 1:
        return call.flow(x[0])
    if len(flows) == 1 and all(isinstance(each, Batched | Implied) or _zeros(each) for each in x):
        return _padded(call, flows[0], flows[0].dim(dim), x)
    parts = [call.flow(each) for each in x]
    like = sampled(parts)
    if like.axis(dim) == like.batch:
        return _along_batch(call, parts, like)
    return call.put("concat", {"dim": like.dim(dim)}, *parts, batch=like.batch)


def _along_batch(call: StepContext, parts: Sequence[Batched], like: Batched) -> Batched:
    """Return batches one behind the other as samples of several: the parts are folded into the batch."""
    if any(part.batch != 0 or part.folded or part.dims != like.dims for part in parts):
        raise NoLayerError("joins batches of different tensors")
    each = [call.put("reshape", {"shape": [1, *part.dims]}, part, batch=0) for part in parts]
    return call.put("concat", {"dim": 1}, *each, batch=0)._replace(folded=1)


@function("stack")
def stack(call: StepContext, x: Sequence[Any], dim: int = 0) -> Batched:
    """Return tensors side by side along a dimension of their own."""
    parts, axis = [call.flow(each) for each in x], dim % len(call.shape)
    first = parts[0]
    if any((part.batch, part.folded) != (first.batch, first.folded) for part in parts):
        one = (*call.shape[:axis], 1, *call.shape[axis + 1 :])
        parts = [regrouped(call, part, one) for part in parts]
        like = sampled(parts)
        return call.put("concat", {"dim": like.dim(axis)}, *parts, batch=like.batch)
    batch = None if first.batch is None else first.batch + (axis <= first.batch)
    at = axis + 1 if batch is None or axis < batch else axis + first.folded
    return call.put("stack", {"dim": at}, *parts, batch=first.batch)._replace(batch=batch)


def with_parameter(call: StepContext, op: str, x: Batched, held: ModelTensor) -> Batched:
    """Return a sum or a product of a tensor and a parameter."""
    shape, seen = tuple(held.tensor.shape), _of_sample(x, held)
    view = {} if _stripped(seen) == _stripped(shape) else {"view": list(seen)}
    return call.put("parameter", {"shape": list(shape), **view, "op": op}, x, held=[held], batch=x.batch)


def _of_sample(x: Batched, held: ModelTensor) -> tuple[int, ...]:
    """Return the shape in which a tensor meets a sample; raise NoLayerError where samples meet different parts."""
    assert x.batch is not None
    at = x.batch - len(x.full) + len(held.shape)  # where the batch is, seen from the tensor's first dimension
    if at < 0:
        return held.shape
    if held.shape[at] != 1:
        raise NoLayerError(f"uses {held.path}, which has a different value for each sample of a batch")
    return (*held.shape[:at], *held.shape[at + 1 :])


def _stripped(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without the sizes of 1 before all others, which repeating it adds by itself."""
    return tuple(dropwhile(lambda n: n == 1, shape))


def _zeros(value: Any) -> TorchDims | None:
    """Return the shape of what is all zeros."""
    return value.constant if isinstance(value, Unsaid) and value.zeros else None


def _padded(call: StepContext, x: Batched, at: int, parts: Sequence[Any]) -> Batched:
    """Return a tensor with the zeros that stand before and after it."""
    axis = at - 1 if x.batch is None or at <= x.batch else at
    sizes = [shape[axis] if (shape := _zeros(each)) else 0 for each in parts]
    own = sizes.index(0)
    return call.put("pad", {"dim": at, "before": sum(sizes[:own]), "after": sum(sizes[own:])}, x, batch=x.batch)
