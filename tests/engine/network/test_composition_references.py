"""References: `from`, `share` and `outputs` name what is before them, in their list or in those around it."""

from __future__ import annotations

import re

import pytest

from tests.engine.small_specs import CONV, INPUT, reads, refusal
from tests.specs import graph_of, report_of

COPIES = f"{{{CONV}, name: a, repeat: 3}}"
LINEAR = "{type: linear, out_features: 2}"


def test_a_reference_is_to_a_given_name_or_a_number() -> None:
    text = (
        f"layers: [{{{CONV}}}, {{{CONV}, name: b}}, relu, {{type: add, from: [conv1, b]}}, {{type: tanh, from: relu1}}]"
    )
    assert (reads(text)["add1"], reads(text)["tanh1"]) == (("conv1", "b"), ("relu1",))


@pytest.mark.parametrize("name", ["later", "here", "relu2", "outputs"])
def test_a_reference_is_to_what_stands_before(name: str) -> None:
    told = refusal(f"layers: [relu, {{type: tanh, name: here, from: {name}}}, {{type: relu, name: later}}]")
    assert re.search(rf"here \(tanh\): from: .*\b{name}\b", told)


def test_a_reference_sees_the_lists_around() -> None:
    inside = "{type: parallel, branches: [[], [{type: relu, from: a}]]}"
    text = f"layers: [{{{CONV}, name: a}}, relu, {{type: sequence, name: s, layers: [{inside}]}}]"
    assert reads(text)["s.branch2.relu1"] == ("a",)


@pytest.mark.parametrize("name", ["b", "s.b"])
def test_a_reference_does_not_see_into_a_list(name: str) -> None:
    text = f"layers: [{{type: sequence, name: s, layers: [{{{CONV}, name: b}}]}}, {{type: relu, from: {name}}}]"
    assert "relu1 (relu): from: " in refusal(text)


def test_one_branch_does_not_see_another() -> None:
    branches = f"[{{{CONV}, name: b}}], [{{type: relu, from: b}}]"
    assert "no layer 'b' before this one" in refusal(f"layers: [{{type: parallel, branches: [{branches}]}}]")


def test_the_nearest_of_one_name_is_meant() -> None:
    inside = "{type: tanh, from: a, name: b}, {type: relu, name: a}, {type: tanh, from: a, name: c}"
    text = (
        f"layers: [{{type: relu, name: a}}, {{type: sequence, name: s, layers: [{inside}]}}, {{type: tanh, from: a}}]"
    )
    assert reads(text) == {"a": ("input",), "s.b": ("a",), "s.a": ("s.b",), "s.c": ("s.a",), "tanh1": ("a",)}


def test_a_structure_gives_what_leaves_it() -> None:
    text = f"layers: [{{type: residual, name: r, layers: [{{{CONV}}}]}}, relu, {{type: tanh, from: r}}]"
    assert reads(text)["tanh1"] == ("r.add",)


def test_what_leaves_a_side_head_can_be_named() -> None:
    graph = graph_of(
        f"{INPUT}outputs: [x, h]\nlayers: [{{type: relu, name: x}}, {{type: auxiliary, name: h, layers: [flatten]}}]"
    )
    assert [(port.name, port.source, port.shape.size) for port in graph.outputs] == [
        ("x", "x", 256),
        ("h", "h.flatten1", 256),
    ]


def test_what_is_not_there_cannot_be_named() -> None:
    assert "tanh1 (tanh): from: a " in refusal("layers: [{type: relu, name: a, when: false}, {type: tanh, from: a}]")


@pytest.mark.parametrize(
    ("reference", "layer"),
    [("a1", "a1"), ("a3", "a3"), ("'a[0]'", "a1"), ("'a[-1]'", "a3"), ("'a[1 + 1]'", "a3"), ("'a[last - 1]'", "a2")],
)
def test_a_copy_is_named_by_its_number_from_1_or_its_index_from_0(reference: str, layer: str) -> None:
    assert reads(f"vars: {{last: 2}}\nlayers: [{COPIES}, {{type: tanh, from: {reference}}}]")["tanh1"] == (layer,)


def test_copies_may_be_named_by_the_index_of_others() -> None:
    text = f"layers: [{COPIES}, {{type: add, name: b, repeat: 3, from: ['a[index]', 'a[-1 - index]']}}]"
    assert [reads(text)[f"b{i}"] for i in (1, 2, 3)] == [("a1", "a3"), ("a2", "a2"), ("a3", "a1")]


def test_all_copies_at_once_cannot_be_named() -> None:
    told = refusal(f"layers: [{COPIES}, {{type: tanh, from: a}}]")
    assert "from: a is repeated" in told
    assert "hint: name one of its copies, such as a1, or a[-1] for the last" in told


