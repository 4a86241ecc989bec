"""Pooling against torch.nn.MaxPool1d to AvgPool3d."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import FLAG, Choices, cases, images, of_rank_not, per_axis, rarely, wrong_per_axis
from tests.layers.oracles.keras import padded


def _choices(kind: str, rank: int, dims: Dims) -> Choices:
    window = {
        "kernel_size": per_axis(rank, 1, 4),
        "stride": per_axis(rank, 1, 4) | st.none(),
        "padding": rarely(per_axis(rank, 0, 2), per_axis(rank, 0, 1)) | st.sampled_from(("same", "valid")),
        "ceil_mode": FLAG,
    }
    if kind == "Max":
        return {**window, "dilation": rarely(per_axis(rank, 1, 2), st.just(1))}
    override = {"divisor_override": st.none() if rank == 1 else st.none() | st.integers(1, 9)}
    return {**window, "count_include_pad": FLAG, **override}


def _build(kind: str, rank: int, torch: ModuleType, case: Case) -> Built:
    settings, pool_of = case.arguments(), getattr(torch.nn, f"{kind}Pool{rank}d")
    if rank == 1 and settings.get("divisor_override", 1) is None:
        del settings["divisor_override"]  # AvgPool1d has no such argument
    padding = settings.get("padding")
    if padding in ("same", "valid"):
        settings["padding"] = 0
    pool = pool_of(**settings)
    if padding != "same":
        return Built(pool, pool)
    stride = settings.get("stride") or settings["kernel_size"]
    pad = padded(torch, case.dims[1:], settings["kernel_size"], stride, settings.get("dilation", 1))
    return Built(pool, lambda x: pool(pad(x)))


def _judged_alike(case: Case) -> bool:
    """Leave out what PyTorch's versions judge differently.

    Padding may be half of the window: up to 2.13 of the kernel as it is, by 2.15 of its reach with dilation. Ours is
    the newer rule; the sizes are the same.
    """
    rank = len(case.dims) - 1
    settings = [
        case.settings.get(name, default) for name, default in (("padding", 0), ("kernel_size", 1), ("dilation", 1))
    ]
    if not all(isinstance(value, int) or (isinstance(value, list) and len(value) == rank) for value in settings):
        return True
    axes = zip(*(value if isinstance(value, list) else [value] * rank for value in settings), strict=True)
    return all(2 * p <= k or 2 * p > d * (k - 1) + 1 for p, k, d in axes)


def _oracle(kind: str, rank: int) -> Oracle:
    faults = {
        "kernel_size": wrong_per_axis(rank, 0, -1, 12),
        "stride": wrong_per_axis(rank, 0, -1),
        "padding": wrong_per_axis(rank, -1, 3) | st.just("full"),
        ("dilation" if kind == "Max" else "divisor_override"): wrong_per_axis(rank, 0, -1)
        if kind == "Max"
        else st.sampled_from((0, 2)),
    }
    if kind == "Avg" and rank > 1:
        faults["divisor_override"] = st.just(0)
    return Oracle(
        cases(
            images(rank, 2),
            partial(_choices, kind, rank),
            required=("kernel_size",),
            faults=faults,
            wrong_dims=of_rank_not(rank),
        ).filter(_judged_alike),
        partial(_build, kind, rank),
        (unbatched(rank, {"kernel_size": 2}),),
    )


def _lp_choices(rank: int, dims: Dims) -> Choices:
    window = {"kernel_size": per_axis(rank, 1, 3), "stride": per_axis(rank, 1, 3) | st.none(), "ceil_mode": FLAG}
    return {"norm_type": st.sampled_from((1, 2, 3.5)), **window}


def _build_lp(rank: int, torch: ModuleType, case: Case) -> Built:
    settings = case.arguments()
    if rank == 1:  # where PyTorch takes numbers alone
        settings = {key: value[0] if value in ((n,) for n in range(13)) else value for key, value in settings.items()}
    pool = getattr(torch.nn, f"LPPool{rank}d")(**settings)
    return Built(pool, pool)


def _lp_oracle(rank: int) -> Oracle:
    faults = {"kernel_size": wrong_per_axis(rank, 0, 12), "stride": wrong_per_axis(rank, 0, -1)}
    required = ("norm_type", "kernel_size")
    return Oracle(
        cases(
            images(rank, 2), partial(_lp_choices, rank), required=required, faults=faults, wrong_dims=of_rank_not(rank)
        ),
        partial(_build_lp, rank),
        (unbatched(rank, {"norm_type": 2, "kernel_size": 2}),),
    )


ORACLES = {
    **{f"{kind.lower()}_pool{rank}d": _oracle(kind, rank) for kind in ("Max", "Avg") for rank in (1, 2, 3)},
    **{f"lp_pool{rank}d": _lp_oracle(rank) for rank in (1, 2, 3)},
}
