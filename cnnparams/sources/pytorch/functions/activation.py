"""Activations and dropout, which leave the shape as it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import Batched

_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "relu": ("inplace",),
    "relu6": ("inplace",),
    "leaky_relu": ("negative_slope", "inplace"),
    "hardswish": ("inplace",),
    "hardsigmoid": ("inplace",),
    "elu": ("alpha", "inplace"),
    "selu": ("inplace",),
    "gelu": (),
    "silu": ("inplace",),
    "mish": ("inplace",),
    "sigmoid": (),
    "tanh": (),
    "softplus": ("beta", "threshold"),
    "celu": ("alpha", "inplace"),
    "threshold": ("threshold", "value", "inplace"),
    "hardshrink": ("lambd",),
    "softshrink": ("lambd",),
    "rrelu": ("lower", "upper", "training", "inplace"),
    "softsign": (),
    "tanhshrink": (),
    "logsigmoid": (),
}
"""What follows the tensor, in order. Each is the layer type of its name."""

_ALSO: dict[str, tuple[str, ...]] = {"logsigmoid": ("log_sigmoid",)}
_CLAMPED = {(0, None): "relu", (0, 6): "relu6"}


def _activation(type_: str, call: StepContext, x: Any, *args: Any, **kwargs: Any) -> Batched:
    x = call.flow(x)
    settings = {**dict(zip(_ARGUMENTS[type_], args, strict=False)), **kwargs}
    if call.step.overwrites:
        settings["inplace"] = True
    settings.pop("training", None)
    return call.put(type_, settings, x, batch=x.batch)


for _name in _ARGUMENTS:
    function(_name, *_ALSO.get(_name, ()))(partial(_activation, _name))


@function("glu")
def glu(call: StepContext, x: Any, dim: int = -1) -> Batched:
    """Return a gated linear unit."""
    x = call.flow(x)
    return call.put("glu", {"dim": x.dim(dim)}, x, batch=x.batch)


def _over_dimension(
    type_: str, call: StepContext, x: Any, dim: Any = None, *_: Any, dtype: Any = None, **__: Any
) -> Batched:
    x = call.flow(x)
    return call.put(type_, {"dim": normalised(x, dim)}, x, batch=x.batch)


def normalised(x: Batched, dim: int | None) -> int | None:
    """Return the dimension that a softmax sums along as a spec has it, where none is the one that PyTorch takes then.

    For three dimensions that is the first, the batch: the one way in which a spec can name it.
    """
    if dim is None:
        dim = 0 if len(x.full) == 3 else 1
    return None if len(x.full) == 3 and x.axis(dim) == x.batch == 0 else x.dim(dim)


for _name in ("softmax", "log_softmax", "softmin"):
    function(_name)(partial(_over_dimension, _name))


@function("clamp", "clip")
def clamp(call: StepContext, x: Any, min: Any = None, max: Any = None) -> Batched:
    """Return a rectifier where the bounds are those of one, else a clamp; the larger or smaller, of tensors."""
    made = call.flow(x)
    if (min, max) in _CLAMPED:
        return call.put(_CLAMPED[min, max], {}, made, batch=made.batch)
    numbers = {name: n for name, n in (("min", min), ("max", max)) if isinstance(n, int | float)}
    if numbers:
        made = call.put("clamp", numbers, made, batch=made.batch)
    for type_, bound in (("maximum", min), ("minimum", max)):
        if bound is not None and not isinstance(bound, int | float):
            made = call.put(type_, {}, made, call.flow(bound), batch=made.batch)
    return made


@function("clamp_min")
def clamp_min(call: StepContext, x: Any, min: Any) -> Batched:
    """Return a clamp from below."""
    return clamp(call, x, min)


@function("clamp_max")
def clamp_max(call: StepContext, x: Any, max: Any) -> Batched:
    """Return a clamp from above."""
    return clamp(call, x, None, max)


@function("hardtanh")
def hardtanh(call: StepContext, x: Any, min_val: Any = -1, max_val: Any = 1, inplace: bool = False) -> Batched:
    """Return a rectifier where the bounds are those of one."""
    x = call.flow(x)
    if (min_val, max_val) in _CLAMPED:
        return call.put(_CLAMPED[min_val, max_val], {"inplace": inplace}, x, batch=x.batch)
    return call.put("hardtanh", {"min_val": min_val, "max_val": max_val, "inplace": inplace}, x, batch=x.batch)


@function("dropout")
def dropout(call: StepContext, x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Batched:
    """Return a dropout, whether it works now or only while training."""
    x = call.flow(x)
    return call.put("dropout", {"p": p, "inplace": inplace}, x, batch=x.batch)


@function("dropout1d", "dropout2d", "dropout3d", "feature_dropout")
def channel_dropout(call: StepContext, x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Batched:
    """Return a dropout of channels."""
    x = call.flow(x)
    return call.put(f"dropout{len(x.dims) - 1}d", {"p": p, "inplace": inplace}, x)