@pytest.mark.parametrize("reference", ["a[3]", "a[-4]", "a[0.5]", "a[index]", "relu1[0]", "b[0]", "a[]", "a[0", "[0]"])
def test_a_copy_that_is_not_there_is_told(reference: str) -> None:
    assert "tanh1 (tanh): " in refusal(f"layers: [relu, {COPIES}, {{type: tanh, from: '{reference}'}}]")


def test_input_is_what_enters_the_network() -> None:
    inside = "{type: sequence, name: s, layers: [{type: tanh, from: input}]}"
    assert reads(f"layers: [relu, {inside}]")["s.0"] == ("input",)


def test_input_in_a_block_is_what_enters_the_block() -> None:
    inside = "relu, {type: residual, layers: [{type: tanh, from: input}]}"
    text = f"blocks: {{b: {{layers: [{inside}]}}}}\nlayers: [{{type: relu, name: a}}, {{block: b, name: b}}]"
    assert reads(text)["b.residual1.tanh1"] == ("a",)


def test_a_block_sees_no_layers_around_it() -> None:
    text = "blocks: {b: {layers: [{type: relu, from: a}]}}\nlayers: [{type: relu, name: a}, {block: b}]"
    assert "no layer 'a' before this one" in refusal(text)


def test_a_block_may_take_several_inputs() -> None:
    inside = "concat, {type: add, from: [input, input]}"
    text = f"blocks: {{b: {{layers: [{inside}]}}}}\nlayers: [relu, tanh, {{block: b, name: b, from: [relu1, tanh1]}}]"
    assert reads(text)["b.concat1"] == ("relu1", "tanh1")
    assert reads(text)["b.add1"] == ("relu1", "tanh1") * 2


def test_what_stands_first_takes_all_inputs_of_a_network() -> None:
    graph = graph_of(
        "inputs: {a: {features: 3}, b: {features: 4}}\nlayers: [concat, {type: linear, out_features: 2, from: b}]"
    )
    assert [node.inputs for node in graph.nodes] == [("a", "b"), ("b",)]
    assert [port.name for port in graph.inputs] == ["a", "b"]


def test_a_layer_of_one_input_refuses_two() -> None:
    assert "fc1 (linear): takes one input, but gets 2" in refusal(
        f"inputs: {{a: {{features: 3}}, b: {{features: 4}}}}\nlayers: [{LINEAR}]"
    )


def test_a_merge_of_one_input_is_refused() -> None:
    assert "needs at least 2 inputs, but gets 1" in refusal("layers: [concat]")


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [("a1", ["a1"]), ("[a1, 'a[-1]']", ["a1", "a3"]), ("[relu1, input]", ["relu1", "input"]), ("s", ["s.1"])],
)
def test_outputs_are_what_is_named(outputs: str, expected: list[str]) -> None:
    text = f"outputs: {outputs}\nlayers: [{COPIES}, relu, {{type: sequence, name: s, layers: [relu, relu]}}, tanh]"
    assert [port.source for port in graph_of(INPUT + text).outputs] == expected


def test_the_first_output_is_the_output_shape() -> None:
    report = report_of(f"{INPUT}outputs: [flatten1, relu1]\nlayers: [relu, flatten]")
    assert (report.output_shape.dims, [port.shape.size for port in report.outputs]) == ((256,), [256, 256])


def test_several_tensors_pass_what_is_not_there() -> None:
    text = "inputs: {a: {features: 3}, b: {features: 4}}\n"
    text += "layers: [{type: sequence, layers: [{type: relu, when: false}]}, concat]"
    (node,) = graph_of(text).nodes
    assert node.inputs == ("a", "b")


def test_outputs_by_index_are_called_by_the_names_of_the_copies() -> None:
    graph = graph_of(f"{INPUT}outputs: ['a[0]', 'a[-1]']\nlayers: [{COPIES}]")
    assert [port.name for port in graph.outputs] == ["a1", "a3"]


def test_what_is_not_there_needs_nothing_to_read() -> None:
    inside = "{type: tanh, from: 'b[-1]', when: index > 0}, relu"
    assert reads(f"layers: [{{type: sequence, name: b, repeat: 2, layers: [{inside}]}}]") == {
        "b1.0": ("input",),
        "b2.0": ("b1.0",),
        "b2.1": ("b2.0",),
    }


def test_repeat_reads_the_channels_of_what_enters() -> None:
    text = "layers: [{type: conv2d, out_channels: 2, kernel_size: 1}, {type: relu, from: input, repeat: channels}]"
    assert reads(text) == {"conv1": ("input",), **{f"relu{i}": ("input",) for i in range(1, 5)}}


def test_what_is_repeated_not_even_once_reads_nothing() -> None:
    layers = "{type: relu, name: a, when: false}, {type: tanh, repeat: 0, from: a}, relu"
    assert [node.name for node in graph_of(f"{INPUT}layers: [{layers}]").nodes] == ["relu1"]
