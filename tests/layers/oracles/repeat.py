"""Elements more than once against expand, repeat and repeat_interleave of torch.Tensor, and torch.stack."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, Choices, any_dim, cases, rarely, with_more

_ONES = st.lists(st.sampled_from((1, 1, 3)), min_size=1, max_size=4).map(tuple)


def _larger(dims: Dims) -> Choices:
    return {"size": st.tuples(*(st.sampled_from((-1, n, 4 if n == 1 else n)) for n in dims)).map(list)}


def _build_expand(torch: ModuleType, case: Case) -> Built:
    if len(case.settings["size"]) != len(case.dims) or min(case.settings["size"]) < -1:
        raise ValueError("a size for each dimension of a sample")
    return Built(torch.nn.Identity(), lambda x: x.expand(-1, *case.settings["size"]))


def _build_repeat(torch: ModuleType, case: Case) -> Built:
    if len(case.settings["repeats"]) != len(case.dims):
        raise ValueError("how often, for each dimension of a sample")
    return Built(torch.nn.Identity(), lambda x: x.repeat(1, *case.settings["repeats"]))


def _build_interleave(torch: ModuleType, case: Case) -> Built:
    settings = {"dim": 1, **case.settings}
    return Built(torch.nn.Identity(), lambda x: x.repeat_interleave(settings["repeats"], settings["dim"]))


def _build_stack(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda *inputs: torch.stack(inputs, case.settings.get("dim", 1)))


def _places(dims: Dims) -> Choices:
    rank = len(dims)
    return {"dim": st.sampled_from((*range(1, rank + 2), *range(-rank - 1, 0)))}


def _alike(case: Case) -> st.SearchStrategy[tuple[Dims, ...]]:
    same = st.lists(st.just(case.dims), min_size=1, max_size=3).map(tuple)
    return rarely(st.lists(ANY_DIMS, min_size=1, max_size=2).map(tuple), same)


_BEFORE_THE_BATCH = Difference(
    "a layer leaves the batch first; to PyTorch its dimension is like others",
    lambda case: case.settings.get("dim") in (0, -len(case.dims) - 2),
    Case({"dim": 0}, (3,), ((3,),)),
)
ORACLES = {
    "expand": Oracle(
        cases(_ONES, _larger, required=("size",), faults={"size": st.sampled_from(([2], [0], [-2], [2, 2, 2, 2, 2]))}),
        _build_expand,
    ),
    "repeat": Oracle(
        cases(
            ANY_DIMS,
            lambda dims: {"repeats": st.lists(st.integers(1, 3), min_size=len(dims), max_size=len(dims))},
            required=("repeats",),
            faults={"repeats": st.sampled_from(([2, 2, 2, 2, 2], [-1]))},
        ),
        _build_repeat,
    ),
    "repeat_interleave": Oracle(
        cases(
            ANY_DIMS,
            lambda dims: {"repeats": st.integers(1, 3), "dim": any_dim(dims)},
            required=("repeats",),
            faults={"repeats": st.sampled_from((0, -1)), "dim": st.integers(-6, 6)},
        ),
        _build_interleave,
        (of_the_batch("dim", example={"repeats": 2, "dim": 0}),),
    ),
    "stack": Oracle(
        with_more(cases(ANY_DIMS, _places, faults={"dim": st.integers(-7, 7)}), _alike),
        _build_stack,
        (_BEFORE_THE_BATCH,),
    ),
}
