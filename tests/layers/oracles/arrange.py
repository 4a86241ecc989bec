"""Reshape and permute against the methods of torch.Tensor."""

from __future__ import annotations

import math
from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import BATCH, Built, Case, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, Choices, Drawn, cases, rarely


def _shapes(dims: Dims) -> Drawn:
    """Draw shapes of the same elements: dimensions in another order, merged, one perhaps inferred."""
    size = math.prod(dims)
    regrouped_reaches = st.permutations(dims).flatmap(
        lambda order: st.integers(0, len(order) - 1).map(lambda at: _merged(order, at))
    )
    return rarely(
        st.lists(st.integers(1, 6), min_size=1, max_size=3),
        regrouped_reaches | st.just([-1]) | st.just([size]) | st.just([1, -1]),
    )


def _merged(order: list[int], at: int) -> list[int]:
    return [*order[:at], -1] if len(order) % 2 else [math.prod(order[: at + 1]), *order[at + 1 :]]


def _build_reshape(torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), lambda x: x.reshape(BATCH, *case.settings["shape"]))


def _orders(dims: Dims) -> Choices:
    rank = len(dims)
    orders = st.permutations(range(1, rank + 1)).flatmap(
        lambda order: st.sampled_from((list(order), [0, *order], [dim - rank - 1 for dim in order]))
    )
    return {"dims": orders}


def _build_permute(torch: ModuleType, case: Case) -> Built:
    dims = case.settings["dims"]
    return Built(torch.nn.Identity(), lambda x: x.permute(*(dims if dims[0] == 0 else [0, *dims])))


_WRONG_SHAPE = st.sampled_from(([0], [-2], [-1, -1], [-1, 7], [1000])) | st.lists(
    st.integers(-2, 5), min_size=1, max_size=4
)
_WRONG_ORDER = st.sampled_from(([0], [1, 1], [1, 0], [9, 1])) | st.lists(st.integers(-5, 5), min_size=1, max_size=5)
ORACLES = {
    "reshape": Oracle(
        cases(ANY_DIMS, lambda dims: {"shape": _shapes(dims)}, required=("shape",), faults={"shape": _WRONG_SHAPE}),
        _build_reshape,
    ),
    "permute": Oracle(cases(ANY_DIMS, _orders, required=("dims",), faults={"dims": _WRONG_ORDER}), _build_permute),
}
