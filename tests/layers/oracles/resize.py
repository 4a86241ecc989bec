"""Resizing without weights against torch.nn.Upsample, PixelShuffle and PixelUnshuffle."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, Drawn, cases, images, of_rank_not, rarely

_ANY_IMAGE = st.integers(1, 3).flatmap(images)
_MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}
_ALL_MODES = st.sampled_from(("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear"))
_SCALE = st.floats(0.3, 4) | st.integers(3, 40).map(lambda tenths: tenths / 10) | st.integers(1, 4)


def _one_or_each(number: Drawn, rank: int) -> Drawn:
    return number | st.lists(number, min_size=rank, max_size=rank) | st.lists(number, min_size=1, max_size=1)


def _upsample(dims: Dims) -> Choices:
    rank = len(dims) - 1
    smooth = _MODES.get(rank, "bicubic")
    how = st.sampled_from(
        ({}, {"mode": "nearest"}, {"mode": "nearest-exact"}, {"mode": smooth}, {"mode": smooth, "align_corners": True})
    )
    size = st.fixed_dictionaries({"size": _one_or_each(st.integers(1, 12), rank or 1)})
    scale = st.fixed_dictionaries({"scale_factor": _one_or_each(_SCALE, rank or 1)})
    return {"target": size | scale, "how": how}


def _joined(case: Case) -> Case:
    """Return the case with its two groups of settings, drawn together, as settings of their own."""
    others = {name: value for name, value in case.settings.items() if name not in ("target", "how")}
    return Case({**case.settings["target"], **case.settings.get("how", {}), **others}, case.dims)


def _number(value: Any) -> Any:
    """Return the number of a list of one, which stands for all axes here; PyTorch wants it bare."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _build_upsample(torch: ModuleType, case: Case) -> Built:
    upsample = torch.nn.Upsample(**{name: _number(value) for name, value in case.arguments().items()})
    return Built(upsample, upsample)


def _no_factor(case: Case) -> bool:
    return "size" in case.settings and case.settings.get("scale_factor") in (0, 0.0)


def _build_pixels(module: str, torch: ModuleType, case: Case) -> Built:
    pixels = getattr(torch.nn, module)(**case.settings)
    return Built(pixels, pixels)


_REASON = "an image has channels, height and width; PyTorch takes any number of dimensions before these"


def _pixels(module: str, setting: str, dims: st.SearchStrategy[Dims]) -> Oracle:
    choices = {setting: rarely(st.integers(1, 4), st.integers(1, 2))}
    faults = {setting: st.sampled_from((0, -1))}
    return Oracle(
        cases(dims, lambda _: choices, required=(setting,), faults=faults, wrong_dims=of_rank_not(2)),
        partial(_build_pixels, module),
        (Difference(_REASON, lambda case: len(case.dims) != 3, Case({setting: 2}, (4, 4, 4, 4))),),
    )


_SQUARES = st.tuples(st.sampled_from((1, 4, 8, 9)), st.integers(1, 5), st.integers(1, 5))
_EVEN = st.tuples(st.integers(1, 3), *[st.sampled_from((2, 4, 6, 6, 9))] * 2)
_FAULTS = {
    "size": st.sampled_from((0, -1, [1, 2, 3, 4], 3)),
    "scale_factor": st.sampled_from((0, 0.0, -1.0, 0.05, 1e308, [1.0, 1.0, 1.0, 1.0], 2.0)),
    "mode": _ALL_MODES | st.just("cubic"),
    "align_corners": FLAG,
}
ORACLES = {
    "upsample": Oracle(
        cases(_ANY_IMAGE, _upsample, required=("target",), faults=_FAULTS, wrong_dims=ANY_DIMS).map(_joined),
        _build_upsample,
        (
            Difference(
                "a factor is more than 0; PyTorch takes 0 beside a size for none",
                _no_factor,
                Case({"size": 4, "scale_factor": 0}, (1, 4)),
            ),
        ),
    ),
    "pixel_shuffle": _pixels("PixelShuffle", "upscale_factor", _SQUARES),
    "pixel_unshuffle": _pixels("PixelUnshuffle", "downscale_factor", _EVEN),
}
