"""Activations: element by element, nothing learned but PReLU's slope."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, UnsaidError, Weights, sample_axis
from cnnparams.sources.onnx.call import NodeContext, real
from cnnparams.sources.onnx.ops import translates

_PLAIN = {
    "Relu": "relu",
    "Relu6": "relu6",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Selu": "selu",
    "Softplus": "softplus",
    "HardSigmoid": "hardsigmoid",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Silu": "silu",
}
"""Operations that are a layer as they are. Relu6 and Silu are what is made of Clip, and of x * sigmoid(x)."""

_WITH: dict[str, tuple[str, Callable[[NodeContext], dict[str, Any]]]] = {
    "LeakyRelu": ("leaky_relu", lambda call: {"negative_slope": call.real("alpha", 0.01)}),
    "Elu": ("elu", lambda call: {"alpha": call.real("alpha", 1.0)}),
}
_LAST_OPSET_OF_ROWS = 12


@translates(*_PLAIN)
def plain(call: NodeContext) -> GraphTensor:
    """Return an activation without settings."""
    return call.add(_PLAIN[call.op.kind], {}, call.tensor())


@translates(*_WITH)
def with_settings(call: NodeContext) -> GraphTensor:
    """Return an activation with settings."""
    type_, settings = _WITH[call.op.kind]
    return call.add(type_, settings(call), call.tensor())


@translates("Gelu", "TanhGelu")
def gelu(call: NodeContext) -> GraphTensor:
    """Return GELU; TanhGelu is what patterns make of the approximation."""
    approximate = "tanh" if call.op.kind == "TanhGelu" else call.text("approximate", "none")
    return call.add("gelu", {"approximate": approximate}, call.tensor())


@translates("PRelu")
def prelu(call: NodeContext) -> GraphTensor:
    """Return a slope for each channel, or one for all."""
    slope = call.weight(1)
    return call.add("prelu", {"num_parameters": slope.size}, call.tensor(), held=Weights((slope,)))


@translates("Swish")
def swish(call: NodeContext) -> GraphTensor:
    """Return x times sigmoid(alpha x), which is SiLU for an alpha of 1."""
    if real("alpha", call.real("alpha", 1.0)) != 1:
        raise UnsaidError("is a swish with an alpha, which no layer type has")
    return call.add("silu", {}, call.tensor())


@translates("Softmax", "LogSoftmax")
def softmax(call: NodeContext) -> GraphTensor:
    """Return softmax along one dimension; until opset 12 over all dimensions from one on."""
    x, type_ = call.tensor(), {"Softmax": "softmax", "LogSoftmax": "log_softmax"}[call.op.kind]
    by_rows = call.assembly.model.opset <= _LAST_OPSET_OF_ROWS
    at = sample_axis(x, call.integer("axis", 1 if by_rows else -1))
    if by_rows and math.prod(x.dims[at + 1 :]) != 1:
        raise UnsaidError("is a softmax over several dimensions")
    return call.add(type_, {"dim": at + 1}, x)


@translates("Dropout")
def dropout(call: NodeContext) -> list[OnnxValue | None]:
    """Return dropout; of its mask nothing is made."""
    p = float(call.number(1)) if call.has(1) else call.real("ratio", 0.5)
    return [call.add("dropout", {"p": real("ratio", p)}, call.tensor())]


@translates("LRN")
def local_response_norm(call: NodeContext) -> GraphTensor:
    """Return local response normalisation."""
    settings = {
        "size": call.integer("size"),
        "alpha": call.real("alpha", 1e-4),
        "beta": call.real("beta", 0.75),
        "k": call.real("bias", 1.0),
    }
    return call.add("local_response_norm", settings, call.image())
