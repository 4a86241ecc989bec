"""Patches as columns against torch.nn.Unfold and Fold, and pixels at places against grid_sample."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import unbatched
from tests.layers.oracles.drawing import FLAG, Choices, cases, images, of_rank_not, per_axis, with_more, wrong_per_axis

_WINDOW: Choices = {
    "kernel_size": per_axis(2, 1, 3),
    "stride": per_axis(2, 1, 3),
    "padding": per_axis(2, 0, 2),
    "dilation": per_axis(2, 1, 2),
}
_WRONG = {"kernel_size": wrong_per_axis(2, 0, 12), "stride": wrong_per_axis(2, 0), "padding": wrong_per_axis(2, -1)}


def _build(module: str, torch: ModuleType, case: Case) -> Built:
    patches = getattr(torch.nn, module)(**case.arguments())
    return Built(patches, patches)


def _build_unfold(torch: ModuleType, case: Case) -> Built:
    return _build("Unfold", torch, case)


def _build_fold(torch: ModuleType, case: Case) -> Built:
    return _build("Fold", torch, case)


def _columns(dims: Dims) -> Choices:
    """Draw mostly settings that go with columns of four pixels, of patches side by side."""
    rows, columns = next((n, dims[1] // n) for n in (3, 2, 1) if dims[1] % n == 0)
    return {
        "output_size": st.just([2 * rows, 2 * columns]) | per_axis(2, 1, 6),
        "kernel_size": st.just(2),
        "stride": st.just(2) | st.just(1),
    }


def _build_sample(torch: ModuleType, case: Case) -> Built:
    if len(case.inputs) != 2:
        raise ValueError("an image and places")
    settings = {"align_corners": False, **case.settings}
    return Built(torch.nn.Identity(), lambda x, grid: torch.nn.functional.grid_sample(x, grid, **settings))


def _grid(case: Case) -> st.SearchStrategy[tuple[Dims, ...]]:
    axes = len(case.dims) - 1
    return st.tuples(*[st.integers(1, 4)] * axes, st.just(axes) | st.integers(1, 4)).map(lambda dims: (dims,))


_MODES = st.sampled_from(("bilinear", "nearest", "bicubic"))
_BORDERS = st.sampled_from(("zeros", "border", "reflection"))
ORACLES = {
    "unfold": Oracle(
        cases(images(2, 3), lambda _: _WINDOW, required=("kernel_size",), faults=_WRONG, wrong_dims=of_rank_not(2)),
        _build_unfold,
        (unbatched(2, {"kernel_size": 2}),),
    ),
    "fold": Oracle(
        cases(
            st.tuples(st.sampled_from((4, 8, 12)), st.integers(1, 6)),
            _columns,
            required=("output_size", "kernel_size", "stride"),
            faults={"output_size": wrong_per_axis(2, 0, 12), "kernel_size": wrong_per_axis(2, 0, 12)},
        ),
        _build_fold,
    ),
    "grid_sample": Oracle(
        with_more(
            cases(
                images(2) | images(3),
                lambda _: {"mode": _MODES, "padding_mode": _BORDERS, "align_corners": FLAG},
                faults={"mode": st.just("cubic"), "padding_mode": st.just("circular")},
            ),
            _grid,
        ),
        _build_sample,
    ),
}
