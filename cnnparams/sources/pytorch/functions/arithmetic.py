"""Functions of each element: of one tensor, of two, and of a tensor and a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch

from cnnparams.layers.arithmetic import OfTwo
from cnnparams.layers.contract.registry import declarations
from cnnparams.layers.unary import Unary
from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.chance import Chance, multiplied
from cnnparams.sources.pytorch.functions.merge import with_parameter
from cnnparams.sources.pytorch.functions.reshape import Spread
from cnnparams.sources.pytorch.values import Batched, Implied, ModelTensor

_ALSO: Mapping[str, tuple[str, ...]] = {
    "abs": ("absolute",),
    "neg": ("negative",),
    "trunc": ("fix",),
    "acos": ("arccos",),
    "asin": ("arcsin",),
    "atan": ("arctan",),
    "acosh": ("arccosh",),
    "asinh": ("arcsinh",),
    "atanh": ("arctanh",),
    "subtract": ("sub", "isub"),
    "multiply": ("mul", "imul", "rmul"),
    "divide": ("div", "truediv", "itruediv", "true_divide"),
    "pow": ("ipow", "float_power"),
    "remainder": ("mod", "imod"),
    "floor_divide": ("floordiv", "ifloordiv"),
    "eq": ("equal",),
    "ne": ("not_equal",),
    "lt": ("less",),
    "le": ("less_equal",),
    "gt": ("greater",),
    "ge": ("greater_equal",),
    "atan2": ("arctan2",),
}
"""Other names of a function, beside that of its layer type; in place it has an i before it, where Python has it so."""

_NEUTRAL: Mapping[str, float] = {"add": 0, "subtract": 0, "multiply": 1, "divide": 1, "pow": 1}
"""The number that changes nothing, where it comes second."""

_EITHER_WAY = ("add", "multiply")
_OF_TRUTHS = {
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
    "iand": "logical_and",
    "ior": "logical_or",
}
_OF_TRUTHS |= {f"bitwise_{name}": f"logical_{name}" for name in ("and", "or", "xor")}


def named(type_: str) -> tuple[str, ...]:
    """Return the names that torch has for the function of a layer type."""
    return type_, *_ALSO.get(type_, ())


def _of_one(type_: str, call: StepContext, x: Any, **_: Any) -> Batched:
    x = call.flow(x)
    return call.put(type_, {}, x, batch=x.batch)


for _type in (each.name for each in declarations() if issubclass(each.family, Unary) and each.function):
    if _type != "floor":
        function(*named(_type))(partial(_of_one, _type))


@function("floor")
def floor(call: StepContext, x: Any) -> Batched | Chance:
    """Return what is rounded down; what is drawn between p and p + 1 is then 0 or 1."""
    return x if isinstance(x, Chance) else _of_one("floor", call, x)


@function("bitwise_not", "invert")
def bitwise_not(call: StepContext, x: Any) -> Batched:
    """Return whether something is not true."""
    _check_truths(call)
    return _of_one("logical_not", call, x)


def elementwise(type_: str, call: StepContext, x: Any, other: Any) -> Any:
    """Return a function of two tensors, or of one and a number or a parameter."""
    if isinstance(x, Chance) or isinstance(other, Chance):
        return multiplied(type_, call, x, other)
    for tensor, constant in ((x, other), (other, x)):
        learned = isinstance(constant, ModelTensor) and constant.learned and type_ in _EITHER_WAY
        if learned and isinstance(tensor, Batched | Implied):
            flow = call.flow(tensor)
            if flow.batch is not None and not flow.folded:
                return with_parameter(call, type_, flow, constant)
    if isinstance(other, int | float):
        return _with_number(call, type_, call.flow(x), other)
    if isinstance(x, int | float):
        return _with_number(call, type_, call.flow(other), x, first=True)
    sides = [side.of if isinstance(side, Spread) else call.flow(side) for side in (x, other)]
    return call.put(type_, {}, *sides, batch=sides[0].batch)


def _with_number(call: StepContext, type_: str, x: Batched, number: float, *, first: bool = False) -> Batched:
    """Return a function of a tensor and a number; nothing where that changes nothing."""
    reverse = first and type_ not in _EITHER_WAY
    if number == _NEUTRAL.get(type_) and not reverse:
        return x
    if not math.isfinite(number):
        raise NoLayerError(f"works with {number}, which no layer has", NOTHING_COUNTED)
    settings = {"other": number, **({"reverse": True} if reverse else {})}
    return call.put(type_, settings, x, batch=x.batch)


for _type in (each.name for each in declarations() if issubclass(each.family, OfTwo)):
    if _type not in ("subtract", "divide"):
        function(*named(_type))(partial(elementwise, _type))


@function(*named("multiply"))
def multiply(call: StepContext, x: Any, other: Any) -> Any:
    """Return a product of two tensors, or of one and a number or a parameter."""
    return elementwise("multiply", call, x, other)


@function("add", "iadd", "radd")
def add(call: StepContext, x: Any, other: Any, *, alpha: Any = 1) -> Any:
    """Return a sum, perhaps with a factor of the second tensor."""
    if alpha == 1:
        return elementwise("add", call, x, other)
    if isinstance(other, int | float):
        return elementwise("add", call, x, other * alpha)
    x, other = call.flow(x), call.flow(other)
    return call.put("add", {"alpha": alpha}, x, other, batch=x.batch)


@function(*named("subtract"))
def subtract(call: StepContext, x: Any, other: Any, *, alpha: Any = 1) -> Any:
    """Return a difference, perhaps with a factor of the second tensor."""
    return elementwise("subtract", call, x, other) if alpha == 1 else add(call, x, other, alpha=-alpha)


@function(*named("divide"))
def divide(call: StepContext, x: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """Return a quotient, perhaps rounded."""
    if rounding_mode == "floor":
        return elementwise("floor_divide", call, x, other)
    made = elementwise("divide", call, x, other)
    return made if rounding_mode is None else call.put("trunc", {}, made, batch=made.batch)


@function("rsub")
def reversed_subtract(call: StepContext, x: Any, other: Any, alpha: Any = 1) -> Any:
    """Return other - x."""
    if alpha != 1:
        raise NoLayerError(f"subtracts {alpha} times a tensor", NOTHING_COUNTED)
    return elementwise("subtract", call, other, x)


@function("rdiv", "rtruediv")
def reversed_divide(call: StepContext, x: Any, other: Any) -> Any:
    """Return other / x."""
    return elementwise("divide", call, other, x)


@function("rpow")
def reversed_pow(call: StepContext, x: Any, other: Any) -> Any:
    """Return other ** x."""
    return elementwise("pow", call, other, x)


def _of_truths(type_: str, call: StepContext, x: Any, other: Any) -> Any:
    _check_truths(call)
    return elementwise(type_, call, x, other)


for _name, _type in _OF_TRUTHS.items():
    function(_name)(partial(_of_truths, _type))


def _check_truths(call: StepContext) -> None:
    """Raise NoLayerError for what works on the bits of numbers."""
    if call.step.value.dtype != torch.bool:
        raise NoLayerError("works on the bits of numbers as no layer does", NOTHING_COUNTED)


@function("where")
def where(call: StepContext, condition: Any, x: Any = None, other: Any = None, **named: Any) -> Batched:
    """Return one tensor or another; a number in place of the first is what is filled in."""
    x, condition = call.flow(condition), named.get("x", x)  # torch calls the condition so where it is given by name
    for number, tensor in ((condition, other), (other, condition)):
        if isinstance(number, int | float):
            tensor = call.flow(tensor)
            mask = x if number is condition else call.put("logical_not", {}, x, batch=x.batch)
            return _filled(call, tensor, mask, number)
    sides = [call.flow(side) for side in (condition, other)]
    return call.put("where", {}, x, *sides, batch=x.batch)


@function("masked_fill")
def masked_fill(call: StepContext, x: Any, mask: Any, value: Any) -> Batched:
    """Return a tensor with a number where a mask is true."""
    if not isinstance(value, int | float):
        raise NoLayerError("fills with a tensor", NOTHING_COUNTED)
    return _filled(call, call.flow(x), call.flow(mask), value)


def _filled(call: StepContext, x: Batched, mask: Batched, value: float) -> Batched:
    written = value if math.isfinite(value) else str(float(value))
    return call.put("masked_fill", {"value": written}, x, mask, batch=x.batch)


def _added_to(type_: str, call: StepContext, x: Any, first: Any, second: Any, *, value: Any = 1) -> Any:
    """Return x + value * (first * second), or with a quotient."""
    return add(call, x, elementwise(type_, call, first, second), alpha=value)


function("addcmul")(partial(_added_to, "multiply"))
function("addcdiv")(partial(_added_to, "divide"))


@function("lerp")
def lerp(call: StepContext, x: Any, end: Any, weight: Any) -> Batched:
    """Return what lies between two tensors."""
    x = call.flow(x)
    if isinstance(weight, int | float):
        return call.put("lerp", {"fraction": weight}, x, call.flow(end), batch=x.batch)
    return call.put("lerp", {}, x, call.flow(end), call.flow(weight), batch=x.batch)
