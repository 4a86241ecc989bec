"""The same elements elsewhere, and dimensions of 1, against torch's functions."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, Choices, Drawn, any_dim, cases, rarely

SOME_DIMS: Drawn = st.integers(-6, 6) | st.just([]) | st.just([1, 1])


def distinct_dims(dims: Dims) -> Drawn:
    """Draw a dimension of a sample, or a list of them."""
    return any_dim(dims) | st.lists(st.integers(1, len(dims)), min_size=1, max_size=len(dims), unique=True)


def names_the_batch(setting: str, *, added: int = 0, **more: Any) -> Difference:
    """Return the difference over a dimension, or one of a list, that is the batch."""

    def applies(case: Case) -> bool:
        dims = case.settings.get(setting)
        return any(each in (0, -len(case.dims) - 1 - added) for each in (dims if isinstance(dims, list) else [dims]))

    example = Case({setting: 0, **more}, (1, 4))
    return Difference("a layer leaves the batch alone; to PyTorch it is a dimension", applies, example)


def _rolled(dims: Dims) -> Choices:
    some = st.lists(st.integers(1, len(dims)), min_size=1, max_size=len(dims))
    both = some.flatmap(
        lambda chosen: st.lists(st.integers(-3, 3), min_size=len(chosen), max_size=len(chosen)).map(
            lambda shifts: {"dims": chosen, "shifts": shifts}
        )
    )
    one = st.fixed_dictionaries({"dims": any_dim(dims), "shifts": st.integers(-3, 3)})
    return {"both": both | one}


def _joined(case: Case) -> Case:
    settings = {**case.settings["both"], **{key: value for key, value in case.settings.items() if key != "both"}}
    return Case(settings, case.dims)


def _build(name: str, order: tuple[str, ...], torch: ModuleType, case: Case) -> Built:
    settings = case.arguments()
    if any(settings[key] in ((), None) for key in order):
        raise ValueError("nothing is said")
    return Built(torch.nn.Identity(), lambda x: getattr(torch, name)(x, *(settings[key] for key in order)))


def _build_flip(torch: ModuleType, case: Case) -> Built:
    dims = _listed(case.settings["dims"])
    if not dims:
        raise ValueError("nothing is said")
    return Built(torch.nn.Identity(), lambda x: x.flip(dims))


def _build_triangle(name: str, torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda x: getattr(torch, name)(x, case.settings.get("diagonal", 0)))


def _build_squeeze(torch: ModuleType, case: Case) -> Built:
    dims = case.arguments()["dim"]
    listed = (dims,) if isinstance(dims, int) else dims
    rank = len(case.dims)
    at = [dim % (rank + 1) if -rank - 1 <= dim <= rank else dim for dim in listed]
    if not at or len(set(at)) < len(at) or any(case.dims[i - 1] != 1 for i in at if 1 <= i <= rank):
        raise ValueError("a dimension of 1, each once")
    return Built(torch.nn.Identity(), lambda x: _at_least_one(x.squeeze(tuple(at))))


def _at_least_one(x: Any) -> Any:
    return x.unsqueeze(1) if x.dim() == 1 else x


def _build_unsqueeze(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda x: x.unsqueeze(case.settings["dim"]))


def _places(dims: Dims) -> Choices:
    rank = len(dims)
    return {"dim": st.sampled_from((*range(1, rank + 2), *range(-rank - 1, 0)))}


_MATRICES = st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple)
_ONES = st.lists(st.sampled_from((1, 1, 3)), min_size=1, max_size=4).map(tuple)
_NO_MATRIX = Difference(
    "a matrix has two dimensions of a sample; PyTorch takes the batch for one where there is one other",
    lambda case: len(case.dims) < 2,
    Case({}, (4,)),
)
_BATCH_OF_ONE = Difference(
    "a layer leaves the batch alone; PyTorch leaves a dimension of more than 1 as it is",
    lambda case: any(each in (0, -len(case.dims) - 1) for each in _listed(case.settings.get("dim"))),
    Case({"dim": 0}, (1, 4)),
)


def _listed(dims: Any) -> list[Any]:
    return dims if isinstance(dims, list) else [dims]


def _triangle(name: str) -> Oracle:
    choices = {"diagonal": st.integers(-2, 2)}
    drawn = cases(_MATRICES, lambda _: choices, wrong_dims=st.tuples(st.integers(1, 5)))
    return Oracle(drawn, partial(_build_triangle, name), (_NO_MATRIX,))


ORACLES = {
    "roll": Oracle(
        cases(ANY_DIMS, _rolled, required=("both",), faults={"dims": SOME_DIMS}).map(_joined),
        partial(_build, "roll", ("shifts", "dims")),
        (names_the_batch("dims", shifts=1),),
    ),
    "flip": Oracle(
        cases(ANY_DIMS, lambda dims: {"dims": distinct_dims(dims)}, required=("dims",), faults={"dims": SOME_DIMS}),
        _build_flip,
        (names_the_batch("dims"),),
    ),
    "tril": _triangle("tril"),
    "triu": _triangle("triu"),
    "squeeze": Oracle(
        cases(
            _ONES,
            lambda dims: {"dim": rarely(any_dim(dims), distinct_dims(dims))},
            required=("dim",),
            faults={"dim": SOME_DIMS},
        ),
        _build_squeeze,
        (_BATCH_OF_ONE,),
    ),
    "unsqueeze": Oracle(
        cases(ANY_DIMS, _places, required=("dim",), faults={"dim": st.integers(-7, 7)}),
        _build_unsqueeze,
        (names_the_batch("dim", added=1),),
    ),
}
