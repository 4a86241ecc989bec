"""Concatenation, addition and multiplication against torch.cat, + and *."""

from __future__ import annotations

import operator
from functools import partial
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.arithmetic import NUMBER, OF_OTHER_RANKS, build, oracle, others
from tests.layers.oracles.case import Built, Case, Dims, Oracle
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


def _scaled(factor: Any, a: Any, b: Any) -> Any:
    return a + b if factor == 1 else a + factor * b


def _build_add(torch: ModuleType, case: Case) -> Built:
    alpha = case.settings.get("alpha", 1)
    if alpha != 1 and len(case.inputs) != 2:
        raise ValueError("alpha is a factor of the second of two")
    return build(partial(_scaled, alpha), torch, case)


_WITH_ALPHA = with_more(cases(ANY_DIMS, lambda _: {"other": NUMBER, "alpha": NUMBER}), partial(others, 3))
ORACLES = {
    "concat": Oracle(
        with_more(cases(ANY_DIMS, lambda dims: {"dim": any_dim(dims)}, faults={"dim": st.integers(-6, 6)}), _joinable),
        _build_concat,
        (of_the_batch("dim", example={"dim": 0}),),
    ),
    "add": Oracle(_WITH_ALPHA, _build_add, (OF_OTHER_RANKS,)),
    "multiply": oracle(operator.mul, {"other": NUMBER}, 3),
}
