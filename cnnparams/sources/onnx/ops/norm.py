"""Normalisations."""

from __future__ import annotations

import math
from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, Weights, sample_axis
from cnnparams.sources.onnx.call import NodeContext, real
from cnnparams.sources.onnx.model import ConstantTensor, FileDims
from cnnparams.sources.onnx.names import is_made_up, is_of_a_module
from cnnparams.sources.onnx.operands import with_tensor
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.ops.arrange import reshaped
from cnnparams.sources.onnx.ops.reduce import axes_of

_EPS = 1e-5
_OTHERWISE = "normalises in a way that no layer type does"


@translates("BatchNormalization")
def batch_norm(call: NodeContext) -> list[OnnxValue | None]:
    """Return batch normalisation: scale and shift are learned, mean and variance are buffers."""
    x, held = call.image(), Weights(call.weights(1, 2), call.weights(3, 4))
    if len(held.learned) + len(held.buffers) != 4:
        raise NoLayerError("is missing a scale, a shift, a mean or a variance", "export it again")
    momentum = real("momentum", 1 - call.real("momentum", 0.9))  # the other way round in PyTorch
    settings = {**_eps(call), "momentum": momentum}
    return [call.add(f"batch_norm{max(len(x.dims) - 1, 1)}d", settings, x, held=held)]


@translates("InstanceNormalization")
def instance_norm(call: NodeContext) -> GraphTensor:
    """Return instance normalisation; a scale of 1 and a shift of 0 are not learned, unless they are a module's."""
    x, affine = call.image(), (call.weight(1), call.weight(2))
    learns = any(map(is_of_a_module, affine)) or not _changes_nothing(*affine)
    held = Weights(affine if learns else (), read=affine)
    return call.add(f"instance_norm{len(x.dims) - 1}d", {**_eps(call), "affine": learns}, x, held=held)


@translates("LayerNormalization", "RMSNormalization")
def trailing_norm(call: NodeContext) -> list[OnnxValue | None]:
    """Return normalisation over the last dimensions."""
    x = call.tensor()
    shape = x.dims[sample_axis(x, call.integer("axis", -1)) :]
    type_ = {"LayerNormalization": "layer_norm", "RMSNormalization": "rms_norm"}[call.op.kind]
    return [_trailing(call, type_, x, shape)]


@translates("DecomposedLayerNorm")
def decomposed_layer_norm(call: NodeContext) -> GraphTensor:
    """Return layer normalisation that the file has as means, differences and a square root."""
    x = call.tensor()
    axes = {axes_of(NodeContext(part, call.assembly), x) for part in call.op.parts if part.kind == "ReduceMean"}
    start = min(min(axes, default=()), default=0)
    if axes != {tuple(range(start, len(x.dims)))}:
        raise NoLayerError(_OTHERWISE, "layer_norm normalises the last dimensions")
    return _trailing(call, "layer_norm", x, x.dims[start:])


def _trailing(call: NodeContext, type_: str, x: GraphTensor, shape: FileDims) -> GraphTensor:
    """Normalise over a shape that the input ends with."""
    affine = call.weights(1, 2)
    if x.batch is not None and x.batch > len(x.dims) - len(shape):
        raise NoLayerError("normalises over the batch")
    if any(known.size != math.prod(shape) for known in affine):
        raise NoLayerError(_OTHERWISE, "its scale must have the shape that it normalises over")
    apart = affine if call.is_apart(*affine) else ()
    held = () if apart else affine
    settings = {"normalized_shape": shape, **_eps(call), "elementwise_affine": bool(held)}
    if type_ == "layer_norm":
        settings["bias"] = len(held) != 1
    y = call.add(type_, settings, x, held=Weights(held))
    for known, op in zip(apart, ("multiply", "add"), strict=False):
        y = with_tensor(call, y, known, op)
    return y


@translates("GroupNormalization")
def group_norm(call: NodeContext) -> GraphTensor:
    """Return group normalisation with a scale and a shift for each channel."""
    settings = {"num_groups": call.integer("num_groups"), **_eps(call)}
    return call.add("group_norm", settings, call.image(), held=Weights(call.weights(1, 2)))


@translates("DecomposedGroupNorm")
def decomposed_group_norm(call: NodeContext) -> GraphTensor:
    """Return group normalisation that the file has as instance normalisation of an image whose channels are groups."""
    x, ones, affine = call.image(), (call.known(2), call.known(3)), call.weights(5, 6)
    grouped = reshaped(x.full, call.numbers(1))
    if reshaped(grouped, call.numbers(4)) != x.full or grouped[0] != x.number or not _changes_nothing(*ones):
        raise NoLayerError(_OTHERWISE)
    settings = {"num_groups": grouped[1], "affine": bool(affine)}
    return call.add("group_norm", settings, x, held=Weights(affine, read=ones))


def _eps(call: NodeContext) -> dict[str, Any]:
    return {"eps": call.real("epsilon", _EPS)}


def _changes_nothing(scale: ConstantTensor, shift: ConstantTensor) -> bool:
    """Tell whether a scale is 1 and a shift 0 throughout; raise NoLayerError where nothing tells."""
    if scale.data is not None and shift.data is not None:
        return bool((scale.data == 1).all() and (shift.data == 0).all())
    if any(is_made_up(origin.name) for known in (scale, shift) for origin in known.origins):
        hint = "export it with external_data=False"
        raise NoLayerError("has a scale and a shift that neither name nor value tell from constants", hint)
    return False
