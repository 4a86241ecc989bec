"""Flatten against torch.nn.Flatten."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.differences import of_the_batch
from tests.layers.oracles.drawing import ANY_DIMS, Choices, cases


def _choices(dims: Dims) -> Choices:
    rank = len(dims)
    middle = (rank + 1) // 2
    return {
        "start_dim": st.sampled_from((*range(1, middle + 1), *range(-rank, -rank + middle))),
        "end_dim": st.sampled_from((*range(middle, rank + 1), -1)),
    }


def _build(torch: ModuleType, case: Case) -> Built:
    flatten = torch.nn.Flatten(**case.settings)
    return Built(flatten, flatten)


_FAULTS = {"start_dim": st.integers(-6, 6), "end_dim": st.integers(-6, 6)}
ORACLES = {
    "flatten": Oracle(
        cases(ANY_DIMS, _choices, faults=_FAULTS),
        _build,
        (of_the_batch("start_dim", "end_dim", example={"start_dim": 0}),),
    ),
}
