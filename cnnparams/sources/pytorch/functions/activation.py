"""Activations and dropout, which leave the shape as it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from cnnparams.sources.assembly import NOTHING_COUNTED, NoLayerError
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
}
"""What follows the tensor, in order. Each is the layer type of its name."""

_CLAMPED = {(0, None): "relu", (0, 6): "relu6"}


def _activation(type_: str, call: StepContext, x: Any, *args: Any, **kwargs: Any) -> Batched:
    x = call.flow(x)
    settings = {**dict(zip(_ARGUMENTS[type_], args, strict=False)), **kwargs}
    if call.step.overwrites:
        settings["inplace"] = True
    return call.put(type_, settings, x, batch=x.batch)


for _name in _ARGUMENTS:
    function(_name)(partial(_activation, _name))


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


for _name in ("softmax", "log_softmax"):
    function(_name)(partial(_over_dimension, _name))


@function("clamp", "clip", "clamp_min", "hardtanh")
def clamp(call: StepContext, x: Any, *bounds: Any, inplace: bool = False, **named: Any) -> Batched:
    """Return a rectifier, where the bounds are those of one."""
    least, most = (*bounds, *named.values(), None)[:2]
    if (least, most) not in _CLAMPED:
        raise NoLayerError("clamps to bounds that no rectifier has", NOTHING_COUNTED)
    x = call.flow(x)
    return call.put(_CLAMPED[least, most], {"inplace": inplace}, x, batch=x.batch)


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
