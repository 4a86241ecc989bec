"""Transposed convolution against torch.nn.ConvTranspose1d to ConvTranspose3d."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.conv import window, window_faults
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import Choices, cases, groups, images, of_rank_not, per_axis, rarely, wrong_per_axis


def _choices(rank: int, dims: Dims) -> Choices:
    return {
        **window(rank),
        "padding": per_axis(rank, 0, 2),
        "output_padding": rarely(per_axis(rank, 0, 2), st.just(0)),
        "in_channels": rarely(st.integers(1, 9), st.just(dims[0])),
        "out_channels": st.sampled_from((2, 4, 6, 12, 24)),
        "groups": groups(dims[0]),
        "padding_mode": st.just("zeros"),
    }


def _build(rank: int, torch: ModuleType, case: Case) -> Built:
    conv = getattr(torch.nn, f"ConvTranspose{rank}d")(**{"in_channels": case.dims[0], **case.arguments()})
    return Built(conv, conv)


_REASON = "a kernel's elements are at least 1 apart; PyTorch looks in 3d only"


def _folded(case: Case) -> bool:
    return case.settings.get("dilation") in (0, -1, [0], [0, 0], [0, 0, 0], [-1], [-1, -1], [-1, -1, -1])


def _oracle(rank: int) -> Oracle:
    faults = {
        **window_faults(rank),
        "kernel_size": wrong_per_axis(rank, 0, -1),
        "padding": wrong_per_axis(rank, -1) | st.just("same"),
        "output_padding": wrong_per_axis(rank, -1, 5),
        "out_channels": st.sampled_from((0, -1, 5)),
        "groups": st.sampled_from((0, -1, 5)),
        "padding_mode": st.sampled_from(("reflect", "nothing")),
    }
    example = {"out_channels": 2, "kernel_size": 1}
    return Oracle(
        cases(
            images(rank, 1, 6),
            partial(_choices, rank),
            required=("out_channels", "kernel_size"),
            faults=faults,
            wrong_dims=of_rank_not(rank),
        ),
        partial(_build, rank),
        (
            unbatched(rank, {**example, "in_channels": 2}),
            *([Difference(_REASON, _folded, Case({**example, "dilation": 0}, (2, *[4] * rank)))] if rank < 3 else []),
        ),
    )


ORACLES = {f"conv_transpose{rank}d": _oracle(rank) for rank in (1, 2, 3)}
