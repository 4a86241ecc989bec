"""Borders added around tensors."""

from __future__ import annotations

import math
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, axis_of, sample_axis
from cnnparams.sources.onnx.call import NodeContext, short
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.conv import convolution
from cnnparams.sources.onnx.windows import Pads, added_border

_LAYERS = {"reflect": "reflection_pad", "edge": "replication_pad", "wrap": "circular_pad"}
_MODES = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@translates("Pad", "MirroredPad")
def pad(call: NodeContext) -> GraphTensor:
    """Return zeros around an image, and along other dimensions; another number, or a border that repeats the image.

    MirroredPad is what is made of a Pad in another mode than the usual one.
    """
    x, sides = call.tensor(), _sides(call)
    mode = call.text("mode", "constant")
    if mode != "constant":
        return _around(call, x, sides, _LAYERS.get(mode, f"{mode}_pad"), {})
    value = call.number(2) if call.has(2) else call.real("value", 0.0)
    is_zero_point = call.has(2) and x.is_float and not call.known(2).is_float  # of numbers that are kept in 8 bits
    if value != 0 and not is_zero_point:
        return _around(call, x, sides, "constant_pad", {"value": short(value)})
    spatial = sides[2:]
    if x.batch == 0 and 1 <= len(spatial) <= 3 and any(map(any, spatial)):
        x, sides = added_border(call, x, spatial), (*sides[:2], *((0, 0),) * len(spatial))
    for at, (before, after) in enumerate(sides):
        if before or after:
            dim = sample_axis(x, at) + 1
            x = call.add("pad", {"dim": dim, "before": before, "after": after}, x)
    return x


def _around(call: NodeContext, x: GraphTensor, sides: Pads, type_: str, settings: dict[str, Any]) -> GraphTensor:
    """Put a border around the last dimensions, those before them as the channels of an image."""
    padded = [sample_axis(x, at) for at, pair in enumerate(sides) if any(pair)]
    if not padded:
        return x
    first = min(padded[0], max(len(x.dims) - 3, 1))
    own = [pair for at, pair in enumerate(sides) if at != x.batch][first:]
    if len(own) > 3 or (x.batch is not None and x.batch > first):
        raise UnsaidError(f"pads {len(own)} dimensions, where layers pad three at most")
    seen = (math.prod(x.dims[:first]), *x.dims[first:])
    image = x if seen == x.dims else x._replace(dims=seen, view=call.op)
    written = [n for pair in reversed(own) for n in pair]
    y = call.add(f"{type_}{len(own)}d", {"padding": written, **settings}, image)
    dims = (*x.dims[:first], *y.dims[1:])
    return y if dims == y.dims else y._replace(dims=dims, view=call.op)


@translates("PaddedConv")
def padded_conv(call: NodeContext) -> GraphTensor:
    """Return a convolution over an image whose border repeats it."""
    (part,) = (NodeContext(part, call.assembly) for part in call.op.parts if part.kind == "Pad")
    sides, mode = _sides(part), part.text("mode", "")
    if any(map(any, sides[:2])) or mode not in _MODES:
        raise NoLayerError(f"pads in mode {mode}, not only around an image")
    return convolution(call, sides[2:], _MODES[mode])


def _sides(call: NodeContext) -> Pads:
    """Return what is added before and after, for each dimension with the batch."""
    x, written = call.tensor(), call.integers(1, "pads")
    axes = [axis_of(x, axis) for axis in call.integers(3, "axes") or range(len(x.full))]
    if written is None or len(written) != 2 * len(axes):
        raise NoLayerError("has not two numbers for each dimension to pad", "export it again")
    both = dict(zip(axes, zip(written[: len(axes)], written[len(axes) :], strict=True), strict=True))
    return tuple(both.get(at, (0, 0)) for at in range(len(x.full)))
