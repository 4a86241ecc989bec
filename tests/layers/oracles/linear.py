"""Fully connected layers against torch.nn.Linear."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, cases, rarely


def _choices(dims: Dims) -> Choices:
    return {
        "in_features": rarely(st.integers(1, 9), st.just(dims[-1])),
        "out_features": st.integers(1, 9),
        "bias": FLAG,
    }


def _build(torch: ModuleType, case: Case) -> Built:
    linear = torch.nn.Linear(**{"in_features": case.dims[-1], **case.settings})
    return Built(linear, linear)


_FAULTS = {"in_features": st.sampled_from((0, -1, 12)), "out_features": st.sampled_from((0, -1))}
ORACLES = {
    "linear": Oracle(
        cases(ANY_DIMS, _choices, required=("out_features",), faults=_FAULTS),
        _build,
    )
}
