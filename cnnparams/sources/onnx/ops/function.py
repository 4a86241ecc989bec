"""Functions of each element of one tensor: nothing is learned, multiplied or counted."""

from __future__ import annotations

from typing import Any

from cnnparams.sources.onnx.assembly import GraphTensor, UnsaidError
from cnnparams.sources.onnx.call import NodeContext, short
from cnnparams.sources.onnx.ops import translates

_FUNCTIONS = {
    "Abs": "abs",
    "Acos": "acos",
    "Acosh": "acosh",
    "Asin": "asin",
    "Asinh": "asinh",
    "Atan": "atan",
    "Atanh": "atanh",
    "Ceil": "ceil",
    "Cos": "cos",
    "Cosh": "cosh",
    "Erf": "erf",
    "Exp": "exp",
    "Floor": "floor",
    "Log": "log",
    "Neg": "neg",
    "Reciprocal": "reciprocal",
    "Round": "round",
    "Sign": "sign",
    "Sin": "sin",
    "Sinh": "sinh",
    "Softsign": "softsign",
    "Sqrt": "sqrt",
    "Tan": "tan",
}
_QUESTIONS = {"IsInf": "isinf", "IsNaN": "isnan", "Not": "logical_not"}
_LARGEST = 3e38  # bounds beyond are what older files have for none


@translates(*_FUNCTIONS)
def function(call: NodeContext) -> GraphTensor:
    """Return a function of numbers."""
    return call.add(_FUNCTIONS[call.op.kind], {}, call.tensor())


@translates(*_QUESTIONS)
def question(call: NodeContext) -> GraphTensor:
    """Return a question to each element, whose answer is no fraction."""
    return call.add(_QUESTIONS[call.op.kind], {}, call.tensor())._replace(is_float=False)


@translates("Clip")
def clip(call: NodeContext) -> GraphTensor:
    """Return a tensor within bounds; those of a rectifier are told before."""
    bounds = {"min": _bound(call, 1, "min"), "max": _bound(call, 2, "max")}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    return call.add("clamp", given, call.tensor()) if given else call.tensor()


def _bound(call: NodeContext, i: int, attribute: str) -> Any:
    written = call.number(i) if call.has(i) else call.attribute(attribute, float, None)
    if written is None or abs(written) > _LARGEST:
        return None
    return short(written)


@translates("ThresholdedRelu")
def thresholded_relu(call: NodeContext) -> GraphTensor:
    """Return what is above a threshold, and else 0."""
    return call.add("threshold", {"threshold": call.real("alpha", 1.0), "value": 0.0}, call.tensor())


@translates("Celu")
def celu(call: NodeContext) -> GraphTensor:
    """Return CELU."""
    return call.add("celu", {"alpha": call.real("alpha", 1.0)}, call.tensor())


@translates("Shrink")
def shrink(call: NodeContext) -> GraphTensor:
    """Return hardshrink or softshrink, by whether a bias is taken off."""
    lambd, bias = call.real("lambd", 0.5), call.real("bias", 0.0)
    if bias not in (0, lambd):
        raise UnsaidError("takes off another bias than its bound, which no layer type does")
    return call.add("softshrink" if bias else "hardshrink", {"lambd": lambd}, call.tensor())
