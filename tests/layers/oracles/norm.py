"""Normalisation against torch.nn's BatchNorm, InstanceNorm, GroupNorm, LayerNorm, RMSNorm, LocalResponseNorm."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import unbatched, unchecked
from tests.layers.oracles.drawing import ANY_DIMS, CHANNELS, FLAG, Choices, cases, groups, images, of_rank_not, rarely

_EPS = st.sampled_from((1e-5, 1e-3, 1))
_WRONG_COUNT = st.sampled_from((0, -1, 12))


def _per_channel(dims: Dims) -> Choices:
    return {
        "num_features": rarely(st.integers(1, 9), st.just(dims[0])),
        "eps": _EPS,
        "momentum": st.sampled_from((0.1, 0.9, None)),
        "affine": FLAG,
        "track_running_stats": FLAG,
    }


def _build_per_channel(module: str, torch: ModuleType, case: Case) -> Built:
    norm = getattr(torch.nn, module)(**{"num_features": case.dims[0], **case.settings}).eval()
    return Built(norm, norm)


def _running(module: str, rank: int, flags: dict[str, bool]) -> Oracle:
    sizes = images(rank) | st.tuples(CHANNELS) if module == "BatchNorm" and rank == 1 else images(rank)
    wrong = of_rank_not(rank).filter(lambda dims: rank > 1 or len(dims) > 2)
    return Oracle(
        cases(sizes, _per_channel, faults={"num_features": _WRONG_COUNT, "eps": st.none()}, wrong_dims=wrong),
        partial(_build_per_channel, f"{module}{rank}d"),
        (
            unchecked("num_features", flags, {}, (4, *[3] * rank)),
            *([unbatched(rank, {})] if module == "InstanceNorm" else []),
        ),
    )


def _group_choices(dims: Dims) -> Choices:
    return {
        "num_groups": groups(dims[0]),
        "num_channels": rarely(st.integers(1, 9), st.just(dims[0])),
        "eps": _EPS,
        "affine": FLAG,
    }


def _build_group(torch: ModuleType, case: Case) -> Built:
    norm = torch.nn.GroupNorm(**{"num_channels": case.dims[0], **case.settings})
    return Built(norm, norm)


def _trailing(choices: Choices, dims: Dims) -> Choices:
    endings = st.integers(1, len(dims)).map(lambda count: list(dims[-count:]))
    return {
        "normalized_shape": rarely(st.integers(1, 5), endings | st.just(dims[-1])),
        "elementwise_affine": FLAG,
        **choices,
    }


def _build_trailing(module: str, torch: ModuleType, case: Case) -> Built:
    settings = {"normalized_shape": case.dims[-1], **case.arguments()}
    if settings["normalized_shape"] is None:
        settings["normalized_shape"] = case.dims[-1]
    norm = getattr(torch.nn, module)(**settings)
    return Built(norm, norm)


_REASON = "a layer leaves the batch alone; PyTorch normalises over it too where normalized_shape begins with its size"


def _over_the_batch(case: Case) -> bool:
    return case.settings.get("normalized_shape") == [BATCH, *case.dims]


def _trailing_norm(module: str, choices: Choices, faults: Choices) -> Oracle:
    sizes = st.sampled_from((0, -1, [0], [3, 3, 3, 3, 3])) | st.lists(st.integers(1, 5), max_size=3)
    return Oracle(
        cases(ANY_DIMS, partial(_trailing, choices), faults={"normalized_shape": sizes, **faults}),
        partial(_build_trailing, module),
        (Difference(_REASON, _over_the_batch, Case({"normalized_shape": [BATCH, 3]}, (3,))),),
    )


def _build_over_channels(torch: ModuleType, case: Case) -> Built:
    """As torchvision's LayerNorm2d, the norm of ConvNeXt: LayerNorm where the channels have moved to the end."""
    norm = torch.nn.LayerNorm(**{"normalized_shape": case.dims[0], **case.arguments()})
    return Built(norm, lambda x: norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2))


def _over_channels(dims: Dims) -> Choices:
    count = rarely(st.integers(1, 9), st.just(dims[0]))
    return {
        "normalized_shape": count | count.map(lambda n: [n]),
        "eps": _EPS,
        "elementwise_affine": FLAG,
        "bias": FLAG,
    }


_MORE_THAN_CHANNELS = Difference(
    "a norm over the channels takes their number; PyTorch takes more dimensions to normalise over, in another order",
    lambda case: isinstance(shape := case.settings.get("normalized_shape"), list) and len(shape) > 1,
    Case({"normalized_shape": [3, 4]}, (4, 2, 3)),
)


def _build_response(torch: ModuleType, case: Case) -> Built:
    norm = torch.nn.LocalResponseNorm(**case.settings)
    return Built(norm, norm)


_RESPONSE = {"size": st.integers(1, 7), "alpha": _EPS, "beta": _EPS, "k": _EPS}
_BATCH_FLAGS = {"affine": True, "track_running_stats": True}
_INSTANCE_FLAGS = {"affine": False, "track_running_stats": False}
ORACLES = {
    **{f"batch_norm{rank}d": _running("BatchNorm", rank, _BATCH_FLAGS) for rank in (1, 2, 3)},
    **{f"instance_norm{rank}d": _running("InstanceNorm", rank, _INSTANCE_FLAGS) for rank in (1, 2, 3)},
    "group_norm": Oracle(
        cases(
            ANY_DIMS,
            _group_choices,
            required=("num_groups",),
            faults={"num_groups": _WRONG_COUNT, "num_channels": _WRONG_COUNT},
        ),
        _build_group,
        (unchecked("num_channels", {"affine": True}, {"num_groups": 1}, (4, 3)),),
    ),
    "layer_norm": _trailing_norm("LayerNorm", {"eps": _EPS, "bias": FLAG}, {"eps": st.none()}),
    "layer_norm2d": Oracle(
        cases(
            images(2),
            _over_channels,
            faults={"normalized_shape": st.sampled_from((0, -1, [0])), "eps": st.none()},
            wrong_dims=of_rank_not(2),
        ),
        _build_over_channels,
        (_MORE_THAN_CHANNELS,),
    ),
    "rms_norm": _trailing_norm("RMSNorm", {"eps": _EPS | st.none()}, {}),
    "local_response_norm": Oracle(
        cases(ANY_DIMS, lambda _: _RESPONSE, required=("size",), faults={"size": st.sampled_from((0, -1))}),
        _build_response,
    ),
}
