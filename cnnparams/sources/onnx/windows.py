"""The windows of convolutions and pools: what ONNX says of them, in the settings of layers."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.layers.contract import window
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import FileDims

Pads = tuple[window.Padding, ...]


class Window(NamedTuple):
    """Along each axis: the kernel, its stride and dilation, and the padding before and after."""

    kernel: FileDims
    stride: FileDims
    dilation: FileDims
    pads: Pads

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.kernel)

    @property
    def even(self) -> FileDims | None:
        """The padding where it is the same before and after, else None."""
        return tuple(before for before, _ in self.pads) if all(a == b for a, b in self.pads) else None

    def is_same(self, spatial: FileDims) -> bool:
        """Tell whether the padding is that of "same"."""
        return self.pads == _same(spatial, self.kernel, self.stride, self.dilation)

    def settings(self) -> dict[str, Any]:
        """Return the settings that convolutions and pools share, but for the padding and the dilation."""
        return {"kernel_size": self.kernel, "stride": self.stride}


def window_of(call: NodeContext, x: GraphTensor, kernel: FileDims) -> Window:
    """Return the window of a node; raise NoLayerError where it is none over its input."""
    rank = len(kernel)
    if not 1 <= rank <= 3 or len(x.dims) != rank + 1:
        raise NoLayerError(
            f"has a window over {rank} axes, and an input of {len(x.dims) - 1}", "layer types have 1 to 3 spatial axes"
        )
    if call.ints("kernel_shape") not in (None, kernel):
        raise NoLayerError(f"has kernel_shape {call.ints('kernel_shape')}, but weights of {kernel}", "export it again")
    ones = (1,) * rank
    stride, dilation = (call.ints(name, rank) or ones for name in ("strides", "dilations"))
    if min(*kernel, *stride, *dilation) < 1:
        raise NoLayerError("has a kernel, a stride or a dilation below 1", "export it again")
    return Window(kernel, stride, dilation, _pads(call, x.dims[1:], kernel, stride, dilation))


def explicit(call: NodeContext, rank: int) -> Pads:
    """Return the padding that is written out: all axes before, then all axes after."""
    pads = call.ints("pads", 2 * rank) or (0,) * 2 * rank
    return tuple(zip(pads[:rank], pads[rank:], strict=True))


def added_border(call: NodeContext, x: GraphTensor, pads: Pads) -> GraphTensor:
    """Put a layer before that adds zeros around an image, or takes off what is negative."""
    sides = [n for pair in reversed(pads) for n in pair]
    return call.add(f"zero_pad{len(pads)}d", {"padding": sides}, x, name=call.assembly.names.numbered("zeropad"))


def _pads(call: NodeContext, spatial: FileDims, *geometry: FileDims) -> Pads:
    match call.text("auto_pad", "NOTSET"):
        case "NOTSET" | "":
            return explicit(call, len(spatial))
        case "VALID":
            return ((0, 0),) * len(spatial)
        case "SAME_UPPER":
            return _same(spatial, *geometry)
        case "SAME_LOWER":
            return tuple((after, before) for before, after in _same(spatial, *geometry))
        case other:
            raise NoLayerError(f"has an unknown auto_pad {other}", "export it again")


def _same(spatial: FileDims, *geometry: FileDims) -> Pads:
    return tuple(window.same_padding(*axis) for axis in zip(spatial, *geometry, strict=True))
