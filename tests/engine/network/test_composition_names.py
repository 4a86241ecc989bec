"""The names of layers in lists within lists."""

from __future__ import annotations

import pytest

from tests.engine.small_specs import CONV, names, reads, refusal

BLOCKS = "blocks: {part: {layers: [relu, tanh]}, single: {layers: [{block: part}]}}\n"


def test_a_layer_in_a_structure_has_its_name_before_its_own() -> None:
    text = "layers: [{type: residual, name: r, layers: [relu, {type: parallel, name: p, branches: [[], [relu]]}]}]"
    assert names(text.replace("[], [relu]", "[], [relu], [relu]").replace("p, b", "p, join: add, b")) == [
        "r.relu1",
        "r.p.branch2.relu1",
        "r.p.branch3.relu1",
        "r.p.add",
        "r.add",
    ]


def test_a_shortcut_has_a_name_of_its_own() -> None:
    text = f"layers: [{{type: residual, name: r, layers: [{{{CONV}}}], shortcut: [{{{CONV}}}]}}]"
    assert names(text) == ["r.conv1", "r.shortcut.conv1", "r.add"]


def test_what_has_no_name_is_numbered_by_its_kind() -> None:
    text = f"{BLOCKS}layers: [relu, {{block: part}}, {{type: sequence, layers: [relu]}}, {{block: part}}, relu]"
    parts = ["part1.relu1", "part1.tanh1", "sequence1.0", "part2.relu1", "part2.tanh1"]
    assert names(text) == ["relu1", *parts, "relu2"]


def test_in_a_sequence_what_has_no_name_is_numbered_by_position() -> None:
    inside = "relu, {type: relu, name: act}, {type: relu, repeat: 2}, {block: part}, {type: relu, when: false}, tanh"
    text = f"{BLOCKS}layers: [{{type: sequence, name: s, layers: [{inside}]}}]"
    assert names(text) == ["s.0", "s.act", "s.2", "s.3", "s.4.relu1", "s.4.tanh1", "s.5"]


def test_copies_of_a_named_entry_are_numbered_from_1() -> None:
    assert names("layers: [{type: relu, name: a, repeat: 3}]") == ["a1", "a2", "a3"]


def test_the_copy_of_an_entry_that_is_there_once_is_numbered_too() -> None:
    assert names("layers: [{type: relu, name: a, repeat: 1}]") == ["a1"]


def test_copies_without_a_name_are_numbered_on_by_their_kind() -> None:
    assert names("layers: [relu, {type: relu, repeat: 2}, relu]") == ["relu1", "relu2", "relu3", "relu4"]


@pytest.mark.parametrize("entry", ["{type: relu, name: a, repeat: 3}", "{block: part, name: a, repeat: 3}"])
def test_a_number_that_a_written_name_has_taken_is_passed_over_by_copies(entry: str) -> None:
    found = names(f"{BLOCKS}layers: [{entry}, {{type: tanh, name: a2}}]")
    assert list(dict.fromkeys(name.split(".")[0] for name in found)) == ["a1", "a3", "a4", "a2"]


def test_what_is_not_there_takes_no_number() -> None:
    text = "layers: [relu, {type: relu, when: false}, {type: relu, name: a, repeat: 3, when: index != 1}, relu]"
    assert names(text) == ["relu1", "a1", "a2", "relu2"]


@pytest.mark.parametrize("inside", ["{block: part}", "{block: single}", "{type: auxiliary, layers: [relu, tanh]}"])
def test_a_single_unnamed_block_or_structure_adds_nothing_to_names(inside: str) -> None:
    text = f"{BLOCKS}layers: [{{type: sequence, name: s, layers: [{inside}]}}, {{type: relu, name: last}}]"
    assert names(text) == ["s.relu1", "s.tanh1", "last"]
    assert names(f"{BLOCKS}layers: [{inside}]") == ["relu1", "tanh1"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{block: part, name: a}", ["s.a.relu1", "s.a.tanh1"]),
        ("{block: part, repeat: 1}", ["s.0.relu1", "s.0.tanh1"]),
        ("relu", ["s.0"]),
        ("{block: part, when: true}", ["s.relu1", "s.tanh1"]),
        ("{block: part}, {type: relu, when: false}", ["s.0.relu1", "s.0.tanh1"]),
    ],
)
def test_a_name_a_repeat_or_company_puts_it_back(entry: str, expected: list[str]) -> None:
    assert names(f"{BLOCKS}layers: [{{type: sequence, name: s, layers: [{entry}]}}, tanh]")[:-1] == expected


def test_a_sequence_that_is_alone_in_a_branch_numbers_its_own() -> None:
    branch = "[{type: sequence, layers: [relu, tanh]}]"
    text = f"layers: [{{type: parallel, name: p, branches: [{branch}, []]}}]"
    assert names(text) == ["p.branch1.0", "p.branch1.1", "p.concat"]


def test_a_block_that_a_var_names_is_called_by_the_var() -> None:
    text = f"vars: {{unit: part, units: [part]}}\n{BLOCKS}layers: [{{block: unit}}, {{block: 'units[0]'}}]"
    assert names(text) == ["unit1.relu1", "unit1.tanh1", "layer1.relu1", "layer1.tanh1"]


def test_a_name_may_have_dots_and_dashes() -> None:
    assert names("layers: [{type: relu, name: a.b-c.1}]") == ["a.b-c.1"]


@pytest.mark.parametrize(
    "layers",
    [
        "{type: relu, name: a.relu1}, {type: sequence, name: a, layers: [{type: relu, name: relu1}]}",
        "{type: relu, name: a1, repeat: 11}, {type: relu, name: a, repeat: 11}, {type: relu, name: a11x}",
    ],
)
def test_two_layers_of_one_name_are_refused(layers: str) -> None:
    assert "two layers have the name" in refusal(f"layers: [{layers}]")


def test_lists_do_not_share_their_numbers() -> None:
    text = "layers: [relu, {type: parallel, name: p, branches: [[relu], [relu, relu]]}, relu]"
    expected = ["relu1", "p.branch1.relu1", "p.branch2.relu1", "p.branch2.relu2", "p.concat", "relu2"]
    assert names(text) == expected


def test_a_layer_called_as_an_input_is_refused() -> None:
    told = refusal("inputs: {image: {features: 3}}\nlayers: [{type: relu, name: image}, tanh]")
    assert "image (relu): image is the name of an input" in told


def test_positions_in_a_sequence_pass_over_written_names() -> None:
    inside = "{type: relu, name: '1'}, relu, tanh, {type: relu, name: '4'}, relu"
    assert names(f"layers: [{{type: sequence, name: s, layers: [{inside}]}}]") == ["s.1", "s.2", "s.3", "s.4", "s.5"]


def test_a_residual_alone_in_a_residual_leaves_it_the_next_name() -> None:
    inner = f"{{type: residual, layers: [{{{CONV}}}], shortcut: [relu]}}"
    text = f"layers: [{{type: residual, name: r, layers: [{inner}], shortcut: [tanh]}}]"
    assert reads(text) == {
        "r.conv1": ("input",),
        "r.shortcut.relu1": ("input",),
        "r.add": ("r.conv1", "r.shortcut.relu1"),
        "r.shortcut2.tanh1": ("input",),
        "r.add2": ("r.add", "r.shortcut2.tanh1"),
    }
    assert names(f"layers: [{{type: residual, layers: [{inner}]}}]") == ["conv1", "shortcut.relu1", "add", "add2"]
