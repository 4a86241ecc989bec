"""A spec that becomes a model, and a spec again, comes to the same figures: layers, networks, the zoo."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.errors import SpecError
from cnnparams.render.yaml import spec_lines
from cnnparams.schema.load import load
from tests.engine.drawn_specs import specs
from tests.layers.answers import Refusal, entering, ours
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Case
from tests.sources.read_back import NETWORKS, figures, read_back, tensors, text
from tests.specs import graph_of, report_of


def check(graph: Graph) -> None:
    report, again = measure(graph), report_of(text(read_back(graph)))
    assert figures(again) == figures(report)
    assert tensors(again) == tensors(report)


def alone(name: str, case: Case) -> str:
    """Write the spec of a single layer."""
    inputs = {f"x{i}": entering(name, dims) for i, dims in enumerate(case.inputs)}
    spec = {"inputs": inputs, "layers": [{"type": name, **case.settings}]}
    return "".join(spec_lines(spec))


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(3)
def test_a_layer_is_read(torch: ModuleType, name: str, data: st.DataObject) -> None:
    case = data.draw(ORACLES[name].cases.filter(lambda case: not isinstance(ours(name, case), Refusal)))
    assume(not padded_otherwise(case))
    assume(case.settings.get("momentum", 0) is not None)  # whose training reads a count out of a tensor: told as a gap
    check(graph_of(alone(name, case)))


def padded_otherwise(case: Case) -> bool:
    """Tell whether PyTorch may have to pad a layer with other steps of its own, which no layer stands for."""
    settings = {"padding_mode": "zeros", "count_include_pad": True, **case.settings}
    return settings.get("padding") == "same" and not (
        settings["padding_mode"] == "zeros" and settings["count_include_pad"]
    )


@given(spec=specs())
@examples(15)
def test_a_random_network_is_read(torch: ModuleType, spec: dict[str, object]) -> None:
    try:
        graph = graph_of("".join(spec_lines(spec)), "small")
    except SpecError:
        assume(False)
    check(graph)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_the_zoo_is_read(torch: ModuleType, name: str) -> None:
    check(build(load(name)))
