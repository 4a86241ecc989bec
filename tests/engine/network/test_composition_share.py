"""Tensors that are used again: counted once, however often they are computed with."""

from __future__ import annotations

import pytest

from cnnparams.engine.reports.report import LayerReport
from tests.engine.small_specs import INPUT, refusal
from tests.specs import report_of

CONV = "type: conv2d, out_channels: 4, kernel_size: 3, padding: 1"
PARAMS, MACS = 4 * 4 * 9 + 4, 4 * 4 * 9 * 64
BLOCK = f"blocks: {{b: {{params: {{out: 4}}, layers: [{{{CONV}}}, {{type: batch_norm2d}}, relu]}}}}\n"


def layers(text: str) -> dict[str, LayerReport]:
    return {layer.name: layer for layer in report_of(INPUT + text).layers}


def shares(text: str) -> list[str | None]:
    return [layer.shares for layer in layers(text).values()]


def test_shared_tensors_are_counted_once_and_computed_with_twice() -> None:
    report = report_of(f"{INPUT}layers: [{{{CONV}, name: a}}, relu, {{type: conv2d, name: b, share: a}}]")
    assert (report.total_params, report.total_macs) == (PARAMS, 2 * MACS)
    assert [(layer.params, layer.macs, len(layer.tensors)) for layer in report.layers] == [
        (PARAMS, MACS, 2),
        (0, 0, 0),
        (0, MACS, 0),
    ]


def test_what_shares_has_the_settings_of_what_it_shares_with() -> None:
    second = layers(f"layers: [{{{CONV}, name: a, bias: false, dilation: 1}}, {{type: conv2d, name: b, share: a}}]")[
        "b"
    ]
    settings = {setting.name: setting.value for setting in second.hyperparameters}
    assert (settings["out_channels"], settings["padding"], settings["bias"]) == (4, (1, 1), False)


def test_what_shares_may_have_settings_of_its_own() -> None:
    first, second = layers(f"layers: [{{{CONV}, name: a}}, {{type: conv2d, share: a, stride: 2, padding: 0}}]").values()
    assert (first.output_shape.dims, second.output_shape.dims) == ((4, 8, 8), (4, 3, 3))


def test_an_activation_is_not_shared() -> None:
    text = f"layers: [{{{CONV}, name: a, activation: relu}}, {{type: conv2d, share: a}}]"
    assert [layer.activation for layer in layers(text).values()] == ["relu", None]


def test_what_shares_with_what_shares_has_the_tensors_of_the_first() -> None:
    text = f"layers: [{{{CONV}, name: a}}, {{type: conv2d, name: b, share: a}}, {{type: conv2d, share: b}}]"
    assert shares(text) == [None, "a", "a"]


def test_copies_may_share_with_what_is_before_them() -> None:
    text = f"layers: [{{{CONV}, name: a, repeat: 2}}, {{type: conv2d, repeat: 2, share: 'a[index]'}}]"
    assert shares(text) == [None, None, "a1", "a2"]


def test_what_is_learned_here_counts_where_it_is_first() -> None:
    text = f"layers: [{{{CONV}, name: a, trainable: false}}, {{type: conv2d, share: a}}]"
    report = report_of(INPUT + text)
    assert (report.trainable_params, report.frozen_params) == (0, PARAMS)
    report = report_of(INPUT + text.replace(", trainable: false", "").replace("share: a", "share: a, trainable: false"))
    assert (report.trainable_params, report.frozen_params) == (PARAMS, 0)


def test_a_block_shares_all_its_layers() -> None:
    text = f"{BLOCK}layers: [{{block: b, name: x}}, {{block: b, name: y, share: x}}, {{block: b, share: y}}]"
    x, y = ["x.conv1", "x.batchnorm1", "x.relu1"], [None] * 3
    assert shares(text) == [*y, *x, *x]
    report = report_of(INPUT + text)
    assert (report.total_params, report.buffers, report.total_macs) == (PARAMS + 8, 9, 3 * MACS)


def test_a_block_may_share_within_itself() -> None:
    inside = f"{{{CONV}, name: a}}, relu, {{type: conv2d, name: b, share: a}}"
    blocks = f"blocks: {{b: {{layers: [{inside}]}}}}\n"
    text = f"{blocks}layers: [{{block: b, name: x}}, {{block: b, name: y}}, {{block: b, share: y}}]"
    assert shares(text) == [None, None, "x.a", None, None, "y.a", "y.a", "y.relu1", "y.a"]
    assert report_of(INPUT + text).total_params == 2 * PARAMS


def test_structures_of_the_same_layers_may_share() -> None:
    body = f"layers: [{{type: residual, layers: [{{{CONV}}}], shortcut: [{{{CONV}}}]}}]"
    text = f"layers: [{{type: sequence, name: a, {body}}}, {{type: sequence, name: b, share: a, {body}}}]"
    assert shares(text) == [None, None, None, "a.conv1", "a.shortcut.conv1", "a.add"]


def test_a_layer_inside_may_share_with_one_around() -> None:
    text = f"layers: [{{{CONV}, name: a}}, {{type: residual, name: r, layers: [relu, {{type: conv2d, share: a}}]}}]"
    assert shares(text) == [None, None, "a", None]


@pytest.mark.parametrize(
    ("entries", "fact"),
    [
        (f"{{{CONV}, name: a}}, {{{CONV}, share: a, bias: false}}", "its tensors are (4, 4, 3, 3), but those of a"),
        (f"{{{CONV}, name: a}}, {{type: conv2d, share: a, kernel_size: 1}}", "its tensors are (4, 4, 1, 1) and (4,)"),
        (f"{{{CONV}, name: a}}, {{type: batch_norm2d, share: a}}", "its tensors are (4,) and (4,)"),
        (f"{{{CONV}, name: a}}, concat2, {{type: conv2d, share: a}}", "the input has 8"),
        (f"{{{CONV}, share: later}}, {{{CONV}, name: later}}", "share: "),
        (f"{{{CONV}, share: input}}", "shares input, which is not a layer"),
        (
            f"{{type: sequence, name: a, layers: [{{{CONV}}}]}}, {{type: conv2d, share: a}}",
            "shares a, which is not a layer",
        ),
        (f"{{{CONV}, name: a}}, {{block: b, share: a}}", "shares a, which has no layer a.conv1"),
        ("{block: b, name: a}, {block: b, share: a}, {block: c, share: a}", "which has no layer a.conv2"),
    ],
)
def test_what_cannot_be_shared_is_told(entries: str, fact: str) -> None:
    blocks = BLOCK.replace("}}\n", f"}}, c: {{layers: [{{{CONV}}}, {{type: batch_norm2d}}, relu, {{{CONV}}}]}}}}\n")
    twice = "{type: parallel, branches: [[], []]}"
    assert fact in refusal(f"{blocks}layers: [{entries.replace('concat2', twice)}]")


def test_what_enters_a_block_cannot_be_shared() -> None:
    blocks = f"blocks: {{b: {{layers: [{{{CONV}, share: input}}]}}}}\n"
    assert "conv1 (conv2d): shares input, which is not a layer" in refusal(f"{blocks}layers: [{{block: b}}]")
