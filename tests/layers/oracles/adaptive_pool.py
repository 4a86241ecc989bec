"""Pooling to a given size against torch.nn.AdaptiveAvgPool and AdaptiveMaxPool; over everything, against size 1."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Oracle, Settings
from tests.layers.oracles.differences import any_rank, unbatched
from tests.layers.oracles.drawing import FLAG, Drawn, cases, images, of_rank_not, per_axis, wrong_per_axis


def _sizes(rank: int) -> Drawn:
    """Draw sizes, of which some, or all, are those of the input."""
    size = st.integers(1, 12) | st.none()
    return per_axis(rank, 1, 12) | st.none() | st.lists(size, min_size=rank, max_size=rank)


def _build_adaptive(kind: str, rank: int, torch: ModuleType, case: Case) -> Built:
    size = case.arguments()["output_size"]
    if rank == 1 and size in (None, (None,)):
        size = case.dims[-1]  # the 2d and 3d modules take None as documented; that of 1d does not
    pool = getattr(torch.nn, f"Adaptive{kind}Pool{rank}d")((None,) * rank if size is None else size)
    return Built(pool, pool)


def _build_global(kind: str, rank: int, torch: ModuleType, case: Case) -> Built:
    pool = getattr(torch.nn, f"Adaptive{kind}Pool{rank}d")(1)
    return Built(pool, pool if case.settings.get("keepdims", False) else lambda x: pool(x).flatten(1))


def _ranks(kind: str, rank: int, example: Settings) -> tuple[Difference, ...]:
    """Return the difference over the input's rank: an average to size 1 is a mean to PyTorch, whatever the rank."""
    return (any_rank(rank, example) if kind == "Avg" and rank > 1 else unbatched(rank, example),)


def _adaptive(kind: str, rank: int) -> Oracle:
    faults = {"output_size": wrong_per_axis(rank, 0, -1)}
    choices = {"output_size": _sizes(rank)}
    return Oracle(
        cases(images(rank), lambda _: choices, required=("output_size",), faults=faults, wrong_dims=of_rank_not(rank)),
        partial(_build_adaptive, kind, rank),
        _ranks(kind, rank, {"output_size": 1}),
    )


def _global(kind: str, rank: int) -> Oracle:
    return Oracle(
        cases(images(rank), lambda _: {"keepdims": FLAG}, wrong_dims=of_rank_not(rank)),
        partial(_build_global, kind, rank),
        _ranks(kind, rank, {}),
    )


_EACH = [(kind, rank) for kind in ("Avg", "Max") for rank in (1, 2, 3)]
ORACLES = {
    **{f"adaptive_{kind.lower()}_pool{rank}d": _adaptive(kind, rank) for kind, rank in _EACH},
    **{f"global_{kind.lower()}_pool{rank}d": _global(kind, rank) for kind, rank in _EACH},
}
