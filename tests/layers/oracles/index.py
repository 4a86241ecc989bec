"""Elements by their index and by their order against torch's functions."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, any_dim, cases, rarely, with_more

_DIM = st.integers(-6, 6)


def _build_select(torch: ModuleType, case: Case) -> Built:
    index = case.settings["index"]
    if not index:
        raise ValueError("nothing is named")
    return Built(torch.nn.Identity(), lambda x: x.index_select(case.settings.get("dim", 1), torch.tensor(index)))


def _build_topk(torch: ModuleType, case: Case) -> Built:
    settings = {"dim": 1, **case.settings}
    return Built(torch.nn.Identity(), lambda x: torch.topk(x, **settings)[0])


def _build_sort(torch: ModuleType, case: Case) -> Built:
    settings = {"dim": 1, **case.settings}
    return Built(torch.nn.Identity(), lambda x: torch.sort(x, **settings)[0])


def _build_gather(torch: ModuleType, case: Case) -> Built:
    dim = case.settings.get("dim", 1)
    least = [1, *case.dims][dim]

    def gathered(x: Any, index: Any) -> Any:
        return torch.gather(x, dim, index.long() % least)

    return Built(torch.nn.Identity(), gathered if len(case.inputs) > 1 else lambda x: torch.gather(x))


def _smaller(case: Case) -> st.SearchStrategy[tuple[Dims, ...]]:
    fitting = st.tuples(*(st.integers(1, n) for n in case.dims))
    return rarely(ANY_DIMS, fitting).map(lambda dims: (dims,))


def _k(dims: Dims) -> Choices:
    return {"k": rarely(st.integers(1, 5), st.just(1)), "dim": any_dim(dims), "largest": FLAG}


_INDEX = rarely(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.just([0]) | st.just([0, 0]))
ORACLES = {
    "index_select": Oracle(
        cases(
            ANY_DIMS,
            lambda dims: {"dim": any_dim(dims), "index": _INDEX},
            required=("index",),
            faults={"dim": _DIM, "index": st.sampled_from(([], [9], [-1]))},
        ),
        _build_select,
        (of_the_batch("dim", example={"dim": 0, "index": [0]}),),
    ),
    "topk": Oracle(
        cases(ANY_DIMS, _k, required=("k",), faults={"k": st.sampled_from((0, 9, -1)), "dim": _DIM}),
        _build_topk,
        (
            of_the_batch("dim", example={"dim": 0, "k": 1}),
            Difference("there is something to keep", lambda case: case.settings["k"] == 0, Case({"k": 0}, (3, 4))),
        ),
    ),
    "sort": Oracle(
        cases(ANY_DIMS, lambda dims: {"dim": any_dim(dims), "descending": FLAG}, faults={"dim": _DIM}),
        _build_sort,
        (of_the_batch("dim", example={"dim": 0}),),
    ),
    "gather": Oracle(
        with_more(cases(ANY_DIMS, lambda dims: {"dim": any_dim(dims)}, faults={"dim": _DIM}), _smaller),
        _build_gather,
        (
            Difference(
                "a layer leaves the batch alone; to PyTorch it is a dimension like others",
                lambda case: case.settings.get("dim") in (0, -len(case.dims) - 1),
                Case({"dim": 0}, (3, 4), ((3, 4),)),
            ),
        ),
    ),
}
