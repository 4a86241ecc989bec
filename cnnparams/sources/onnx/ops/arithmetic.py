"""Arithmetic and comparisons: of tensors with each other, with numbers, and with tensors of the file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import FOLD, NOT_OF_THE_INPUT, GraphTensor, OnnxValue
from cnnparams.sources.onnx.call import NodeContext, short
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.names import is_of_a_module
from cnnparams.sources.onnx.operands import aligned, with_tensor
from cnnparams.sources.onnx.ops import translates


class _Function(NamedTuple):
    """A function of two: the type of layer, and the number that changes nothing as the second, or as either.

    `learns` tells whether tensors of the file that it reads count as learned.
    """

    type: str
    neutral: float | None = None
    commutes: bool = False
    learns: bool = False
    is_float: bool = True


_FUNCTIONS = {
    "Add": _Function("add", 0, commutes=True, learns=True),
    "Sum": _Function("add", 0, commutes=True, learns=True),
    "Mul": _Function("multiply", 1, commutes=True, learns=True),
    "Sub": _Function("subtract", 0),
    "Div": _Function("divide", 1),
    "Pow": _Function("pow", 1),
    "Mod": _Function("remainder"),
    "Equal": _Function("eq", is_float=False),
    "Greater": _Function("gt", is_float=False),
    "GreaterOrEqual": _Function("ge", is_float=False),
    "Less": _Function("lt", is_float=False),
    "LessOrEqual": _Function("le", is_float=False),
    "And": _Function("logical_and", is_float=False),
    "Or": _Function("logical_or", is_float=False),
    "Xor": _Function("logical_xor", is_float=False),
}
_WITHOUT_NUMBERS = ("And", "Or", "Xor")


@translates(*_FUNCTIONS)
def arithmetic(call: NodeContext) -> GraphTensor:
    """Return a function of two tensors or more, or of one and a number or a tensor of the file."""
    function, values = _FUNCTIONS[call.op.kind], _values(call)
    if function.learns:
        y = _sum_or_product(call, function, values)
    elif len(values) == 2:
        y = _of_two(call, function, values[0], values[1])
    else:
        raise NoLayerError(f"has {len(values)} inputs, where its operation has 2", "export it again")
    return y._replace(is_float=function.is_float and any(value.is_float for value in values))


def _values(call: NodeContext) -> Sequence[OnnxValue]:
    values = [call.value(i) for i in range(len(call.op.inputs))]
    if not any(isinstance(value, GraphTensor) for value in values):
        raise NoLayerError(NOT_OF_THE_INPUT, FOLD)
    return values


def _sum_or_product(call: NodeContext, function: _Function, values: Sequence[OnnxValue]) -> GraphTensor:
    """Return the sum or the product of all tensors of the network, with one of the file after the other."""
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    x = call.add(function.type, {}, *aligned(call, tensors)) if len(tensors) > 1 else tensors[0]
    for known in (value for value in values if isinstance(value, ConstantTensor)):
        if x.is_accumulated and (function.type == "multiply" or not known.is_float):
            x = _scaled(call, x, known)
        elif _is_number(known) and not is_of_a_module(known):
            x = _with_number(call, function, x, known)
        elif known.is_whole and known.is_float:
            x = with_tensor(call, x, known, function.type)
        else:
            x = call.add(function.type, {}, *aligned(call, (x, known), learned=True))
    return x


def _scaled(call: NodeContext, x: GraphTensor, known: ConstantTensor) -> GraphTensor:
    """Return sums of products of whole numbers with their bias, which has their scale, or as the numbers they are."""
    if call.op.kind == "Mul":
        call.assembly.read.update(known.origins)
        return x._replace(is_float=True, is_accumulated=False)
    call.assembly.quantized.update(known.origins)
    return with_tensor(call, x, known, "add")


def _of_two(call: NodeContext, function: _Function, a: OnnxValue, b: OnnxValue) -> GraphTensor:
    if call.op.kind not in _WITHOUT_NUMBERS:
        if isinstance(a, GraphTensor) and isinstance(b, ConstantTensor) and _is_number(b):
            return _with_number(call, function, a, b)
        if isinstance(b, GraphTensor) and isinstance(a, ConstantTensor) and _is_number(a):
            return _with_number(call, function, b, a, reverse=True)
    return call.add(function.type, {}, *aligned(call, (a, b)))


def _is_number(known: ConstantTensor) -> bool:
    return known.size == 1 and known.data is not None and math.isfinite(known.data.item())


def _with_number(
    call: NodeContext, function: _Function, x: GraphTensor, known: ConstantTensor, *, reverse: bool = False
) -> GraphTensor:
    """Return a function of a tensor and a number, in as many dimensions as either has."""
    number = short(known.data.item())
    call.assembly.read.update(known.origins)
    missing = len(known.dims) - len(x.full)
    if missing > 0:
        x = x.with_dims((1,) * missing + x.full, None if x.batch is None else x.batch + missing, call.op)
    if number == function.neutral and not reverse:
        return x
    return call.add(function.type, {"other": number, **({"reverse": True} if reverse else {})}, x)


_LIMITS: Mapping[str, tuple[str, str]] = {"Max": ("maximum", "min"), "Min": ("minimum", "max")}
"""For an operation the layer, and the bound of a clamp that a number is."""


@translates(*_LIMITS)
def limit(call: NodeContext) -> GraphTensor:
    """Return the largest of tensors, or the smallest; beside a number, a bound."""
    (type_, bound), values = _LIMITS[call.op.kind], _values(call)
    numbers = [value for value in values if isinstance(value, ConstantTensor) and _is_number(value)]
    others = [value for value in values if not (isinstance(value, ConstantTensor) and _is_number(value))]
    tensors = list(aligned(call, others))
    x = reduce(lambda a, b: call.add(type_, {}, a, b), tensors)
    for known in numbers:
        call.assembly.read.update(known.origins)
        x = call.add("clamp", {bound: short(known.data.item())}, x)
    return x


@translates("Mean")
def mean(call: NodeContext) -> GraphTensor:
    """Return the mean of tensors: their sum, divided by how many there are."""
    values = _values(call)
    x = call.add("add", {}, *aligned(call, values)) if len(values) > 1 else call.tensor()
    return call.add("divide", {"other": len(values)}, x) if len(values) > 1 else x


@translates("Where")
def where(call: NodeContext) -> GraphTensor:
    """Return one tensor or another, by a condition; with a number, a tensor that is filled with it in part."""
    condition, a, b = (call.value(i) for i in range(3))
    if isinstance(a, ConstantTensor) and a.size == 1 and a.data is not None and isinstance(b, GraphTensor):
        return _filled(call, b, condition, a.data.item())
    return call.add("where", {}, *aligned(call, (condition, a, b)))._replace(is_float=a.is_float)


def _filled(call: NodeContext, x: GraphTensor, condition: OnnxValue, number: float) -> GraphTensor:
    call.assembly.read.update(call.known(1).origins)
    settings = {"value": short(number) if math.isfinite(number) else str(float(number))}
    return call.add("masked_fill", settings, *aligned(call, (x, condition)))._replace(is_float=x.is_float)
