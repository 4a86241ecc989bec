"""Parts of tensors, and borders around images."""

from __future__ import annotations

from itertools import accumulate, pairwise

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import (
    GraphTensor,
    OnnxValue,
    UnsaidError,
    Weights,
    axis_of,
    bracketed,
    sample_axis,
)
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.operands import aligned
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.arrange import arranged, viewed

_MOST_PLACES = 100
"""The indices that a spec has; more are no line that a person reads."""


@translates("Slice")
def slice_(call: NodeContext) -> OnnxValue:
    """Return a part of a tensor, along some of its dimensions."""
    x, starts, ends = call.value(0), call.integers(1, "starts"), call.integers(2, "ends")
    if starts is None or ends is None or len(starts) != len(ends):
        raise NoLayerError("is missing its starts or ends", "export it again")
    axes = call.integers(3, "axes") or tuple(range(len(starts)))
    steps = call.integers(4, "steps") or (1,) * len(starts)
    if not len(axes) == len(steps) == len(starts) or 0 in steps:
        raise NoLayerError("has starts, axes and steps that do not match", "export it again")
    for axis, *bounds in zip(axes, starts, ends, steps, strict=True):
        x = _part(call, x, axis_of(x, axis), slice(*bounds))
    return x


@translates("Split")
def split(call: NodeContext) -> list[OnnxValue | None]:
    """Return parts of a tensor, one after another along one dimension."""
    x = call.value(0)
    at = axis_of(x, call.integer("axis", 0))
    number = len(call.op.outputs)
    each = -(-x.full[at] // number)
    sizes = call.integers(1, "split") or (*[each] * (number - 1), x.full[at] - each * (number - 1))
    if len(sizes) != number or sum(sizes) != x.full[at] or min(sizes) < 1:
        raise NoLayerError(f"splits {x.full[at]} into {bracketed(sizes)}", "export it again")
    bounds = pairwise(accumulate(sizes, initial=0))
    parts = zip(call.op.outputs, bounds, strict=True)
    return [_part(call, x, at, slice(*bound)) if output else None for output, bound in parts]


@translates("SplitPart")
def split_part(call: NodeContext) -> OnnxValue:
    """Return one part of a tensor that is split into a list: parts of one size, or of sizes of their own."""
    (listing,) = (part for part in call.op.parts if part.kind == "SplitToSequence")
    x, sizes, index = call.value(0), call.integers(1, "split") or (), int(call.number(2))
    at = axis_of(x, listing.attributes.get("axis", 0))
    if not call.known(1).dims:
        bounds = slice(index * sizes[0], (index + 1) * sizes[0])
    else:
        bounds = slice(sum(sizes[:index]), sum(sizes[: index + 1]))
    if index < 0 or min(sizes, default=0) < 1 or not len(range(x.full[at])[bounds]):
        raise NoLayerError(f"takes part {index} of {x.full[at]} split by {bracketed(sizes)}", "export it again")
    return _part(call, x, at, bounds)


@translates("Gather")
def gather(call: NodeContext) -> OnnxValue:
    """Return indices that follow one another, or a single one, whose dimension goes; or a look-up of vectors."""
    x, indices = call.value(0), call.value(1)
    if isinstance(indices, GraphTensor) and isinstance(x, ConstantTensor):
        return _embedded(call, indices)
    at = axis_of(x, call.integer("axis", 0))
    if isinstance(indices, GraphTensor) or indices.data is None:
        if isinstance(x, GraphTensor):
            sample_axis(x, at)
        raise UnsaidError("picks places that are not known before it runs, or not read, which no layer type does")
    places = [int(n) + (n < 0) * x.full[at] for n in call.numbers(1)]
    if not all(0 <= place < x.full[at] for place in places):
        raise NoLayerError("picks what is not there", "export it again")
    step = places[1] - places[0] if len(places) > 1 else 1
    if places and step > 0 and all(b - a == step for a, b in pairwise(places)):
        part = _part(call, x, at, slice(places[0], places[-1] + 1, step))
    elif isinstance(x, GraphTensor) and 0 < len(places) <= _MOST_PLACES:
        part = call.add("index_select", {"dim": sample_axis(x, at) + 1, "index": places}, x)
    else:
        raise UnsaidError("picks more places than a spec has numbers, which no layer type does")
    if not indices.dims:
        return arranged(part, [i for i in range(len(x.full)) if i != at], call.op)
    return viewed(part, (*x.full[:at], *indices.dims, *x.full[at + 1 :]), call.op)


@translates("GatherElements")
def gather_elements(call: NodeContext) -> GraphTensor:
    """Return the elements along a dimension at the places that another tensor has."""
    x = call.tensor()
    dim = sample_axis(x, call.integer("axis", 0)) + 1
    return call.add("gather", {"dim": dim}, *aligned(call, (x, call.value(1))))._replace(is_float=x.is_float)


def _embedded(call: NodeContext, tokens: GraphTensor) -> GraphTensor:
    """Look a vector up for each token."""
    table = call.known(0)
    if len(table.dims) != 2 or call.integer("axis", 0) not in (0, -2) or not table.is_float:
        raise UnsaidError("looks up embeddings that are not vectors")
    settings = {"num_embeddings": table.dims[0], "embedding_dim": table.dims[1]}
    return call.add("embedding", settings, tokens, held=Weights((table,)))


def _part(call: NodeContext, x: OnnxValue, at: int, bounds: slice) -> OnnxValue:
    """Return a part along one dimension: a layer, where it is not the whole of it."""
    n = x.full[at]
    kept = range(n)[bounds]
    if kept == range(n):
        return x
    if isinstance(x, ConstantTensor):
        dims = (*x.dims[:at], len(kept), *x.dims[at + 1 :])
        return x._replace(dims=dims, data=None if x.data is None else x.data[(slice(None),) * at + (bounds,)])
    dim = sample_axis(x, at) + 1
    if kept.step < 0:
        x = call.add("flip", {"dims": dim}, x)
        return _part(call, x, at, slice(n - 1 - kept.start, n - 1 - kept[-1] + 1, -kept.step)) if kept else x
    end = kept.stop if kept.stop < n else None
    return call.add("slice", {"dim": dim, "start": kept.start, "end": end, "step": kept.step}, x)
