"""Laws that hold for every network: column sums are the totals, and every explanation's arithmetic is the report's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.explain import explain
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import LayerReport
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.specs import graph_of

FUNCTIONS = {"floor": math.floor, "ceil": math.ceil, "min": min, "max": max, "__builtins__": {}}


@st.composite
def stacks(draw: st.DrawFn) -> str:
    """Draw a spec: some convolutions, norms and pools that fit their input, then linear layers."""
    size = draw(st.integers(8, 40))
    lines = [f"input: {{channels: {draw(st.integers(1, 4))}, height: {size}, width: {size}}}", "layers:"]
    lines.extend(f"  - {layer}" for layer in draw(st.lists(image_layers(), min_size=1, max_size=4)))
    lines.append("  - flatten")
    lines.extend(f"  - {{type: linear, out_features: {n}}}" for n in draw(st.lists(st.integers(1, 50), max_size=3)))
    return "\n".join(lines)


@st.composite
def image_layers(draw: st.DrawFn) -> str:
    frozen = draw(st.sampled_from(["", ", trainable: false"]))
    kernel = draw(st.sampled_from([1, 3, 5]))
    stride = draw(st.integers(1, 2))
    settings = (
        f"out_channels: {draw(st.integers(1, 8))}, kernel_size: {kernel}, stride: {stride}, padding: {kernel // 2}"
    )
    return draw(
        st.sampled_from(
            [
                f"{{type: conv2d, {settings}, bias: {draw(st.sampled_from(['true', 'false']))}{frozen}}}",
                f"{{type: batch_norm2d{frozen}}}",
                "{type: max_pool2d, kernel_size: 2, ceil_mode: true, stride: 1}",
                "{type: dropout2d, p: 0.1}",
                "relu",
            ]
        )
    )


def check_sums(graph: Graph) -> None:
    report = measure(graph)
    layers = report.layers
    assert report.total_params == sum(layer.params for layer in layers)
    assert report.trainable_params == sum(layer.trainable_params for layer in layers)
    assert report.frozen_params == sum(layer.frozen_params for layer in layers)
    assert report.buffers == sum(layer.buffers for layer in layers)
    assert report.total_macs == sum(layer.macs for layer in layers)
    assert report.total_params == report.trainable_params + report.frozen_params
    assert math.isclose(sum(layer.share for layer in layers), 1.0 if report.total_params else 0.0)
    for layer in layers:
        assert elements(layer, "trainable") == layer.trainable_params
        assert elements(layer, "frozen") == layer.frozen_params
        assert elements(layer, "buffer") == layer.buffers


def elements(layer: LayerReport, role: str) -> int:
    return sum(math.prod(tensor.shape) for tensor in layer.tensors if tensor.role == role)


def check_chain(graph: Graph) -> None:
    shapes = {port.source: port.shape for port in graph.inputs} | {node.name: node.output_shape for node in graph.nodes}
    for node in graph.nodes:
        assert [shape.dims for shape in node.input_shapes] == [shapes[name].dims for name in node.inputs]


def check_explanation(graph: Graph) -> None:
    report, explanation = measure(graph), explain(graph)
    for layer, explained in zip(report.layers, explanation.layers, strict=True):
        results = {step.quantity: step.result for step in explained.derivation.steps}
        assert (results["parameters"], results["MACs"]) == (layer.params, layer.macs)
        known = dict(explained.derivation.symbols)
        for step in explained.derivation.steps:
            assert eval(step.formula, dict(FUNCTIONS), known) == step.result
            known[step.symbol] = step.result
    totals = {step.quantity: (eval(step.formula, dict(FUNCTIONS)), step.result) for step in explanation.totals.steps}
    assert totals == {
        "total parameters": (report.total_params, report.total_params),
        "total MACs": (report.total_macs, report.total_macs),
    }


@given(stacks())
def test_laws_hold_for_random_stacks(spec: str) -> None:
    graph = graph_of(spec)
    check_sums(graph)
    check_chain(graph)
    check_explanation(graph)


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_laws_hold_for_the_zoo(name: str) -> None:
    graph = build(load(name))
    check_sums(graph)
    check_chain(graph)
    check_explanation(graph)


@given(stacks())
def test_freezing_everything_moves_every_parameter(spec: str) -> None:
    report = measure(graph_of(spec))
    frozen = measure(graph_of(_frozen(spec)))
    assert (frozen.total_params, frozen.total_macs, frozen.buffers) == (
        report.total_params,
        report.total_macs,
        report.buffers,
    )
    assert (frozen.trainable_params, frozen.frozen_params) == (0, report.total_params)


def _frozen(spec: str) -> str:
    lines = []
    for line in spec.splitlines():
        bare = line.replace(", trainable: false", "")
        lines.append(f"{bare[:-1]}, trainable: false}}" if "{type" in bare else bare)
    return "\n".join(lines)
