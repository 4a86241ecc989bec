"""Dropout against torch.nn.Dropout and Dropout1d to Dropout3d."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Oracle
from tests.layers.oracles.differences import any_rank, unbatched
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, cases, images, of_rank_not

_CHOICES = {"p": st.floats(0, 1) | st.integers(0, 1), "inplace": FLAG}
_FAULTS = {"p": st.sampled_from((-0.1, 1.1, 2, "half"))}


def _build(module: str, torch: ModuleType, case: Case) -> Built:
    dropout = getattr(torch.nn, module)(**case.settings)
    return Built(dropout, dropout)


def _of_channels(rank: int) -> Oracle:
    return Oracle(
        cases(images(rank), lambda _: _CHOICES, faults=_FAULTS, wrong_dims=of_rank_not(rank)),
        partial(_build, f"Dropout{rank}d"),
        (unbatched(rank, {}) if rank == 1 else any_rank(rank, {}),),
    )


ORACLES = {
    "dropout": Oracle(cases(ANY_DIMS, lambda _: _CHOICES, faults=_FAULTS), partial(_build, "Dropout")),
    **{f"dropout{rank}d": _of_channels(rank) for rank in (1, 2, 3)},
}
