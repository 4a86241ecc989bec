"""Pooling over windows, and to a given size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cnnparams.errors import LayerError
from cnnparams.layers.contract.windowed import SAME
from cnnparams.layers.pool import Pool
from cnnparams.sources.assembly import layer_of
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.functions.resize import Lowest
from cnnparams.sources.pytorch.values import Batched, Unsaid

_NO_INDICES = Unsaid("the indices of a maximum")


def _max(
    type_: str,
    call: StepContext,
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    settings = {"kernel_size": kernel_size, "stride": stride or None, "padding": padding, "dilation": dilation}
    x, settled = surrounded(type_, {**settings, "ceil_mode": ceil_mode}, x)
    return _with_indices(call, call.put(type_, settled, call.flow(x)))


def surrounded(type_: str, settings: Mapping[str, Any], x: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return what max pooling reads and its settings, with "same" padding where -inf is around the image like that."""
    same = {**settings, "padding": SAME}
    if isinstance(x, Lowest) and settings["padding"] in (0, (0,) * (len(x.of.dims) - 1)) and _pads_same(type_, same, x):
        return x.of, same
    return x, settings


def _pads_same(type_: str, settings: Mapping[str, Any], x: Lowest) -> bool:
    """Tell whether an image has around it what such a layer puts there."""
    pool = layer_of(type_, settings)
    assert isinstance(pool, Pool)
    shape = x.of.edge.shape
    try:
        pairs = pool.resolve(shape).paddings(shape)
    except LayerError:
        return False
    return x.pad == tuple(n for pair in reversed(pairs) for n in pair)


def _avg(
    type_: str,
    call: StepContext,
    x: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Batched:
    settings = {"kernel_size": kernel_size, "stride": stride or None, "padding": padding, "ceil_mode": ceil_mode}
    rest = {"count_include_pad": count_include_pad, "divisor_override": divisor_override}
    return call.put(type_, {**settings, **rest}, call.flow(x))


def _lp(
    type_: str,
    call: StepContext,
    x: Any,
    norm_type: float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Batched:
    power = int(norm_type) if norm_type == int(norm_type) else norm_type
    settings = {"norm_type": power, "kernel_size": kernel_size, "stride": stride or None, "ceil_mode": ceil_mode}
    return call.put(type_, settings, call.flow(x))


def _adaptive(type_: str, call: StepContext, x: Any, output_size: Any, return_indices: bool = False) -> Any:
    return _with_indices(call, call.put(type_, {"output_size": output_size}, call.flow(x)))


def _with_indices(call: StepContext, x: Batched) -> Any:
    return (x, _NO_INDICES) if isinstance(call.step.value, tuple) else x


_FAMILIES: dict[str, Callable[..., Any]] = {
    "max_pool": _max,
    "avg_pool": _avg,
    "lp_pool": _lp,
    "adaptive_avg_pool": _adaptive,
    "adaptive_max_pool": _adaptive,
}
for _name, _pool in _FAMILIES.items():
    for _rank in (1, 2, 3):
        _type = f"{_name}{_rank}d"
        function(_type, f"{_type}_with_indices")(partial(_pool, _type))
