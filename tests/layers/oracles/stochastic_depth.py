"""Dropout of whole samples against torch.nn.Dropout of ones, with which they are multiplied."""

from __future__ import annotations

from types import ModuleType

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, cases


def _build(torch: ModuleType, case: Case) -> Built:
    mode = case.settings.get("mode", "row")
    if mode not in ("row", "batch"):
        raise ValueError(mode)
    dropout = torch.nn.Dropout(case.settings["p"])
    return Built(dropout, lambda x: x * dropout(torch.ones(len(x) if mode == "row" else 1, *[1] * (x.dim() - 1)).to(x)))


ORACLES = {
    "stochastic_depth": Oracle(
        cases(
            ANY_DIMS,
            lambda _: {"p": st.sampled_from((0, 0.5, 1, 0.25)), "mode": st.sampled_from(("row", "batch"))},
            required=("p",),
            faults={"p": st.sampled_from((-0.5, 1.5, "half")), "mode": st.just("column")},
        ),
        _build,
    )
}
