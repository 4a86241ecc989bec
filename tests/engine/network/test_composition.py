"""Composition by example: what expressions see, and how structures wire what is in them."""

from __future__ import annotations

import pytest

from tests.engine.small_specs import CONV, INPUT, names, reads, refusal, widths
from tests.specs import graph_of, report_of

OUT = "{type: conv2d, out_channels: out, kernel_size: 1}"


def conv(out: str, more: str = "") -> str:
    return f'{{type: conv2d, out_channels: "{out}", kernel_size: 1{more}}}'


def block(params: str, *layers: str) -> str:
    return f"blocks: {{b: {{params: {{{params}}}, layers: [{', '.join(layers)}]}}}}\n"


def test_a_block_sees_vars() -> None:
    assert widths(f"vars: {{out: 7}}\n{block('', OUT)}layers: [{{block: b}}]") == [7]


def test_a_param_hides_the_var_of_its_name() -> None:
    assert widths(f"vars: {{out: 7}}\n{block('out: 3', OUT)}layers: [{{block: b}}, {OUT}]") == [3, 7]


def test_a_block_does_not_see_the_index_of_its_user() -> None:
    text = f"{block('', conv('index + 1'))}layers: [{{block: b, repeat: 2}}]"
    assert "unknown name 'index'" in refusal(text)


def test_a_block_does_not_see_the_params_of_its_user() -> None:
    text = f"blocks: {{inner: {{layers: [{OUT}]}}, outer: {{params: {{out: 3}}, layers: [{{block: inner}}]}}}}\n"
    assert "out_channels: expected a whole number, but found 'out'" in refusal(f"{text}layers: [{{block: outer}}]")


def test_an_argument_is_worked_out_where_it_stands() -> None:
    text = f"{block('out: null', conv('9'), OUT)}layers: [{{block: b, out: channels + index, repeat: 2}}]"
    assert widths(text) == [9, 4, 9, 5]


def test_a_default_sees_the_channels_that_enter_the_block() -> None:
    assert widths(f"{block('out: 2 * channels', conv('9'), OUT)}layers: [{{block: b}}]") == [9, 8]


def test_a_default_sees_params_before_it_and_vars() -> None:
    text = f"vars: {{wide: 10}}\n{block('half: null, out: half + wide', OUT)}layers: [{{block: b, half: 2}}]"
    assert widths(text) == [12]


def test_a_default_does_not_see_params_after_it() -> None:
    assert "the default of out reads half, which has no value yet" in refusal(
        f"{block('out: half, half: 2', OUT)}layers: [{{block: b}}]"
    )


def test_a_default_follows_the_param_that_is_given() -> None:
    text = f"{block('half: 3, out: 2 * half', OUT)}layers: [{{block: b}}, {{block: b, half: 5}}, {{block: b, out: 1}}]"
    assert widths(text) == [6, 10, 1]


def test_a_param_may_be_a_word_or_a_list() -> None:
    layers = f"{{block: unit, out: 'rows[1][0]', act: relu}}, {conv('2', ', activation: act')}"
    text = f"blocks: {{u: {{params: {{out: 1, act: null}}, layers: [{conv('out', ', activation: act')}]}},"
    text += f"b: {{params: {{unit: null, rows: null, act: tanh}}, layers: [{layers}]}}}}\n"
    nodes = graph_of(f"{INPUT}{text}layers: [{{block: b, unit: u, rows: [1, [6, 7]]}}]").nodes
    assert [(node.output_shape.dims[0], node.activation and node.activation.type) for node in nodes] == [
        (6, "relu"),
        (2, "tanh"),
    ]


def test_a_var_may_name_the_block() -> None:
    text = (
        f"vars: {{unit: b}}\n{block('out: 3', OUT)}layers: [{{block: unit}}, {{block: 'unit if channels > 3 else b'}}]"
    )
    assert widths(text) == [3, 3]


def test_index_is_that_of_the_nearest_repeat() -> None:
    inner = f"{{type: sequence, repeat: 2, layers: [{conv('1 + index')}]}}"
    text = f"layers: [{{type: sequence, repeat: 2, layers: [{inner}, {conv('10 + index')}]}}]"
    assert widths(text) == [1, 2, 10, 1, 2, 11]


def test_index_is_seen_in_structures_within() -> None:
    text = f"layers: [{{type: residual, repeat: 2, layers: [{conv('index + 3')}], shortcut: [{conv('index + 3')}]}}]"
    assert widths(text) == [3, 3, 3, 4, 4, 4]


@pytest.mark.parametrize("entry", [f"{{{CONV}}}, {conv('index + 1')}", f"{{{CONV}, repeat: index + 1}}"])
def test_there_is_no_index_outside_of_a_repeat(entry: str) -> None:
    assert "unknown name 'index'" in refusal(f"layers: [{{{CONV}, repeat: 2}}, {entry}]")


def test_channels_are_those_of_what_enters() -> None:
    text = f"layers: [{conv('channels + 1')}, {conv('channels + 1')}, {conv('channels + 1', ', from: input')}]"
    assert widths(text) == [5, 6, 5]


