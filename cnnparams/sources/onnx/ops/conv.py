"""Convolutions, transposed ones too."""

from __future__ import annotations

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, Weights
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, FileDims
from cnnparams.sources.onnx.names import module_of
from cnnparams.sources.onnx.operands import with_channels
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.windows import Pads, Window, added_border, explicit, window_of

_FOLDED = "normalisations seem to be folded into these convolutions; what the file holds is counted"


@translates("Conv")
def conv(call: NodeContext) -> GraphTensor:
    """Return a convolution, with what padding it has."""
    return convolution(call)


def convolution(call: NodeContext, border: Pads = (), mode: str = "zeros") -> GraphTensor:
    """Put a convolution, with a border of another mode than zeros if one is given.

    Padding that is not the same on both sides is a layer of its own, or "same".
    """
    x, bias = call.image(), call.bias(2)
    apart = bias if call.is_apart(*bias) else ()
    weights = (call.weight(1), *(() if apart else bias))
    window = window_of(call, x, weights[0].dims[2:])
    if border:
        window = window._replace(pads=_only(border, window))
    padding: FileDims | str | None = window.even
    if padding is None and window.is_same(x.dims[1:]):
        padding = "same"
    elif padding is None and mode == "zeros":
        x, padding = added_border(call, x, window.pads), (0,) * window.rank
    elif padding is None:
        raise NoLayerError(f"pads one side more than the other, in mode {mode}", "pad the same on both sides")
    out, channels = weights[0].dims[:2]
    settings = {
        **window.settings(),
        **_channels(call, channels * _groups(call), out, len(weights)),
        "dilation": window.dilation,
        "padding": padding,
        "padding_mode": mode,
    }
    y = call.add(f"conv{window.rank}d", settings, x, held=Weights(weights))
    if _is_folded(call, weights[0]):
        call.assembly.remark(_FOLDED, y.source)
    return with_channels(call, y, apart[0], "add") if apart else y


@translates("ConvTranspose")
def conv_transpose(call: NodeContext) -> GraphTensor:
    """Return a transposed convolution; what it takes off one side only is cropped behind it."""
    x, weights = call.image(), (call.weight(1), *call.bias(2))
    window = window_of(call, x, weights[0].dims[2:])
    more = call.ints("output_padding", window.rank) or (0,) * window.rank
    pads = _taken_off(call, x, window, more)
    padding = tuple(max(min(pair), 0) for pair in pads)
    channels, out = weights[0].dims[:2]
    settings = {
        **window.settings(),
        **_channels(call, channels, out * _groups(call), len(weights)),
        "dilation": window.dilation,
        "padding": padding,
        "output_padding": more,
    }
    y = call.add(f"conv_transpose{window.rank}d", settings, x, held=Weights(weights))
    rest = tuple((p - before, p - after) for p, (before, after) in zip(padding, pads, strict=True))
    return added_border(call, y, rest) if any(map(any, rest)) else y


def _is_folded(call: NodeContext, weight: ConstantTensor) -> bool:
    """Tell whether the exporter computed the weights: they have no name, or the node is another module's."""
    names = [origin.name for origin in weight.origins]
    modules = {module_of(name) for name in names} - {None}
    return any("::" in name for name in names) or bool(call.op.scope and modules and call.op.scope[-1] not in modules)


def _channels(call: NodeContext, channels: int, out: int, weights: int) -> dict[str, int | bool]:
    return {"in_channels": channels, "out_channels": out, "groups": _groups(call), "bias": weights == 2}


def _groups(call: NodeContext) -> int:
    return int(call.integer("group", 1))


def _only(border: Pads, window: Window) -> Pads:
    """Return a border, if it is all the padding that there is."""
    if any(map(any, window.pads)) or len(border) != window.rank:
        raise NoLayerError("pads twice, with zeros and otherwise", "pad once")
    return border


def _taken_off(call: NodeContext, x: GraphTensor, window: Window, more: FileDims) -> Pads:
    """Return the rows taken off before and after, as written or as the output's size asks for.

    After https://onnx.ai/onnx/operators/onnx__ConvTranspose.html.
    """
    wanted, mode = call.ints("output_shape", window.rank), call.text("auto_pad", "NOTSET")
    if wanted is None and mode in ("SAME_UPPER", "SAME_LOWER"):
        wanted = tuple(n * s for n, s in zip(x.dims[1:], window.stride, strict=True))
    if wanted is None:
        return window.pads if mode == "VALID" else explicit(call, window.rank)
    rows = zip(x.dims[1:], window.kernel, window.stride, window.dilation, more, wanted, strict=True)
    totals = [s * (n - 1) + op + (k - 1) * d + 1 - size for n, k, s, d, op, size in rows]
    if min(totals) < 0:
        raise NoLayerError("has an output_shape that is larger than what it gives", "export it with pads instead")
    halves = tuple((total // 2, total - total // 2) for total in totals)
    return halves if mode == "SAME_UPPER" else tuple((end, start) for start, end in halves)
