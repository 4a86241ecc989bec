"""Images made larger, and channels traded for pixels."""

from __future__ import annotations

from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError, axis_of
from cnnparams.sources.onnx.call import NodeContext, real
from cnnparams.sources.onnx.ops import translates

_MODES = {
    ("nearest", 1): "nearest",
    ("nearest", 2): "nearest",
    ("nearest", 3): "nearest",
    ("linear", 1): "linear",
    ("linear", 2): "bilinear",
    ("linear", 3): "trilinear",
    ("cubic", 2): "bicubic",
}
_CROPS = "tf_crop_and_resize"


@translates("Resize", "Upsample")
def resize(call: NodeContext) -> GraphTensor:
    """Return an image of another size, by scales or by sizes; batch and channels stay as they are."""
    x = call.image()
    mode = _MODES.get((call.text("mode", "nearest"), len(x.dims) - 1))
    how = call.text("coordinate_transformation_mode", "half_pixel")
    if mode is None or how == _CROPS or call.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise UnsaidError("resizes in a way that no layer type does")
    corners = {"align_corners": True} if how == "align_corners" and mode != "nearest" else {}
    return call.add("upsample", {**_scale(call, x), "mode": mode, **corners}, x)


def _scale(call: NodeContext, x: GraphTensor) -> dict[str, Any]:
    """Return the scales or the sizes, for each spatial axis."""
    sizes, scales = _written(call)
    if len(call.op.inputs) > 2 and call.has(1):
        call.sizes(1)  # the region, which only a crop looks at
    given = sizes or scales or ()
    axes = [axis_of(x, axis) for axis in call.ints("axes") or range(len(x.full))]
    if len(given) != len(axes):
        raise NoLayerError("is missing its scales and sizes", "export it again")
    neutral = x.full if sizes else (1,) * len(x.full)
    each = {**dict(enumerate(neutral)), **dict(zip(axes, given, strict=True))}
    if any(each[at] != neutral[at] for at in (0, 1)):
        raise UnsaidError("resizes the batch or the channels, which no layer type does")
    spatial = [each[at] for at in range(2, len(x.full))]
    return {"size": spatial} if sizes else {"scale_factor": [real("scales", float(scale)) for scale in spatial]}


def _written(call: NodeContext) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return sizes and scales: inputs, in opset 9 without a region before, and older still an attribute."""
    if len(call.op.inputs) == 1:
        return (), call.op.attributes.get("scales") or ()
    at = 1 if len(call.op.inputs) == 2 else 2
    sizes = call.numbers(3) if call.has(3) else ()
    return sizes, call.numbers(at) if call.has(at) and not sizes else ()


@translates("DepthToSpace")
def depth_to_space(call: NodeContext) -> GraphTensor:
    """Return channels laid out as pixels, in whichever order."""
    return call.add("pixel_shuffle", {"upscale_factor": call.integer("blocksize")}, call.image())


@translates("SpaceToDepth")
def space_to_depth(call: NodeContext) -> GraphTensor:
    """Return pixels stacked as channels, in whichever order."""
    return call.add("pixel_unshuffle", {"downscale_factor": call.integer("blocksize")}, call.image())