def test_channels_are_those_of_the_first_of_several() -> None:
    text = f"layers: [{conv('2', ', name: a')}, {{type: concat, from: [input, a], name: c, when: channels == 4}}]"
    assert names(text) == ["a", "c"]


@pytest.mark.parametrize(
    ("shape", "channels"), [("{features: 6}", 6), ("{shape: [5, 7]}", 7), ("{channels: 2, length: 9}", 2)]
)
def test_channels_of_what_is_no_image_are_its_last_dimension(shape: str, channels: int) -> None:
    graph = graph_of(f"input: {shape}\nlayers: [{{type: relu, repeat: channels}}]")
    assert len(graph.nodes) == channels


def test_after_a_structure_channels_are_what_it_gives() -> None:
    head = f"{{type: auxiliary, layers: [{conv('9')}]}}"
    text = f"layers: [{{type: sequence, layers: [{conv('7')}]}}, {head}, {conv('channels + 1')}]"
    assert widths(text) == [7, 9, 8]


def test_an_entry_whose_condition_is_false_is_not_there() -> None:
    text = f"vars: {{deep: false}}\nlayers: [{{{CONV}, when: deep}}, relu, {{{CONV}, when: not deep}}]"
    assert reads(text) == {"relu1": ("input",), "conv1": ("relu1",)}


def test_an_entry_repeated_0_times_is_not_there() -> None:
    assert reads(f"layers: [{{{CONV}, repeat: 0}}, relu]") == {"relu1": ("input",)}


def test_a_residual_adds_its_input() -> None:
    text = f"layers: [relu, {{type: residual, name: r, layers: [{{{CONV}}}, relu]}}]"
    assert reads(text)["r.add"] == ("r.relu1", "relu1")


def test_a_shortcut_whose_layers_are_not_there_is_the_input() -> None:
    text = f"layers: [{{type: residual, name: r, layers: [{{{CONV}}}], shortcut: [{{{CONV}, when: channels != 4}}]}}]"
    assert reads(text)["r.add"] == ("r.conv1", "input")


def test_an_empty_branch_is_the_input() -> None:
    text = f"layers: [{{type: parallel, name: p, branches: [[], [{{{CONV}}}], []]}}]"
    assert reads(text)["p.concat"] == ("input", "p.branch2.conv1", "input")
    assert widths(text) == [4, 12]


def test_a_side_head_is_counted_and_the_network_goes_on_without_it() -> None:
    head = "{type: auxiliary, name: head, layers: [flatten, {type: linear, out_features: 2}]}"
    text = f"layers: [relu, {head}, {{{CONV}}}]"
    assert reads(text)["conv1"] == ("relu1",)
    report = report_of(INPUT + text)
    assert (report.total_params, report.output_shape.dims) == (4 * 8 * 8 * 2 + 2 + 4 * 4 + 4, (4, 8, 8))


def test_a_network_that_ends_in_a_side_head_gives_what_came_before() -> None:
    graph = graph_of(f"{INPUT}layers: [relu, {{type: auxiliary, layers: [flatten]}}]")
    assert [port.name for port in graph.outputs] == ["relu1"]


def test_multiply_repeats_sizes_of_1() -> None:
    gate = "[{type: global_avg_pool2d, keepdims: true}, {type: conv2d, out_channels: 4, kernel_size: 1}, sigmoid]"
    for branches in (f"[], {gate}", f"{gate}, []"):
        graph = graph_of(f"{INPUT}layers: [{{type: parallel, branches: [{branches}], join: multiply}}]")
        assert graph.nodes[-1].output_shape.dims == (4, 8, 8)
        assert graph.nodes[-1].layer.type == "multiply"


def test_what_cannot_be_added_is_told_with_both_shapes() -> None:
    told = refusal(f"layers: [{{type: residual, layers: [{conv('5')}]}}]")
    assert "needs inputs of one shape, or with sizes of 1 to repeat, but gets (8, 8, 5) and (8, 8, 4)" in told


@pytest.mark.parametrize("structure", ["residual, layers: [relu]", "parallel, join: add, branches: [[], [relu]]"])
def test_the_activation_of_a_structure_is_that_of_its_merge(structure: str) -> None:
    *inside, merge = graph_of(f"{INPUT}layers: [{{type: {structure}, activation: tanh}}]").nodes
    assert merge.activation is not None
    assert merge.activation.type == "tanh"
    assert [node.activation for node in inside] == [None] * len(inside)


@pytest.mark.parametrize("entry", ["type: sequence, layers: [{X}]", "type: residual, layers: [{X}]", "block: b"])
def test_what_is_frozen_is_frozen_with_all_within(entry: str) -> None:
    inside = f"{{{CONV}}}, {{{CONV}, trainable: true}}"
    text = f"{block('', inside)}layers: [{{{entry.replace('{X}', inside)}, trainable: false}}, {{{CONV}}}]"
    trainable = [node.trainable for node in graph_of(INPUT + text).nodes if node.layer.type == "conv2d"]
    assert trainable == [False, False, True]
