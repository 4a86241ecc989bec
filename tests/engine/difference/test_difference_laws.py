"""Laws of differences, for drawn networks: they add up to the totals, leave nothing out, and turn around."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.engine.difference.diff import diff
from cnnparams.engine.difference.difference import Change, Difference, LayerDifference, Status
from cnnparams.engine.difference.outline import outline
from cnnparams.engine.network.build import build
from cnnparams.engine.reports.report import Report
from cnnparams.schema.load import load
from tests.engine.difference_specs import entries, found, renamed, report_of
from tests.engine.drawn_specs import specs
from tests.engine.graph_rows import drawn, graph_of

TOTALS = {
    "params": "total_params",
    "trainable_params": "trainable_params",
    "frozen_params": "frozen_params",
    "buffers": "buffers",
    "macs": "total_macs",
    "weight_bytes": "weight_bytes",
    "buffer_bytes": "buffer_bytes",
    "saved_bytes": "saved_for_backward_bytes",
}
"""The total that each column adds up to."""

MIRRORED = {Status.ADDED: Status.REMOVED, Status.REMOVED: Status.ADDED}
ZOO = (
    ("resnet18", "resnet50"),
    ("vgg16", "vgg16_bn"),
    ("mobilenet_v2", "mobilenet_v3_small"),
    ("unet", "unet_transposed"),
    ("googlenet", "inception_v3"),
    ("convnext_tiny", "densenet121"),
)


def check(before: Report, after: Report) -> None:
    difference = diff(before, after)
    check_sums(difference)
    check_nothing_is_left_out(difference)
    check_mirror(difference, diff(after, before))


def check_sums(difference: Difference) -> None:
    before, after = difference.before.costs, difference.after.costs
    assert {column.field for column in difference.columns} == set(TOTALS)
    for column, total in TOTALS.items():
        assert sum(layer.costs[column] for layer in difference.layers) == after[total] - before[total]
        assert sum(row.costs[column] for row in outline(difference)) == after[total] - before[total]


def check_nothing_is_left_out(difference: Difference) -> None:
    olds = [layer.before for layer in difference.layers if layer.before]
    news = [layer.after for layer in difference.layers if layer.after]
    assert tuple(news) == difference.after.layers
    assert Counter(layer.name for layer in olds) == Counter(layer.name for layer in difference.before.layers)
    in_rows = Counter(id(layer) for row in outline(difference) for layer in row.layers)
    assert set(in_rows.values()) <= {1}
    told = found(difference, Status.ADDED, Status.REMOVED, Status.CHANGED, Status.AFFECTED)
    assert not told or in_rows.keys() == {id(layer) for layer in told}


def check_mirror(difference: Difference, back: Difference) -> None:
    assert Counter(map(_turned, difference.layers)) == Counter(map(_plain, back.layers))
    assert [_turned_change(change) for change in difference.changes] == list(back.changes)
    assert [(total.total, total.after, total.before, total.by) for total in difference.totals] == [
        (total.total, total.before, total.after, None if total.by is None else -total.by) for total in back.totals
    ]


def _plain(layer: LayerDifference) -> tuple[Any, ...]:
    names = (layer.before and layer.before.name, layer.after and layer.after.name)
    return layer.status, *names, layer.changes, tuple(layer.costs.items())


def _turned(layer: LayerDifference) -> tuple[Any, ...]:
    costs = {name: -cost for name, cost in layer.costs.items()}
    turned = LayerDifference(layer.after, layer.before, tuple(map(_turned_change, layer.changes)), costs)
    assert turned.status is MIRRORED.get(layer.status, layer.status)
    return _plain(turned)


def _turned_change(change: Change) -> Change:
    return change._replace(before=change.after, after=change.before)


@drawn(15)
@given(spec=specs())
def test_variants_of_a_drawn_spec(spec: dict[str, Any]) -> None:
    check(report_of(graph_of(spec, "small")), report_of(graph_of(spec, "large")))


@drawn(20)
@given(one=specs(), other=specs())
def test_two_drawn_specs(one: dict[str, Any], other: dict[str, Any]) -> None:
    check(report_of(graph_of(one, "small")), report_of(graph_of(other, "small")))


@pytest.mark.parametrize(("one", "other"), ZOO)
def test_networks_of_the_zoo(one: str, other: str) -> None:
    check(report_of(build(load(one))), report_of(build(load(other))))


@drawn(15)
@given(spec=specs())
def test_a_network_is_the_same_as_itself(spec: dict[str, Any]) -> None:
    difference = diff(report_of(graph_of(spec, "large")), report_of(graph_of(spec, "large")))
    assert difference.is_none
    assert outline(difference) == []
    assert {total.by for total in difference.totals} <= {0, None}


@drawn(20)
@given(spec=specs())
def test_names_alone_are_no_change(spec: dict[str, Any]) -> None:
    graph = graph_of(spec, "large")
    assume(any(len(tensor.shape) > 1 for layer in report_of(graph).layers for tensor in layer.tensors))
    difference = diff(report_of(graph), report_of(graph_of(renamed(graph))))
    assert {layer.status for layer in difference.layers} == {Status.RENAMED}
    assert difference.changes == ()
    assert not difference.is_none


@drawn(20)
@given(spec=specs(), data=st.data())
def test_a_layer_put_in_between_changes_no_other(spec: dict[str, Any], data: st.DataObject) -> None:
    graph = graph_of(spec, "large")
    assume(graph.nodes)
    longer = entries(graph)
    at = data.draw(st.integers(1, len(longer["layers"])))
    longer["layers"].insert(at, {"type": "identity", "name": "put_in"})
    difference = diff(report_of(graph), report_of(graph_of(longer)))
    assert [layer.layer.name for layer in found(difference, Status.ADDED)] == ["put_in"]
    assert found(difference, Status.CHANGED, Status.REMOVED, Status.RENAMED) == []
    assert difference.changes == ()
