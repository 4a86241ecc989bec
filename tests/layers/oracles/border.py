"""Zero padding against torch.nn.ZeroPad1d to ZeroPad3d; cropping, which PyTorch lacks, against negative padding."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from tests.layers.oracles.case import Built, Case, Oracle
from tests.layers.oracles.differences import any_rank
from tests.layers.oracles.drawing import cases, images, of_rank_not, per_axis, wrong_per_axis


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


ORACLES = {
    **{f"zero_pad{rank}d": _zero_pad(rank) for rank in (1, 2, 3)},
    **{f"crop{rank}d": _crop(rank) for rank in (1, 2, 3)},
}
