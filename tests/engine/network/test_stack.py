"""What a spec stands for: a plain list of layers; written as YAML and read again it gives the same graph."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.stack import stack
from cnnparams.engine.reports.measure import measure
from cnnparams.render import yaml as as_yaml
from cnnparams.render.answers.stack import StackAnswer
from cnnparams.render.formats import json as as_json
from cnnparams.render.view import View
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn, results, rows
from tests.engine.graph_rows import graph_of as graph_of_drawn
from tests.specs import graph_of

INPUT = "input: {channels: 4, height: 8, width: 8}\n"
CONV = "type: conv2d, out_channels: 4, kernel_size: 3, padding: 1"


def shown(graph: Graph) -> str:
    return "".join(as_yaml.render(StackAnswer(stack(graph)), View()))


def check_round_trip(graph: Graph) -> Graph:
    """Write a graph as the spec of its stack; what is read of that must be the same graph."""
    read = graph_of(shown(graph))
    assert rows(read) == rows(graph)
    assert results(read) == results(graph)
    assert [port.shape for port in read.inputs] == [port.shape for port in graph.inputs]
    assert [node.output_shape for node in read.nodes] == [node.output_shape for node in graph.nodes]
    assert [node.activation for node in read.nodes] == [node.activation for node in graph.nodes]
    assert measure(read).layers == measure(graph).layers
    assert stack(read) == stack(graph)
    return read


@drawn(15)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_the_stack_of_a_drawn_spec_is_read_as_the_same_graph(spec: dict[str, Any], variant: str) -> None:
    graph = graph_of_drawn(spec, variant)
    if graph.nodes:
        check_round_trip(graph)
    else:
        assert stack(graph)["layers"] == [{"type": "identity", "from": "input"}]


@pytest.mark.parametrize("member", zoo.members(), ids=lambda member: member.name)
def test_the_stack_of_a_network_of_the_zoo_is_read_as_the_same_graph(member: zoo.Member) -> None:
    graph = build(load(member.name))
    read, report = measure(check_round_trip(graph)), measure(graph)
    assert read.name == report.name
    for total in ("total_params", "trainable_params", "frozen_params", "buffers", "total_macs"):
        assert getattr(read, total) == getattr(report, total)


@pytest.mark.parametrize(
    "text",
    [
        f"{INPUT}outputs: [a, b]\nlayers: [{{{CONV}, name: a}}, relu, {{{CONV}, name: b}}, sigmoid]",
        f"{INPUT}outputs: input\nlayers: [relu]",
        f"{INPUT}outputs: ['a[0]', 'a[-1]']\nlayers: [{{{CONV}, name: a, repeat: 3}}]",
        f"{INPUT}layers: [{{{CONV}, name: a}}, {{type: auxiliary, layers: [flatten]}}]",
        f"{INPUT}layers: [{{type: auxiliary, layers: [flatten]}}]",
        f"{INPUT}layers: [{{{CONV}, name: a}}, relu, {{{CONV}, share: a, trainable: false}}, {{{CONV}, share: conv1}}]",
        f"{INPUT}layers: [{{type: parallel, branches: [[], []]}}, {{type: add, from: [input, input]}}]",
        f"{INPUT}layers: [{{type: sequence, layers: [relu, {{type: sequence, layers: [relu, tanh]}}]}}]",
        f"{INPUT}layers: [{{{CONV}, activation: {{type: leaky_relu, negative_slope: 1.0e-07}}}}]",
        f"{INPUT}layers: [{{type: conv2d, out_channels: 4, kernel_size: [1, 3], padding: same, dilation: 2}}]",
        f"{INPUT}layers: [{{type: conv2d, in_channels: 4, out_channels: 4, kernel_size: [3, 3], stride: [1, 1]}}]",
        f"{INPUT}layers: [{{type: relu, name: 'null'}}, {{type: relu, name: 'True'}}, {{type: relu, name: '1e3'}}]",
        f"{INPUT}layers: [{{type: relu, name: on}}, {{type: relu, name: '12'}}, {{type: relu, name: Größe-2.x}}]",
        f"{INPUT}layers: [{{{CONV}, stride: 2, name: a}}, {{type: conv2d, share: a, padding: 0}}]",
        f"{INPUT}layers: [{{{CONV}, stride: 2, name: a}}, {{type: conv2d, share: a, stride: 1}}]",
        f"{INPUT}layers: [{{type: relu, name: \U0001d400b}}]",
        "inputs: {a: {features: 3}, b: {features: 4}}\nlayers: [concat, {type: concat, from: [b, a]}]",
        "inputs: {a: {features: 3}, b: {features: 3}}\nlayers: [{type: linear, out_features: 2, from: b}]",
        "inputs: {input: {features: 3}}\nlayers: [relu]",
        "inputs: {only: {features: 3}}\noutputs: [only]\nlayers: [relu]",
        "input: {shape: [3, 4, 5]}\nlayers: [relu]",
        "input: {shape: [4, 5]}\nlayers: [{type: linear, out_features: 2}]",
        "input: {shape: [1, 2, 3, 4, 5]}\nlayers: [relu]",
        "input: {channels: 4, length: 9}\nlayers: [{type: conv1d, out_channels: 2, kernel_size: 3}]",
        "input: {channels: 1, depth: 5, height: 6, width: 7}\nlayers: [{type: max_pool3d, kernel_size: [1, 2, 3]}]",
    ],
)
def test_the_stack_of_a_spec_is_read_as_the_same_graph(text: str) -> None:
    check_round_trip(graph_of(text))


@pytest.mark.parametrize(
    "name",
    ["on", "12", "a: b", "# no", "null", "True", "-", "a, b", "é", "[x]", "0x10", "~", "'", '"', "net \U0001f680"],
)
def test_the_name_of_a_network_is_read_as_it_was(name: str) -> None:
    graph = graph_of(f"{INPUT}layers: [relu]")._replace(name=name)
    assert graph_of(shown(graph)).name == name


def test_the_stack_of_nothing_gives_all_inputs() -> None:
    graph = graph_of("inputs: {a: {features: 3}, b: {features: 4}}\nlayers: [{type: relu, when: false}]")
    read = graph_of(shown(graph))
    assert [node.layer.type for node in read.nodes] == ["identity"]
    assert results(read) == results(graph) == [("a", (3,)), ("b", (4,))]


def test_a_stack_says_no_more_than_it_must() -> None:
    text = f"name: n\n{INPUT}layers: [{{{CONV}, bias: true, stride: 1}}, relu, {{type: add, from: [conv1, input]}}]"
    assert shown(graph_of(text)) == (
        "name: n\n"
        "input: {channels: 4, height: 8, width: 8}\n"
        "layers:\n"
        "  - {type: conv2d, name: conv1, out_channels: 4, kernel_size: 3, padding: 1}\n"
        "  - {type: relu, name: relu1}\n"
        "  - {type: add, name: add1, from: [conv1, input]}\n"
    )


def test_a_stack_is_a_layer_a_line() -> None:
    graph = build(load("resnet18"))
    lines = [line for line in shown(graph).splitlines() if re.match(r"  - \{type: \w+, name: [\w.]+", line)]
    assert len(lines) == len(graph.nodes)


def test_a_stack_in_json_is_that_in_yaml() -> None:
    graph = build(load("resnet18"))
    assert graph_of("".join(as_json.render(StackAnswer(stack(graph)), View()))).nodes == graph_of(shown(graph)).nodes
