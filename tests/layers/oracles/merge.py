"""Concatenation, addition and multiplication against torch.cat, + and *."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, any_dim, cases, rarely, with_more

More = st.SearchStrategy[tuple[Dims, ...]]


def _several(one: st.SearchStrategy[Dims]) -> More:
    return rarely(st.lists(ANY_DIMS, min_size=1, max_size=2), st.lists(one, min_size=1, max_size=3)).map(tuple)


def _joinable(case: Case) -> More:
    """Draw inputs that mostly differ in the dimension that is joined, and in no other."""
    dim = case.settings.get("dim", 1)
    at = dim + len(case.dims) if dim < 0 else dim - 1
    return _several(st.tuples(*(st.integers(1, 5) if i == at else st.just(n) for i, n in enumerate(case.dims))))


def _build_concat(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda *inputs: torch.cat(inputs, case.settings.get("dim", 1)))


def _repeatable(case: Case) -> More:
    """Draw inputs that mostly have the first one's sizes, or 1."""
    fitting = st.tuples(*(st.sampled_from((n, n, 1, 4 if n == 1 else n)) for n in case.dims))
    return _several(rarely(ANY_DIMS, fitting))


def _build(operation: Callable[[Any, Any], Any], torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda *inputs: reduce(operation, inputs))


def _elementwise(operation: Callable[[Any, Any], Any]) -> Oracle:
    return Oracle(
        with_more(cases(ANY_DIMS, lambda _: {}), _repeatable),
        partial(_build, operation),
        (_OF_OTHER_RANKS,),
    )


_OF_OTHER_RANKS = Difference(
    "inputs have as many dimensions; PyTorch lines up the batch of one with a dimension of the other where they fit",
    lambda case: len({len(dims) for dims in case.inputs}) > 1,
    Case({}, (4,), ((2, 4),)),
)
ORACLES = {
    "concat": Oracle(
        with_more(cases(ANY_DIMS, lambda dims: {"dim": any_dim(dims)}, faults={"dim": st.integers(-6, 6)}), _joinable),
        _build_concat,
        (of_the_batch("dim", example={"dim": 0}),),
    ),
    "add": _elementwise(lambda a, b: a + b),
    "multiply": _elementwise(lambda a, b: a * b),
}
