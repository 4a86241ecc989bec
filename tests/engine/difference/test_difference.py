"""What a difference tells: what was added, removed and changed, what follows from that, and the totals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from cnnparams.engine.difference.diff import diff
from cnnparams.engine.difference.difference import Difference, Status
from cnnparams.engine.network.build import build
from cnnparams.engine.reports.report import Report
from cnnparams.errors import SpecError
from cnnparams.layers.contract.registry import Declaration, declarations, layer_class
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.load import load
from tests.engine.difference_specs import SIMPLE, between, found, named, names, of_layers, report_of, told
from tests.specs import graph_of, reference

CONV = "{type: conv2d, name: a, out_channels: 8, kernel_size: 3, padding: 1}"


def of_zoo(one: str, other: str) -> Difference:
    return diff(report_of(build(load(one))), report_of(build(load(other))))


def changed(before: str, after: str) -> dict[str, tuple[Any, Any]]:
    """Return the own changes of the one layer that two lists of layers are."""
    (layer,) = of_layers(before, after).layers
    assert layer.status is Status.CHANGED
    return told(layer)


def test_a_kernel_of_the_tutorials_network() -> None:
    difference = between(SIMPLE, SIMPLE.replace("out_channels: 16, kernel_size: 5", "out_channels: 16, kernel_size: 3"))
    conv1, conv2, fc1 = (named(difference, name) for name in ("conv1", "conv2", "fc1"))
    assert told(conv1) == {"kernel_size": ((5, 5), (3, 3))}
    assert conv1.costs["params"] == 3 * 16 * (9 - 25)
    assert conv1.costs["macs"] == 62 * 62 * 16 * 27 - 60 * 60 * 16 * 75
    assert (conv2.status, conv2.costs["params"]) == (Status.AFFECTED, 0)
    assert conv2.costs["macs"] == (27 * 27 - 26 * 26) * 32 * 16 * 25
    assert names(difference, Status.AFFECTED) == ["maxpool1", "conv2", "maxpool2"]  # 27 // 2 is 26 // 2
    assert fc1.status is Status.SAME


def test_what_enters_is_told_apart_from_what_an_author_wrote() -> None:
    difference = between(SIMPLE, SIMPLE.replace("out_channels: 16", "out_channels: 24"))
    conv1, conv2 = named(difference, "conv1"), named(difference, "conv2")
    assert told(conv1) == {"out_channels": (16, 24)}
    assert (conv2.status, told(conv2)) == (Status.AFFECTED, {})
    assert told(conv2, own=False)["in_channels"] == (16, 24)
    assert conv2.costs["params"] == 8 * 32 * 25


def test_a_stride_that_follows_from_the_kernel_is_none_that_was_written() -> None:
    pool = "{{type: max_pool2d, {0}}}"
    (follows,) = of_layers(pool.format("kernel_size: 2"), pool.format("kernel_size: 4")).layers
    assert told(follows).keys() == {"kernel_size"}
    assert told(follows, own=False)["stride"] == ((2, 2), (4, 4))
    assert changed(pool.format("kernel_size: 2"), pool.format("kernel_size: 2, stride: 1")).keys() == {"stride"}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("{type: max_pool2d, name: p, kernel_size: 2}", "{type: avg_pool2d, name: p, kernel_size: 2}", "type"),
        (CONV, CONV.replace("}", ", bias: false}"), "bias"),
        (CONV, CONV.replace("}", ", activation: relu}"), "activation"),
        (CONV, CONV.replace("}", ", trainable: false}"), "trainable"),
        (
            CONV.replace("}", ", activation: leaky_relu}"),
            CONV.replace("}", ", activation: {type: leaky_relu, negative_slope: 0.2}}"),
            "activation.negative_slope",
        ),
    ],
)
def test_each_kind_of_change_is_told(before: str, after: str, change: str) -> None:
    assert changed(before, after).keys() == {change}


def test_freezing_moves_parameters_and_changes_no_other_count() -> None:
    (layer,) = of_layers(CONV, CONV.replace("}", ", trainable: false}")).layers
    assert told(layer) == {"trainable": (True, False)}
    params = 3 * 8 * 9 + 8
    assert {name: cost for name, cost in layer.costs.items() if cost and name != "saved_bytes"} == {
        "trainable_params": -params,
        "frozen_params": params,
    }


def test_another_input_is_a_change_and_another_name_of_it_is_none() -> None:
    layers = "{0}, {{type: relu, name: {1}}}, {{type: tanh, name: c}}, {{type: add, name: sum, from: [{2}, c]}}"
    before = layers.format(CONV, "b", "a")
    assert told(named(of_layers(before, layers.format(CONV, "b", "b")), "sum")) == {"inputs": (("a", "c"), ("b", "c"))}
    other_name = of_layers(before, layers.format(CONV, "bee", "a"))
    assert [layer.status for layer in other_name.layers] == [Status.SAME, Status.RENAMED, Status.SAME, Status.SAME]


def test_whose_tensors_a_layer_uses() -> None:
    two = f"{CONV}, {{type: relu, name: act}}, {{type: conv2d, name: b1, out_channels: 8, kernel_size: 3, padding: 1}}"
    again = "{{type: conv2d, name: c1, {0}}}"
    own = again.format("out_channels: 8, kernel_size: 3, padding: 1")
    of_b = f"{two}, {again.format('share: b1')}"
    alone = of_layers(f"{two}, {own}", of_b)
    assert told(named(alone, "c1")) == {"shares": (None, "b1")}
    assert named(alone, "c1").costs["params"] == -(8 * 8 * 9 + 8)
    renamed = of_layers(of_b, of_b.replace("b1", "bee1"))
    assert named(renamed, "c1").status is Status.SAME


def test_a_residual_block_put_in_between_changes_nothing_behind_it() -> None:
    difference = of_zoo("resnet18", "resnet34")
    assert found(difference, Status.REMOVED, Status.CHANGED, Status.AFFECTED, Status.RENAMED) == []
    parts = {name.rpartition(".")[0] for name in names(difference, Status.ADDED)}
    assert parts == {"layer1.2", "layer2.2", "layer2.3", *(f"layer3.{i}" for i in range(2, 6)), "layer4.2"}


@pytest.mark.parametrize(("one", "other"), [("resnet18", "resnet34"), ("resnet50", "resnet101"), ("vgg16", "vgg16_bn")])
def test_totals_are_the_published_ones(one: str, other: str) -> None:
    published = [reference("torchvision.json")["models"][name] for name in (one, other)]
    totals = {total.total.field: total for total in of_zoo(one, other).totals}
    for field, key in {"total_params": "params", "total_macs": "macs"}.items():
        before, after = (figures[key] for figures in published)
        assert (totals[field].before, totals[field].after, totals[field].by) == (before, after, after - before)
        assert totals[field].ratio == after / before


def test_batch_norm_in_vgg16_costs_two_parameters_a_channel() -> None:
    difference = of_zoo("vgg16", "vgg16_bn")
    widths = [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    added = found(difference, Status.ADDED)
    assert [(layer.layer.type, layer.costs["params"]) for layer in added] == [("batch_norm2d", 2 * n) for n in widths]
    assert len(found(difference, Status.SAME)) == len(difference.before.layers)


def test_wider_bottlenecks_are_changed_and_what_they_feed_is_affected() -> None:
    difference = of_zoo("resnet50", "wide_resnet50_2")
    written = {name.rpartition(".")[2] for name in names(difference, Status.CHANGED)}
    assert written == {"conv1", "conv2"}
    affected = {name.rpartition(".")[2] for name in names(difference, Status.AFFECTED)}
    assert affected == {"bn1", "bn2", "conv3"}


def test_another_image_is_told_of_the_network() -> None:
    difference = diff(report_of(build(load("resnet18"))), report_of(build(load("resnet18", {"size": 160}))))
    (change,) = difference.changes
    assert (change.key, [shape.dims for shape in (*change.before, *change.after)]) == (
        "inputs",
        [(3, 224, 224), (3, 160, 160)],
    )
    assert {layer.status for layer in difference.layers} == {Status.AFFECTED, Status.SAME}
    assert names(difference, Status.SAME) == ["fc"]


def test_inputs_and_results_are_told_by_what_they_are_not_by_name() -> None:
    text = "inputs: {{{0}: {{features: 4}}}}\nlayers: [{{type: linear, name: {1}, out_features: 2}}{2}]\n{3}"
    plain = text.format("x", "fc", "", "")
    assert between(plain, text.format("image", "fc", "", "")).is_none
    assert between(plain, text.format("x", "head", "", "")).changes == ()
    assert between(plain, text.format("x", "fc", ", relu", "")).changes == ()
    more = between(plain, text.format("x", "fc", ", relu", "outputs: [fc, relu1]"))
    assert [(change.key, change.before, change.after) for change in more.changes] == [
        ("outputs", ("fc",), ("fc", "relu1"))
    ]


def test_branches_in_another_order_are_told() -> None:
    branches = [
        f"{{type: conv2d, name: {name}, from: input, out_channels: {out}, kernel_size: 1}}"
        for name, out in (("a", 4), ("b", 5), ("c", 6))
    ]
    join = "{type: concat, from: [a, b, c]}"
    one, other = (", ".join([*(branches[i] for i in order), join]) for order in ((0, 1, 2), (0, 2, 1)))
    difference = of_layers(one, other)
    assert [(change.key, change.before, change.after) for change in difference.changes] == [
        ("order", ("b", "c"), ("c", "b"))
    ]
    assert found(difference, Status.ADDED, Status.REMOVED, Status.CHANGED) == []
    assert not difference.is_none


def test_what_was_removed_stands_behind_what_was_before_it() -> None:
    relu, tanh = "{type: relu, name: r}", "{type: tanh, name: t}"
    difference = of_layers(f"{CONV}, {relu}, {tanh}", f"{CONV}, sigmoid, {tanh}")
    assert [(layer.status.value, layer.layer.name) for layer in difference.layers] == [
        ("same", "a"),
        ("removed", "r"),
        ("added", "sigmoid1"),
        ("same", "t"),
    ]


def test_totals_side_by_side_always_stand_there_and_others_where_they_differ() -> None:
    same = {total.total.field for total in between(SIMPLE, SIMPLE).totals}
    assert same == {
        *("total_params", "total_macs", "weight_bytes", "peak_activation_bytes", "training_bytes"),
        *("largest_receptive_field", "layer_count"),
    }
    frozen = between(SIMPLE, SIMPLE.replace("out_features: 10", "out_features: 10, trainable: false"))
    more = {total.total.field: (total.by, total.ratio) for total in frozen.totals if total.total.field not in same}
    assert more["frozen_params"] == (1_290, None)  # times nothing
    assert more["trainable_params"] == (-1_290, 706_400 / 707_690)
    assert more["gradient_bytes"] == (-4 * 1_290, 706_400 / 707_690)


def test_a_total_that_only_one_has_is_told_without_a_difference() -> None:
    vector = "input: {features: 3}\nlayers: [{type: linear, out_features: 2}]"
    totals = {total.total.field: total for total in between(SIMPLE, vector).totals}
    assert (totals["largest_receptive_field"].by, totals["largest_receptive_field"].ratio) == (None, None)
    assert totals["largest_receptive_field"].before == (16, 16)


def of_type(declaration: Declaration, shape: Sequence[int]) -> Report:
    """Return the report of the example of a layer type behind an input of this shape."""
    layer = layer_class(declaration)
    sources = {"from": ["input"] * layer.least_inputs} if layer.least_inputs else {}
    entry = {"type": declaration.name, **sources, **declaration.example}
    signal = len(shape) == 2 and layer.reads(Shape.of(tuple(shape))).channel_axis == 0
    entering = dict(zip(("channels", "length"), shape, strict=True)) if signal else {"shape": list(shape)}
    return report_of(graph_of(json.dumps({"input": entering, "layers": [entry]})))


READING = [declaration for declaration in declarations() if layer_class(declaration).most_inputs != 0]


@pytest.mark.parametrize("declaration", READING, ids=lambda declaration: declaration.name)
def test_another_input_is_no_change_of_a_layer_itself(declaration: Declaration) -> None:
    shape, after = declaration.example_input, []
    doubled = ([size * (1 + (i == axis)) for i, size in enumerate(shape)] for axis in range(len(shape)))
    for other in ([2, *shape], *doubled):
        with suppress(SpecError):  # what cannot take such an input
            after.append(of_type(declaration, other))
    layers = [layer for report in after for layer in diff(of_type(declaration, shape), report).layers]
    assert {(layer.status, *told(layer)) for layer in layers} == {(Status.AFFECTED,)}
