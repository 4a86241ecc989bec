"""Pools over windows, and over everything."""

from __future__ import annotations

from typing import Any

from cnnparams.bridge.onnx.call import Call
from cnnparams.bridge.onnx.ops import translates
from cnnparams.bridge.onnx.values import NoLayerError, Tensor, Value
from cnnparams.bridge.onnx.windows import Window, added_border, window_of
from cnnparams.layers import window as arithmetic

_ODD = "pads one side more than the other, as no layer does"


@translates("MaxPool")
def max_pool(call: Call) -> list[Value | None]:
    """Return max pooling; where the largest values are is given by no layer."""
    x = call.image()
    window = _window(call, x)
    settings = {**window.settings(), "dilation": window.dilation, **_padding(call, x, window)}
    return [call.add(f"max_pool{window.rank}d", settings, x)]


@translates("AveragePool")
def avg_pool(call: Call) -> Tensor:
    """Return average pooling: unlike PyTorch's it does not count the padding unless told to."""
    x = call.image()
    window = _window(call, x)
    if set(window.dilation) != {1}:
        raise NoLayerError("averages with a dilation, as no layer does", "set it to 1")
    counts = call.integer("count_include_pad", 0) != 0
    even = window.even
    if even is None and counts and not call.integer("ceil_mode", 0):
        x, window = added_border(call, x, window.pads), window._replace(pads=((0, 0),) * window.rank)
    included = {"count_include_pad": counts} if window.pads != ((0, 0),) * window.rank else {}
    return call.add(f"avg_pool{window.rank}d", {**window.settings(), **_padding(call, x, window), **included}, x)


@translates("GlobalAveragePool", "GlobalMaxPool")
def global_pool(call: Call) -> Tensor:
    """Return pooling of each channel to one number, in dimensions of 1."""
    x = call.image()
    kind = "avg" if call.op.kind == "GlobalAveragePool" else "max"
    return call.add(f"global_{kind}_pool{len(x.dims) - 1}d", {"keepdims": True}, x)


def _window(call: Call, x: Tensor) -> Window:
    kernel = call.ints("kernel_shape")
    if kernel is None:
        raise NoLayerError("lacks its kernel_shape", "export it again")
    return window_of(call, x, kernel)


def _padding(call: Call, x: Tensor, window: Window) -> dict[str, Any]:
    """Return padding and ceil_mode; a last window that hangs over the end is what padding at the end alone makes."""
    ceil = call.integer("ceil_mode", 0) != 0
    if window.even is not None:
        return {"padding": window.even, "ceil_mode": ceil}
    if not ceil and window.is_same(x.dims[1:]):
        return {"padding": "same"}
    before = tuple(pair[0] for pair in window.pads)
    axes = zip(x.dims[1:], window.kernel, window.stride, window.pads, window.dilation, strict=True)
    hangs_over = [arithmetic.size(*axis) == arithmetic.size_ceil(*axis[:3], axis[3][0], axis[4]) for axis in axes]
    if ceil or not all(hangs_over):
        raise NoLayerError(_ODD, "pad the same on both sides, or with a layer of its own")
    return {"padding": before, "ceil_mode": True}
