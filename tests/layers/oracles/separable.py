"""Depthwise and separable convolution against the convolutions in groups that PyTorch makes of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.conv import keras_same, window, window_faults
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import Choices, cases, images, of_rank_not, rarely
from tests.layers.oracles.keras import padded


def _choices(rank: int, separable: bool, dims: Dims) -> Choices:
    own = {"out_channels": st.integers(1, 6)} if separable else {}
    return {
        **window(rank),
        **own,
        "in_channels": rarely(st.integers(1, 9), st.just(dims[0])),
        "depth_multiplier": st.integers(1, 3),
    }


def _pad(rank: int, torch: ModuleType, case: Case) -> Callable[[Any], Any]:
    if not keras_same(rank, case):
        return lambda x: x
    settings = case.arguments()
    return padded(torch, case.dims[1:], settings["kernel_size"], settings["stride"], settings.get("dilation", 1))


def _depthwise(rank: int, torch: ModuleType, case: Case, bias: bool) -> Any:
    settings = {"in_channels": case.dims[0], "depth_multiplier": 1, **case.arguments(), "bias": bias}
    settings.pop("out_channels", None)
    if keras_same(rank, case):
        settings["padding"] = 0
    channels, multiplier = settings["in_channels"], settings.pop("depth_multiplier")
    return getattr(torch.nn, f"Conv{rank}d")(**settings, out_channels=channels * multiplier, groups=channels)


def _build_depthwise(rank: int, torch: ModuleType, case: Case) -> Built:
    conv, pad = _depthwise(rank, torch, case, case.settings.get("bias", True)), _pad(rank, torch, case)
    return Built(conv, lambda x: conv(pad(x)))


def _build_separable(rank: int, torch: ModuleType, case: Case) -> Built:
    depthwise, pad = _depthwise(rank, torch, case, bias=False), _pad(rank, torch, case)
    out, bias = case.settings["out_channels"], case.settings.get("bias", True)
    pointwise = getattr(torch.nn, f"Conv{rank}d")(depthwise.out_channels, out, 1, bias=bias)
    both = torch.nn.Sequential(OrderedDict(depthwise=depthwise, pointwise=pointwise))
    return Built(both, lambda x: both(pad(x)))


def _oracle(rank: int, separable: bool) -> Oracle:
    faults = {**window_faults(rank), "depth_multiplier": st.sampled_from((0, -1))}
    if separable:
        faults["out_channels"] = st.sampled_from((0, -1))
    required = ("kernel_size", "out_channels") if separable else ("kernel_size",)
    example = {"kernel_size": 1, "in_channels": 2, **({"out_channels": 2} if separable else {})}
    return Oracle(
        cases(
            images(rank, 2),
            partial(_choices, rank, separable),
            required=required,
            faults=faults,
            wrong_dims=of_rank_not(rank),
        ),
        partial(_build_separable if separable else _build_depthwise, rank),
        (unbatched(rank, example),),
    )


ORACLES = {
    f"{name}_conv{rank}d": _oracle(rank, name == "separable") for name in ("depthwise", "separable") for rank in (1, 2)
}
