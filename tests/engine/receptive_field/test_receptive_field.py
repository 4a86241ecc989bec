"""Receptive fields: what others have published, Araujo's own tests, and laws."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.receptive_field.field import Field
from cnnparams.engine.receptive_field.fields import AxisView, receptive_fields
from cnnparams.engine.reports.fold import fold
from cnnparams.engine.reports.report import LayerReport, Report
from cnnparams.errors import SpecError
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine import slim_networks as slim
from tests.engine.drawn_windows import windows
from tests.engine.fields import Numbers, layers_of, measured, numbers, sizes
from tests.layers.effort import examples
from tests.specs import graph_of, reference

PUBLISHED = reference("receptive_field.json")
DEPTHS = {
    "vgg_a": (1, 1, 2, 2, 2),
    "vgg_16": (2, 2, 3, 3, 3),
    "resnet_v1_50": (3, 4, 6, 3),
    "resnet_v1_101": (3, 4, 23, 3),
    "resnet_v1_152": (3, 8, 36, 3),
    "resnet_v1_200": (3, 24, 36, 3),
}


def slim_graph(name: str, size: int) -> Graph:
    if name == "inception_v3":
        return build(load(name, {"size": size, "aux": False}))
    if name in DEPTHS:
        return graph_of((slim.vgg if name.startswith("vgg") else slim.resnet_v1)(size, DEPTHS[name]))
    return graph_of({"alexnet_v2": slim.alexnet_v2, "mobilenet_v1": slim.mobilenet_v1}[name](size))


def end_points(report: Report) -> dict[str, LayerReport]:
    """Return each layer by its name and by that of every part of the network that it ends."""
    names = {"maxpool1": "MaxPool_3a_3x3", "maxpool2": "MaxPool_5a_3x3"}
    parts = {layer.name.partition(".")[0]: layer for layer in report.layers}
    return {names.get(name, name): layer for name, layer in parts.items()}


@pytest.mark.parametrize(
    ("name", "size"), [(name, size) for name, published in PUBLISHED["networks"].items() for size in published]
)
def test_the_article_and_its_library(name: str, size: str) -> None:
    layers = end_points(measured(slim_graph(name, int(size))))
    for end_point, expected in PUBLISHED["networks"][name][size].items():
        assert numbers(layers[end_point]) == tuple(expected), end_point


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_torchvisions_resnets(name: str) -> None:
    layers = end_points(measured(build(load(name))))
    for end_point, expected in PUBLISHED["torchvision"][name].items():
        assert numbers(layers[end_point]) == tuple(expected)


def test_a_linear_layer_sees_what_a_convolution_in_its_place_would() -> None:
    """404 pixels in VGG-16, as fully convolutional networks have it (Long, Shelhamer, Darrell, arXiv 1411.4038)."""
    layers = {layer.name: layer for layer in measured(build(load("vgg16"))).layers}
    assert (sizes(layers["fc1"]), layers["fc1"].is_global, layers["fc1"].effective_stride) == ([404, 404], True, None)


ONE_BY_ONE = "type: conv2d, out_channels: 1, kernel_size: 1"
CONV3 = "type: conv2d, out_channels: 1, kernel_size: 3"
WIDE = f"{{type: zero_pad2d, padding: [2, 1, 2, 1]}}, {{{CONV3}, stride: 2}}".replace("size: 3", "size: 5")
PAD = "{type: zero_pad2d, padding: [1, 0, 1, 0]}"
ALIGNED = f"""\
  - type: residual
    shortcut: [{{{ONE_BY_ONE}, stride: 4}}]
    layers: [{PAD}, {{{CONV3}, stride: 2}}, {{{ONE_BY_ONE}, stride: 2}}]
"""
TWICE = f"""\
  - type: residual
    shortcut: [{{{ONE_BY_ONE}, stride: 2}}]
    layers: [{PAD}, {{{CONV3}, stride: 2}}]
