"""Zero padding against torch.nn.ZeroPad1d to ZeroPad3d and functional.pad; cropping against negative padding."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import any_rank, of_the_batch, unbatched
from tests.layers.oracles.drawing import (
    ANY_DIMS,
    Choices,
    any_dim,
    cases,
    images,
    of_rank_not,
    per_axis,
    wrong_per_axis,
)


def _pad(rank: int, torch: ModuleType, sides: int | tuple[int, ...]) -> Built:
    pad: Any = getattr(torch.nn, f"ZeroPad{rank}d")(sides)
    return Built(pad, pad)


def _build_pad(rank: int, torch: ModuleType, case: Case) -> Built:
    return _pad(rank, torch, case.arguments()["padding"])


def _build_crop(rank: int, torch: ModuleType, case: Case) -> Built:
    written = case.arguments()["cropping"]
    sides = written if isinstance(written, tuple) else (written,) * (2 * rank)
    if min(sides) < 0:
        raise ValueError("keras.io/api/layers/reshaping_layers: cropping is not negative")
    return _pad(rank, torch, tuple(-side for side in sides))


def _zero_pad(rank: int) -> Oracle:
    choices, faults = {"padding": per_axis(2 * rank, -2, 4)}, {"padding": wrong_per_axis(2 * rank, -5)}
    return Oracle(
        cases(images(rank, 2), lambda _: choices, required=("padding",), faults=faults, wrong_dims=of_rank_not(rank)),
        partial(_build_pad, rank),
        (any_rank(rank, {"padding": 1}),),
    )


def _crop(rank: int) -> Oracle:
    choices, faults = {"cropping": per_axis(2 * rank, 0, 2)}, {"cropping": wrong_per_axis(2 * rank, -1, 5)}
    return Oracle(
        cases(images(rank, 3), lambda _: choices, required=("cropping",), faults=faults, wrong_dims=of_rank_not(rank)),
        partial(_build_crop, rank),
        (any_rank(rank, {"cropping": 1}),),
    )


def _build_module(name: str, rank: int, torch: ModuleType, case: Case) -> Built:
    pad: Any = getattr(torch.nn, f"{name}{rank}d")(**case.arguments())
    return Built(pad, pad)


def _constant_pad(rank: int) -> Oracle:
    choices = {"padding": per_axis(2 * rank, -2, 4), "value": st.sampled_from((0, 1, -0.5))}
    faults = {"padding": wrong_per_axis(2 * rank, -5)}
    required = ("padding", "value")
    return Oracle(
        cases(images(rank, 2), lambda _: choices, required=required, faults=faults, wrong_dims=of_rank_not(rank)),
        partial(_build_module, "ConstantPad", rank),
        (any_rank(rank, {"padding": 1, "value": 0}),),
    )


_LOOKING = {"reflection_pad": "ReflectionPad", "replication_pad": "ReplicationPad", "circular_pad": "CircularPad"}
_NEVER_LESS = "padding that repeats the image adds to it, and crop takes off; PyTorch's does where a number is negative"


def _takes_off(case: Case) -> bool:
    padding = case.settings["padding"]
    return padding is not None and min(padding if isinstance(padding, list) else [padding]) < 0


def _looking_pad(name: str, rank: int) -> Oracle:
    choices, faults = {"padding": per_axis(2 * rank, 0, 3)}, {"padding": wrong_per_axis(2 * rank, -1, 20)}
    return Oracle(
        cases(images(rank, 2), lambda _: choices, required=("padding",), faults=faults, wrong_dims=of_rank_not(rank)),
        partial(_build_module, _LOOKING[name], rank),
        (
            unbatched(rank, {"padding": 1}),
            Difference(_NEVER_LESS, _takes_off, Case({"padding": -1}, (2,) + (4,) * rank)),
        ),
    )


def _along_one(dims: Dims) -> Choices:
    return {
        "dim": any_dim(dims),
        "before": st.integers(0, 3),
        "after": st.integers(0, 3),
        "value": st.sampled_from((0, 2, 0.5)),
    }


def _build_along_one(torch: ModuleType, case: Case) -> Built:
    dim, before, after = (case.settings.get(name, default) for name, default in _ALONG_ONE.items())
    after_it = len(case.dims) - (dim + len(case.dims) + 1 if dim < 0 else dim)
    if not 0 <= after_it <= len(case.dims):
        raise ValueError("no such dimension")
    sides, value = (0, 0) * after_it + (before, after), case.settings.get("value", 0)
    return Built(torch.nn.Identity(), lambda x: torch.nn.functional.pad(x, sides, value=value))


_ALONG_ONE = {"dim": 1, "before": 0, "after": 0}
_TAKES_OFF = Difference(
    "padding along a dimension adds to it, and slice takes off; PyTorch's pad takes off where a number is negative",
    lambda case: any(case.settings.get(name) in (-1, -2) for name in ("before", "after")),
    Case({"before": -1}, (3, 4)),
)
_WRONG_ALONG_ONE = {
    "dim": st.integers(-6, 6),
    "before": st.integers(-2, 0),
    "after": st.sampled_from((-1, None, "all")),
}
ORACLES = {
    "pad": Oracle(
        cases(ANY_DIMS, _along_one, faults=_WRONG_ALONG_ONE),
        _build_along_one,
        (of_the_batch("dim", example={"dim": 0, "after": 1}), _TAKES_OFF),
    ),
    **{f"zero_pad{rank}d": _zero_pad(rank) for rank in (1, 2, 3)},
    **{f"constant_pad{rank}d": _constant_pad(rank) for rank in (1, 2, 3)},
    **{f"{name}{rank}d": _looking_pad(name, rank) for name in _LOOKING for rank in (1, 2, 3)},
    **{f"crop{rank}d": _crop(rank) for rank in (1, 2, 3)},
}
