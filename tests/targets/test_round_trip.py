"""The law of the round trip: a spec, exported as a module and imported again, counts as the spec does."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.reports.measure import measure
from cnnparams.errors import SpecError
from cnnparams.render.yaml import spec_lines
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.load import load
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose
from cnnparams.sources.structure.recover import recovered
from tests.engine.drawn_specs import VARIANTS, specs
from tests.layers.effort import examples
from tests.sources.read_back import NETWORKS, figures, read, tensors
from tests.specs import report_of, spec_of
from tests.targets.code.exported import first_names, model_of
from tests.targets.code.exported import zoo as exported


def check(spec: Spec, code: str) -> None:
    from cnnparams.targets.code.module import export
    from cnnparams.targets.torch.inputs import dtypes

    graph = build(spec)
    wanted = dtypes(graph)
    inputs = [InputShape(port.shape.dims, dtype=wanted[port.source]) for port in graph.inputs]
    model = model_of(code)
    reading = read(model, *inputs, mode="evaluation")  # in training some norms want more than one value
    assert reading.gaps == ()
    structured = recovered(reading.spec, reading.classes)
    again = report_of("".join(spec_lines(structured)))
    assert figures(again) == figures(measure(graph))
    assert tensors(again) == tensors(measure(graph))
    assert reading.remarks == ()
    state = model_of(export(spec_of("".join(spec_lines(structured)))))
    assert {*first_names(state).values()} <= {*model.state_dict()}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_the_zoo(torch: ModuleType, name: str) -> None:
    check(load(name), exported(name))


SIDE_HEAD = {
    "name": "net",
    "input": {"channels": 4, "height": 5, "width": 5},
    "blocks": {
        "thrice": {
            "params": {"drop": True},
            "layers": [
                {"type": "batch_norm2d", "name": "norm", "activation": "relu"},
                {"type": "concat", "name": "three", "from": ["input", "input", "input"], "when": "drop"},
            ],
        }
    },
    "layers": [{"block": "thrice", "name": "first"}, {"block": "thrice", "name": "second", "drop": False}],
}


def test_what_only_some_uses_of_a_block_read_runs_in_all_of_them(torch: ModuleType) -> None:
    """What gives the alternative to a conditional step is computed whether or not that is what goes on."""
    from cnnparams.targets.code.module import export

    spec = spec_of(json.dumps(SIDE_HEAD))
    check(spec, export(spec))


@settings(examples(15), suppress_health_check=[HealthCheck.too_slow])
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_random_network(torch: ModuleType, spec: dict[str, Any], variant: str) -> None:
    from cnnparams.targets.code.module import export

    try:
        chosen = choose(spec_of(json.dumps(spec)), variant, {})
        build(chosen)
    except SpecError:
        assume(False)
    check(chosen, export(chosen))
