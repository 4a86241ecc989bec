"""Convolution against torch.nn.Conv1d to Conv3d."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import (
    FLAG,
    Choices,
    cases,
    groups,
    images,
    of_rank_not,
    per_axis,
    rarely,
    wrong_per_axis,
)
from tests.layers.oracles.keras import axes, padded

MODES = st.sampled_from(("zeros", "reflect", "replicate", "circular"))


def window(rank: int) -> Choices:
    """Draw the settings of a sliding kernel."""
    return {
        "kernel_size": per_axis(rank, 1, 3),
        "stride": per_axis(rank, 1, 3),
        "padding": per_axis(rank, 0, 2) | st.sampled_from(("same", "valid")),
        "dilation": per_axis(rank, 1, 2),
        "bias": FLAG,
    }


def window_faults(rank: int) -> Choices:
    """Draw values out of range for the settings of a sliding kernel."""
    return {
        "kernel_size": wrong_per_axis(rank, 0, -1, 12),
        "stride": wrong_per_axis(rank, 0, -1),
        "padding": wrong_per_axis(rank, -1) | st.just("full"),
        "dilation": wrong_per_axis(rank, 0, -1),
    }


def keras_same(rank: int, case: Case) -> bool:
    """Tell whether the padding is "same" with a stride, which PyTorch refuses and Keras defines."""
    return case.settings.get("padding") == "same" and axes(case.arguments().get("stride", 1), rank) != (1,) * rank


def _choices(rank: int, dims: Dims) -> Choices:
    return {
        **window(rank),
        "in_channels": rarely(st.integers(1, 9), st.just(dims[0])),
        "out_channels": st.sampled_from((2, 4, 6, 12, 24)),
        "groups": groups(dims[0]),
        "padding_mode": MODES,
    }


def _build(rank: int, torch: ModuleType, case: Case) -> Built:
    settings = {"in_channels": case.dims[0], **case.arguments()}
    if not keras_same(rank, case):
        conv = getattr(torch.nn, f"Conv{rank}d")(**settings)
        return Built(conv, conv)
    fill = settings.pop("padding_mode", "zeros")
    pad = padded(torch, case.dims[1:], settings["kernel_size"], settings["stride"], settings.get("dilation", 1), fill)
    conv = getattr(torch.nn, f"Conv{rank}d")(**{**settings, "padding": 0})
    return Built(conv, lambda x: conv(pad(x)))


def _crops(case: Case) -> bool:
    padding, mode = case.arguments().get("padding", 0), case.settings.get("padding_mode", "zeros")
    sides = padding if isinstance(padding, tuple) else (padding,)
    return mode != "zeros" and any(isinstance(side, int) and side < 0 for side in sides)


def _oracle(rank: int) -> Oracle:
    faults = {
        **window_faults(rank),
        "out_channels": st.sampled_from((0, -1, 5)),
        "groups": st.sampled_from((0, -1, 5)),
        "padding_mode": st.just("mirror"),
    }
    example = {"out_channels": 2, "kernel_size": 1}
    cropping = {**example, "padding": -1, "padding_mode": "reflect"}
    return Oracle(
        cases(
            images(rank, 2),
            partial(_choices, rank),
            required=("out_channels", "kernel_size"),
            faults=faults,
            wrong_dims=of_rank_not(rank),
        ),
        partial(_build, rank),
        (
            unbatched(rank, {**example, "in_channels": 2}),
            Difference(
                "padding is never negative: crop says what is meant; PyTorch crops in modes other than zeros",
                _crops,
                Case(cropping, (2, *[5] * rank)),
            ),
        ),
    )


ORACLES = {f"conv{rank}d": _oracle(rank) for rank in (1, 2, 3)}
