"""Means and maxima over some dimensions: global pooling."""

from __future__ import annotations

import math

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import FileDims
from cnnparams.sources.onnx.ops import translates

_POOLS = {"ReduceMean": "global_avg_pool", "ReduceMax": "global_max_pool"}
_MOST_AXES = 3


@translates(*_POOLS)
def reduce(call: NodeContext) -> GraphTensor:
    """Return global pooling: the dimensions that are left come first, as one, and are afterwards what they were."""
    x = call.tensor()
    axes = axes_of(call, x)
    kept = tuple(at for at in range(len(x.dims)) if at not in axes)
    keeps = call.integer("keepdims", 1) == 1
    pooled = _pooled_last(call, x, kept, axes)
    y = call.add(f"{_POOLS[call.op.kind]}{len(pooled.dims) - 1}d", {"keepdims": keeps and kept == (0,)}, pooled)
    if keeps:
        return y._replace(
            dims=tuple(n if at in kept else 1 for at, n in enumerate(x.dims)), batch=x.batch, view=call.op
        )
    batch = x.batch and x.batch - sum(at < x.batch for at in axes)
    return y._replace(dims=tuple(x.dims[at] for at in kept), batch=batch, view=call.op)


def _pooled_last(call: NodeContext, x: GraphTensor, kept: FileDims, axes: FileDims) -> GraphTensor:
    """Return an image whose channels are what is kept, and whose spatial axes are those to pool over."""
    order = (*kept, *axes)
    if order != tuple(sorted(order)):
        dims = [at + 1 for at in order]
        x = call.add("permute", {"dims": dims}, x, name=call.assembly.names.numbered("permute"))
    channels, spatial = math.prod(x.dims[: len(kept)]), x.dims[len(kept) :]
    seen = (channels, *(spatial if len(spatial) <= _MOST_AXES else (math.prod(spatial),)))
    return x if seen == x.dims else x._replace(dims=seen, view=call.op)


def axes_of(call: NodeContext, x: GraphTensor) -> tuple[int, ...]:
    """Return the dimensions of a sample that are reduced; raise NoLayerError for the batch."""
    named = call.integers(1, "axes")
    if named is None or (not named and not call.integer("noop_with_empty_axes", 0)):
        named = tuple(at for at in range(len(x.full)) if at != x.batch)
        if x.batch is not None:
            raise NoLayerError("reduces all dimensions, including the batch", "name the axes")
    return tuple(sorted({sample_axis(x, axis) for axis in named}))
