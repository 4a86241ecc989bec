"""Borders added around tensors."""

from __future__ import annotations

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, axis_of, sample_axis
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.conv import convolution
from cnnparams.sources.onnx.windows import Pads, added_border

_MODES = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@translates("Pad")
def pad(call: NodeContext) -> GraphTensor:
    """Return zeros around an image, and along other dimensions."""
    x, sides = call.tensor(), _sides(call)
    value = call.number(2) if call.has(2) else call.real("value", 0.0)
    is_zero_point = call.has(2) and x.is_float and not call.known(2).is_float  # of numbers that are kept in 8 bits
    if value != 0 and not is_zero_point:
        raise UnsaidError(f"pads with {value}, where layers pad with zeros")
    spatial = sides[2:]
    if x.batch == 0 and 1 <= len(spatial) <= 3 and any(map(any, spatial)):
        x, sides = added_border(call, x, spatial), (*sides[:2], *((0, 0),) * len(spatial))
    for at, (before, after) in enumerate(sides):
        if before or after:
            dim = sample_axis(x, at) + 1
            x = call.add("pad", {"dim": dim, "before": before, "after": after}, x)
    return x


@translates("MirroredPad")
def mirrored(call: NodeContext) -> GraphTensor:
    """Return a border that repeats the image, which stands in no layer but a convolution."""
    raise UnsaidError(f"pads in mode {call.text('mode', '')}, which only convolutions do")


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
