"""The law of the round trip: a spec, exported as a module and imported again, counts as the spec does."""

from __future__ import annotations

import json
from collections import Counter
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnnparams.bridge.given import Given
from cnnparams.bridge.structure.recover import recovered
from cnnparams.engine.build import build
from cnnparams.engine.measure import measure
from cnnparams.engine.report import Report
from cnnparams.errors import SpecError
from cnnparams.render.stack.yaml import render
from cnnparams.render.view import View
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose
from tests.bridge.export.exported import model_of
from tests.bridge.export.exported import zoo as exported
from tests.bridge.read_back import figures, read
from tests.engine.drawn_specs import VARIANTS, specs
from tests.layers import effort
from tests.layers.effort import examples
from tests.specs import report_of, spec_of

MEMBERS = list(zoo.members())
FAMILIES = {member.path: member.name for member in reversed(MEMBERS)}.values()
NAMES = FAMILIES if effort.factor == 1 else [member.name for member in MEMBERS]  # with --thorough, all


def check(spec: Spec, code: str) -> None:
    from cnnparams.bridge.pytorch.inputs import dtypes

    graph = build(spec)
    wanted = dtypes(graph)
    inputs = [Given(port.shape.dims, dtype=wanted[port.source]) for port in graph.inputs]
    reading = read(model_of(code), *inputs)
    assert reading.gaps == ()
    again = report_of("".join(render(recovered(reading.spec, reading.classes), View())))
    assert figures(again) == figures(measure(graph))
    assert tensors(again) == tensors(measure(graph))


def tensors(report: Report) -> Counter[tuple[tuple[int, ...], str]]:
    return Counter((tensor.shape, tensor.role) for layer in report.layers for tensor in layer.tensors)


@pytest.mark.parametrize("name", NAMES)
def test_a_network_of_the_zoo(torch: ModuleType, name: str) -> None:
    check(load(name), exported(name))


@settings(examples(15), suppress_health_check=[HealthCheck.too_slow])
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_random_network(torch: ModuleType, spec: dict[str, Any], variant: str) -> None:
    from cnnparams.bridge.export.module import export

    try:
        chosen = choose(spec_of(json.dumps(spec)), variant, {})
        build(chosen)
    except SpecError:
        assume(False)
    check(chosen, export(chosen))
