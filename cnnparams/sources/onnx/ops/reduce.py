"""Functions over some dimensions: sums, means, norms, places of the largest values; over an image global pooling."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import FileDims
from cnnparams.sources.onnx.ops import translates

_POOLS = {"ReduceMean": "global_avg_pool", "ReduceMax": "global_max_pool"}


class _OnnxReduction(NamedTuple):
    """The layer that an operation is, its settings, and the functions before and after it."""

    type: str
    settings: Mapping[str, Any] = MappingProxyType({})
    before: str = ""
    after: str = ""


_REDUCTIONS = {
    "ReduceL1": _OnnxReduction("norm", {"p": 1}),
    "ReduceL2": _OnnxReduction("norm"),
    "ReduceLogSum": _OnnxReduction("sum", after="log"),
    "ReduceLogSumExp": _OnnxReduction("logsumexp"),
    "ReduceMax": _OnnxReduction("amax"),
    "ReduceMean": _OnnxReduction("mean"),
    "ReduceMin": _OnnxReduction("amin"),
    "ReduceProd": _OnnxReduction("prod"),
    "ReduceSum": _OnnxReduction("sum"),
    "ReduceSumSquare": _OnnxReduction("sum", before="square"),
}
_PLACES = {"ArgMax": "argmax", "ArgMin": "argmin"}


@translates(*_REDUCTIONS)
def reduction(call: NodeContext) -> GraphTensor:
    """Return a function over dimensions of a sample; the mean or the maximum of an image's places is global pooling."""
    x = call.tensor()
    axes, keeps = axes_of(call, x), call.integer("keepdims", 1) == 1
    if not axes:
        return x
    pool = _POOLS.get(call.op.kind)
    if pool and x.batch == 0 and axes == tuple(range(1, len(x.dims))) and len(axes) <= 3:
        y = call.add(f"{pool}{len(axes)}d", {"keepdims": keeps}, x)
    else:
        y = _reduced(call, x, axes, keeps=keeps)
    return _left(call, x, y, axes, keeps=keeps)


def _reduced(call: NodeContext, x: GraphTensor, axes: FileDims, *, keeps: bool) -> GraphTensor:
    kind = _REDUCTIONS[call.op.kind]
    if kind.before:
        x = call.add(kind.before, {}, x)
    settings = {**kind.settings, "dim": [at + 1 for at in axes], "keepdim": keeps}
    y = call.add(kind.type, settings, x)
    return call.add(kind.after, {}, y) if kind.after else y


def _left(call: NodeContext, x: GraphTensor, y: GraphTensor, axes: FileDims, *, keeps: bool) -> GraphTensor:
    """Return a result with its batch where it is now; a number for each sample has no dimensions."""
    kept = keeps or len(axes) < len(x.dims)
    batch = x.batch if keeps or x.batch is None else x.batch - sum(at < x.batch for at in axes)
    return y._replace(batch=batch) if kept else y._replace(dims=(), batch=batch, view=call.op)


@translates(*_PLACES)
def place(call: NodeContext) -> GraphTensor:
    """Return the place of the largest or smallest value along a dimension."""
    x, keeps = call.tensor(), call.integer("keepdims", 1) == 1
    axes = (sample_axis(x, call.integer("axis", 0)),)
    y = call.add(_PLACES[call.op.kind], {"dim": [axes[0] + 1], "keepdim": keeps}, x)
    return _left(call, x, y, axes, keeps=keeps)._replace(is_float=False)


_SCANS = {"CumSum": "cumsum", "CumProd": "cumprod"}


@translates(*_SCANS)
def scan(call: NodeContext) -> GraphTensor:
    """Return sums or products of all up to each place."""
    x = call.tensor()
    at = sample_axis(x, int(call.number(1)) if call.has(1) else call.integer("axis", 0))
    if call.integer("exclusive", 0) or call.integer("reverse", 0):
        raise UnsaidError("scans backwards, or without the place itself, which no layer type does")
    return call.add(_SCANS[call.op.kind], {"dim": at + 1}, x)


@translates("LpNormalization")
def normalize(call: NodeContext) -> GraphTensor:
    """Return vectors divided by their norm."""
    x = call.tensor()
    at = sample_axis(x, call.integer("axis", -1))
    return call.add("normalize", {"dim": at + 1, "p": call.integer("p", 2)}, x)


def axes_of(call: NodeContext, x: GraphTensor) -> tuple[int, ...]:
    """Return the dimensions of a sample that are reduced; raise NoLayerError for the batch."""
    named = call.integers(1, "axes") or ()
    if not named and call.integer("noop_with_empty_axes", 0):
        return ()
    if not named and x.batch is not None:
        raise NoLayerError("reduces all dimensions, including the batch", "name the axes")
    return tuple(sorted({sample_axis(x, axis) for axis in named or range(len(x.full))}))
