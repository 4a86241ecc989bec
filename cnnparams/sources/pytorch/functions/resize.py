"""Larger and smaller images: padding, interpolation, pixels from channels, channels dealt out."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple, NoReturn

from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import Batched

_MOST_AXES = 3


class Lowest(NamedTuple):
    """An image with -inf around it, as "same" padding of max pooling is written: (left, right, top, bottom, ...)."""

    of: Batched
    pad: tuple[int, ...]

    def put(self, call: StepContext) -> NoReturn:
        """Raise NoLayerError: only max pooling has such padding."""
        raise NoLayerError("reads what is padded with -inf", "zero_pad2d counts the same")


_LOOKING = {"reflect": "reflection_pad", "replicate": "replication_pad", "circular": "circular_pad"}
"""The types that stand for modes of padding which repeat the image."""


@function("pad", "constant_pad_nd")
def padded(call: StepContext, x: Any, pad: Any, mode: Any = "constant", value: Any = None) -> Batched | Lowest:
    """Return padding: of the image where its channels stay as they are, else dimension by dimension."""
    if not isinstance(mode, str):  # ATen has no mode there
        mode, value = "constant", mode
    if mode == "constant" and value == -math.inf:
        return Lowest(call.flow(x), tuple(pad))
    flow = call.flow(x)
    rank = len(flow.full) - 2
    if mode != "constant":
        return call.put(f"{_LOOKING[mode]}{len(pad) // 2}d", {"padding": [*pad]}, flow)
    filled = {"value": value} if value else {}
    if 1 <= rank <= _MOST_AXES and len(pad) <= 2 * rank and flow.batch == 0 and not flow.folded:
        sides = {"padding": [*pad, *[0] * (2 * rank - len(pad))]}
        return call.put(f"constant_pad{rank}d" if filled else f"zero_pad{rank}d", {**sides, **filled}, flow)
    for i in range(0, len(pad), 2):
        before, after = pad[i : i + 2]
        if before or after:
            settings = {"dim": flow.dim(-1 - i // 2), "before": before, "after": after, **filled}
            flow = call.put("pad", settings, flow, batch=flow.batch)
    return flow


def _looking(mode: str, call: StepContext, x: Any, pad: Any) -> Any:
    return padded(call, x, pad, mode)


for _mode, _word in {"reflect": "reflection", "replicate": "replication"}.items():
    for _rank in (1, 2, 3):
        function(f"{_word}_pad{_rank}d")(partial(_looking, _mode))


@function("interpolate", "upsample")
def interpolate(
    call: StepContext,
    x: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Batched:
    """Return an upsampling."""
    if antialias:
        raise NoLayerError("interpolates with antialias, which upsample does not have", NOTHING_COUNTED)
    settings = {"size": size, "scale_factor": scale_factor, "mode": mode, "align_corners": align_corners}
    return call.put("upsample", settings, call.flow(x))


def _aten(mode: str, call: StepContext, x: Any, *args: Any, **_: Any) -> Batched:
    """Return an upsampling to the size that the model gives; of the arguments, only align_corners is a flag."""
    aligned = {"align_corners": True} if True in args else {}
    return call.put("upsample", {"size": list(call.shape[2:]), "mode": mode, **aligned}, call.flow(x))


for _mode, _ranks in {
    "nearest": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "trilinear": (3,),
}.items():
    for _rank in _ranks:
        function(f"upsample_{_mode}{_rank}d")(partial(_aten, _mode))


@function("pixel_shuffle")
def pixel_shuffle(call: StepContext, x: Any, upscale_factor: int) -> Batched:
    """Return a pixel shuffle."""
    return call.put("pixel_shuffle", {"upscale_factor": upscale_factor}, call.flow(x))


@function("pixel_unshuffle")
def pixel_unshuffle(call: StepContext, x: Any, downscale_factor: int) -> Batched:
    """Return a pixel unshuffle."""
    return call.put("pixel_unshuffle", {"downscale_factor": downscale_factor}, call.flow(x))


@function("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(call: StepContext, x: Any, groups: int) -> Batched:
    """Return a channel shuffle."""
    return call.put("channel_shuffle", {"groups": groups}, call.flow(x))


@function("torch.nn.functional.unfold", "im2col")
def unfold(
    call: StepContext, x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Batched:
    """Return patches as columns."""
    window = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    return call.put("unfold", window, call.flow(x))


@function("fold", "col2im")
def fold(
    call: StepContext,
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Batched:
    """Return an image of patches that are columns."""
    window = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    return call.put("fold", {"output_size": output_size, **window}, call.flow(x))


@function("grid_sample")
def grid_sample(
    call: StepContext,
    x: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Batched:
    """Return pixels at places that another tensor gives."""
    settings = {"mode": mode, "padding_mode": padding_mode, "align_corners": bool(align_corners)}
    return call.put("grid_sample", settings, call.flow(x), call.flow(grid))


_ATEN_MODES, _ATEN_BORDERS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")


@function("grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def aten_grid_sample(call: StepContext, x: Any, grid: Any, mode: int, border: int, align_corners: bool) -> Batched:
    """Return the same, of which ATen has numbers for words."""
    return grid_sample(call, x, grid, _ATEN_MODES[mode], _ATEN_BORDERS[border], align_corners)
