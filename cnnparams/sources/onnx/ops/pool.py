"""Pools over windows, and over everything."""

from __future__ import annotations

from typing import Any

from cnnparams.layers.contract import window as arithmetic
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, UnsaidError
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.windows import Window, added_border, window_of

_ODD = "pads one side more than the other, which no layer type does"
_BY_ZEROS = "zeros stand for odd padding of pools: sizes and counts are the same, values at the border are not"


@translates("MaxPool")
def max_pool(call: NodeContext) -> list[OnnxValue | None]:
    """Return max pooling; where the largest values are is given by no layer."""
    x = call.image()
    x, window, padding = _padded(call, x, _window(call, x), exact=False)
    settings = {**window.settings(), "dilation": window.dilation, **padding}
    return [call.add(f"max_pool{window.rank}d", settings, x)]


@translates("AveragePool")
def avg_pool(call: NodeContext) -> GraphTensor:
    """Return average pooling: unlike PyTorch's it does not count the padding unless told to."""
    x = call.image()
    window = _window(call, x)
    if set(window.dilation) != {1}:
        raise UnsaidError("averages with a dilation, which no layer type does")
    counts = call.integer("count_include_pad", 0) != 0
    x, window, padding = _padded(call, x, window, exact=counts)
    included = {"count_include_pad": counts} if window.pads != ((0, 0),) * window.rank else {}
    return call.add(f"avg_pool{window.rank}d", {**window.settings(), **padding, **included}, x)


@translates("LpPool")
def lp_pool(call: NodeContext) -> GraphTensor:
    """Return pooling by a norm; what pads is opaque, as PyTorch's does not."""
    x = call.image()
    window = _window(call, x)
    ceil = call.integer("ceil_mode", 0) != 0
    if window.pads != ((0, 0),) * window.rank or set(window.dilation) != {1}:
        raise UnsaidError("pads or dilates a pool by a norm, which no layer type does")
    settings = {"norm_type": call.integer("p", 2), **window.settings(), "ceil_mode": ceil}
    return call.add(f"lp_pool{window.rank}d", settings, x)


@translates("GlobalLpPool")
def global_lp_pool(call: NodeContext) -> GraphTensor:
    """Return the norm of each channel, in dimensions of 1."""
    x = call.image()
    dims = list(range(2, len(x.dims) + 1))
    return call.add("norm", {"p": call.integer("p", 2), "dim": dims, "keepdim": True}, x)


@translates("GlobalAveragePool", "GlobalMaxPool")
def global_pool(call: NodeContext) -> GraphTensor:
    """Return pooling of each channel to one number, in dimensions of 1."""
    x = call.image()
    kind = "avg" if call.op.kind == "GlobalAveragePool" else "max"
    return call.add(f"global_{kind}_pool{len(x.dims) - 1}d", {"keepdims": True}, x)


def _window(call: NodeContext, x: GraphTensor) -> Window:
    kernel = call.ints("kernel_shape")
    if kernel is None:
        raise NoLayerError("is missing its kernel_shape", "export it again")
    return window_of(call, x, kernel)


def _padded(
    call: NodeContext, x: GraphTensor, window: Window, *, exact: bool
) -> tuple[GraphTensor, Window, dict[str, Any]]:
    """Return padding and ceil_mode; a last window that hangs over the end is what padding at the end alone makes.

    Other padding that is not the same on both sides is a layer of zeros before, of which `exact` tells whether the pool
    sees them as it sees its own padding.
    """
    ceil = call.integer("ceil_mode", 0) != 0
    if window.even is not None:
        return x, window, {"padding": window.even, "ceil_mode": ceil}
    if not (ceil or exact) and window.is_same(x.dims[1:]):
        return x, window, {"padding": "same"}
    if ceil:
        raise UnsaidError(_ODD)
    if not exact and _hangs_over(x, window):
        return x, window, {"padding": tuple(pair[0] for pair in window.pads), "ceil_mode": True}
    padded = added_border(call, x, window.pads)
    if not exact:
        call.assembly.remark(_BY_ZEROS, padded.source)
    return padded, window._replace(pads=((0, 0),) * window.rank), {"padding": (0,) * window.rank}


def _hangs_over(x: GraphTensor, window: Window) -> bool:
    axes = zip(x.dims[1:], window.kernel, window.stride, window.pads, window.dilation, strict=True)
    return all(arithmetic.size(*axis) == arithmetic.size_ceil(*axis[:3], axis[3][0], axis[4]) for axis in axes)
