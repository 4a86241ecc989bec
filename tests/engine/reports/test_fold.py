"""Folded reports: parts of a network as one row each, which add up to the same totals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.network.build import build
from cnnparams.engine.reports.fold import GROUP, fold
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import LayerReport, Report
from cnnparams.schema import zoo
from cnnparams.schema.load import load
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn, graph_of
from tests.specs import report_of

TOTALS = ("total_params", "trainable_params", "frozen_params", "buffers", "total_macs")
COUNTS = ("params", "trainable_params", "frozen_params", "buffers", "macs")
INPUT = "input: {channels: 4, height: 8, width: 8}\n"
CONV = "{type: conv2d, out_channels: 4, kernel_size: 1}"


def deepest(report: Report) -> int:
    return max((layer.name.count(".") + 1 for layer in report.layers), default=1)


def check_folds(report: Report) -> None:
    for depth in range(1, deepest(report) + 1):
        folded = fold(report, depth)
        check_totals(folded, report)
        check_groups(folded, report, depth)
        check_reading(folded)
    assert fold(report, deepest(report)) == fold(report, 100) == report


def check_totals(folded: Report, report: Report) -> None:
    for total, count in zip(TOTALS, COUNTS, strict=True):
        assert sum(getattr(layer, count) for layer in folded.layers) == getattr(folded, total) == getattr(report, total)
    assert sum(layer.share for layer in folded.layers) == pytest.approx(1 if report.total_params else 0)
    assert sorted(shapes(folded)) == sorted(shapes(report))


def shapes(report: Report) -> list[tuple[str, tuple[int, ...]]]:
    return [(tensor.role, tensor.shape) for layer in report.layers for tensor in layer.tensors]


def check_groups(folded: Report, report: Report, depth: int) -> None:
    """Check that a row holds the layers whose names begin with its own."""
    for row in folded.layers:
        within = [layer for layer in report.layers if layer.name.split(".")[:depth] == row.name.split(".")]
        assert row.type == (GROUP if len(within) > 1 else within[0].type)
        assert row.params == sum(layer.params for layer in within)
        assert {tensor.name for tensor in row.tensors} == {
            full_name(layer, row, tensor.name) for layer in within for tensor in layer.tensors
        }


def full_name(layer: LayerReport, row: LayerReport, tensor: str) -> str:
    inner = layer.name.removeprefix(row.name).lstrip(".")
    return f"{inner}.{tensor}" if inner and row.type == GROUP else tensor


def check_reading(folded: Report) -> None:
    """Check that a row reads inputs of the network and rows before it, never itself."""
    known = {port.name for port in folded.inputs}
    for row in folded.layers:
        assert set(row.inputs) <= known
        assert len(row.inputs) == len(row.input_shapes)
        known.add(row.name)


@drawn(15)
@given(spec=specs(), variant=st.sampled_from(sorted(VARIANTS)))
def test_a_drawn_spec_folds_to_the_same_totals(spec: dict[str, Any], variant: str) -> None:
    check_folds(measure(graph_of(spec, variant)))


@pytest.mark.parametrize("member", zoo.members(), ids=lambda member: member.name)
def test_a_network_of_the_zoo_folds_to_the_same_totals(member: zoo.Member) -> None:
    check_folds(measure(build(load(member.name))))


def test_a_part_of_one_layer_stays_that_layer_under_the_name_of_the_part() -> None:
    (row,) = fold(report_of(f"{INPUT}layers: [{{type: sequence, name: a, layers: [{CONV}]}}]"), 1).layers
    assert (row.name, row.type, row.params) == ("a", "conv2d", 4 * 4 + 4)
    assert [tensor.name for tensor in row.tensors] == ["weight", "bias"]


def test_a_part_reads_what_its_layers_read_from_outside_of_it() -> None:
    inside = f"{CONV}, {{type: add, name: b, from: [a, input]}}, {{type: add, from: [input, a, b]}}"
    report = report_of(
        f"{INPUT}layers: [{{type: relu, name: a}}, {{type: sequence, name: s, layers: [{inside}]}}, tanh]"
    )
    _, part, last = fold(report, 1).layers
    assert (part.inputs, last.inputs) == (("a", "input"), ("s",))
    assert [shape.dims for shape in part.input_shapes] == [(4, 8, 8)] * 2


def test_a_part_gives_what_is_read_of_it_outside() -> None:
    head = "{type: auxiliary, layers: [flatten]}"
    part, last = fold(
        report_of(f"{INPUT}layers: [{{type: sequence, name: s, layers: [{CONV}, {head}]}}, tanh]"), 1
    ).layers
    assert part.output_shape == last.input_shapes[0]
    assert part.output_shape.dims == (4, 8, 8)


def test_a_part_says_how_many_layers_it_holds() -> None:
    (part,) = fold(report_of(f"{INPUT}layers: [{{type: sequence, name: s, layers: [{CONV}, relu, tanh]}}]"), 1).layers
    assert [(setting.name, setting.value) for setting in part.hyperparameters] == [("layers", 3)]


def test_a_part_that_the_network_ends_in_gives_what_the_network_gives() -> None:
    head = "{type: auxiliary, layers: [flatten]}"
    report = report_of(f"{INPUT}layers: [{{type: sequence, name: s, layers: [{CONV}, {head}]}}]")
    (part,) = fold(report, 1).layers
    assert part.output_shape == report.output_shape
    assert part.output_shape.dims == (4, 8, 8)