"""
SAME = ALIGNED.replace(f"{PAD}, ", "").replace("kernel_size: 3", "kernel_size: 3, padding: same")
SAME_TWICE = TWICE.replace(f"{PAD}, ", "").replace("kernel_size: 3", "kernel_size: 3, padding: same")


@pytest.mark.parametrize(
    ("size", "layers", "expected"),
    [
        (224, ALIGNED, (3, 4, 1)),
        (224, ALIGNED.replace("conv2d, out_channels: 1, kernel_size: 3", "max_pool2d, kernel_size: 3"), (3, 4, 1)),
        (9, SAME, (3, 4, 1)),
        (224, ALIGNED + TWICE, (11, 8, 5)),
        (17, SAME + SAME_TWICE, (11, 8, 5)),
    ],
)
def test_aligned_networks_of_the_librarys_tests(size: int, layers: str, expected: Numbers) -> None:
    """github.com/google-research/receptive_field, receptive_field_computation_test.py: networks 1, 2, 4, 8, 9."""
    graph = graph_of(f"input: {{channels: 1, height: {size}, width: {size}}}\nlayers:\n{layers}")
    assert numbers(measured(graph).layers[-1]) == expected


@pytest.mark.parametrize(
    ("size", "layers"),
    [
        (7, f"  - {{type: residual, shortcut: [{WIDE}], layers: [{{{CONV3}}}, {{{CONV3}}}]}}"),
        (8, SAME),
    ],
)
def test_misaligned_networks_of_the_librarys_tests(size: int, layers: str) -> None:
    """There, network 3 and, at a size of 8, network 4."""
    graph = graph_of(f"input: {{channels: 1, height: {size}, width: {size}}}\nlayers:\n{layers}")
    assert measured(graph).layers[-1].aligned is False


def test_a_network_that_is_not_square() -> None:
    """Network 5 of the library's tests: horizontally 5, vertically 7."""
    layers = layers_of(
        "input: {channels: 1, height: 224, width: 224}\nlayers:\n"
        "  - {type: conv2d, out_channels: 1, kernel_size: [3, 5], stride: 2}\n"
        "  - {type: conv2d, name: last, out_channels: 1, kernel_size: [3, 1], stride: 2}\n"
    )
    last = layers["last"]
    assert (sizes(last), last.effective_stride, last.effective_padding) == ([7, 5], (4, 4), (0, 0))


def check_laws(graph: Graph) -> None:
    for seen in receptive_fields(graph):
        for before in (view for view in (seen.before if seen else ()) if view):
            assert seen
            for axis, after in zip(before, seen.after, strict=True):
                check_axis(axis, after)


def check_axis(before: AxisView, after: AxisView) -> None:
    """Check that the field never shrinks: whether of a place, which may come to see everything, or of all places."""
    if before.everywhere:
        assert after.everywhere
        assert after.everywhere.first <= before.everywhere.first
        assert before.everywhere.last <= after.everywhere.last
    if isinstance(before.local, Field) and len(before.local.phases) == 1:
        assert after.local is not None or after.everywhere
        assert after.local is None or after.local.size >= before.local.size


@pytest.mark.parametrize("name", [member.name for member in zoo.members()])
def test_the_receptive_field_never_shrinks_in_the_zoo(name: str) -> None:
    check_laws(build(load(name)))


@given(windows(2, 72))
@examples(100)
def test_the_receptive_field_never_shrinks_in_a_drawn_network(spec: str) -> None:
    try:
        graph = graph_of(spec)
    except SpecError:
        assume(False)
    check_laws(graph)


@given(st.lists(st.tuples(*[st.integers(1, 5)] * 4), min_size=1, max_size=5))
def test_the_closed_form_of_a_stack(stack: list[tuple[int, int, int, int]]) -> None:
    """The article's closed forms of r, S and P from kernels, strides, paddings; a kernel dilated."""
    lines = "".join(
        f"  - {{type: conv1d, out_channels: 1, kernel_size: {k}, stride: {s}, padding: {p}, dilation: {d}}}\n"
        for k, s, p, d in stack
    )
    last = measured(graph_of(f"input: {{channels: 1, length: 100000}}\nlayers:\n{lines}")).layers[-1]
    size, stride, padding = 1, 1, 0
    for k, s, p, d in stack:
        size, stride, padding = size + d * (k - 1) * stride, stride * s, padding + p * stride
    found = sizes(last), last.effective_stride, last.effective_padding, last.aligned
    assert found == ([size], (stride,), (padding,), True)


def test_a_part_of_the_network_sees_what_its_last_layer_does() -> None:
    report = measured(build(load("resnet50")))
    by_part = {layer.name: layer for layer in fold(report, 1).layers}
    assert [sizes(by_part[f"layer{i}"])[0] for i in (1, 2, 3, 4)] == [35, 91, 267, 427]
    assert [by_part[f"layer{i}"].input_sees_all for i in (1, 2, 3, 4)] == [False, False, False, True]


def test_layers_that_add_no_context_are_told_with_the_size_at_which_all_do() -> None:
    report = measured(build(load("resnet50")))
    assert (report.layers_without_context, report.first_without_context) == (4, "layer3.5.conv2")
    assert (report.context_limit, report.largest_receptive_field) == ((363, 363), (427, 427))
    at_limit, above = (measured(build(load("resnet50", {"size": size}))) for size in (363, 364))
    assert [report.layers_without_context for report in (at_limit, above)] == [1, 0]
    assert (at_limit.first_without_context, above.first_without_context) == ("layer4.2.conv2", None)


def test_marks_stay_once_they_are_set() -> None:
    marks = [bool(layer.input_sees_all) for layer in measured(build(load("vgg16", {"size": 64}))).layers]
    assert all(before <= after for before, after in pairwise(marks))
    assert any(marks)
