"""Functions of each element against those of torch."""

from __future__ import annotations

from functools import partial
from types import ModuleType

from hypothesis import strategies as st

from cnnparams.layers.contract.registry import declarations
from tests.layers.oracles.case import Built, Case, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, cases

_NUMBER = st.sampled_from((0, 0.25, -1, 3.5))
FUNCTIONS = [each.name for each in declarations() if each.family.__module__.endswith(".unary") and each.function]


def _build(function: str, torch: ModuleType, case: Case) -> Built:
    return Built(torch.nn.Identity(), getattr(torch, function))


def _build_clamp(torch: ModuleType, case: Case) -> Built:
    bounds = case.settings
    if not all(isinstance(value, int | float) for value in bounds.values()):
        raise TypeError(bounds)
    return Built(torch.nn.Identity(), lambda x: torch.clamp(x, **bounds))


ORACLES = {
    **{name: Oracle(cases(ANY_DIMS, lambda _: {}), partial(_build, name)) for name in FUNCTIONS},
    "clamp": Oracle(
        cases(ANY_DIMS, lambda _: {"min": _NUMBER, "max": _NUMBER}, faults={"min": st.just("low")}), _build_clamp
    ),
}
