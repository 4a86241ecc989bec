"""Slices against those of torch.Tensor, and torch.nn.ChannelShuffle."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, Choices, any_dim, cases, groups, images


def _ranges(dims: Dims) -> Choices:
    return {
        "dim": any_dim(dims),
        "start": st.integers(-6, 1),
        "end": st.integers(2, 6) | st.none() | st.just(-1),
        "step": st.integers(1, 3),
    }


def _build_slice(torch: ModuleType, case: Case) -> Built:
    dim = case.settings.get("dim", 1)
    part = slice(*(case.settings.get(name) for name in ("start", "end", "step")))
    return Built(torch.nn.Identity(), lambda x: x.transpose(0, dim)[part].transpose(0, dim))


def _build_shuffle(torch: ModuleType, case: Case) -> Built:
    shuffle = torch.nn.ChannelShuffle(**case.settings)
    return Built(shuffle, shuffle)


_WRONG_RANGE = {
    "dim": st.integers(-6, 6),
    "start": st.integers(-6, 6),
    "end": st.integers(-6, 6),
    "step": st.sampled_from((0, -1)),
}
ORACLES = {
    "slice": Oracle(
        cases(ANY_DIMS, _ranges, faults=_WRONG_RANGE),
        _build_slice,
        (of_the_batch("dim", example={"dim": 0}),),
    ),
    "channel_shuffle": Oracle(
        cases(
            images(1) | images(2) | images(3),
            lambda dims: {"groups": groups(dims[0])},
            required=("groups",),
            faults={"groups": st.sampled_from((0, -1, 5))},
            wrong_dims=st.tuples(st.integers(1, 5)),
        ),
        _build_shuffle,
    ),
}
