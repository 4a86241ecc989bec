"""Pairs of networks to tell the difference of."""

from __future__ import annotations

import json
from typing import Any

from cnnparams.engine.costs.register import short_totals
from cnnparams.engine.difference.diff import diff
from cnnparams.engine.difference.difference import Difference, LayerDifference, Status
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.stack import stack
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report
from tests.specs import graph_of

FIELDS = [total.field for total in short_totals()]
IMAGE = "input: {channels: 3, height: 16, width: 16}\n"
SIMPLE = """
name: simple
input: {channels: 3, height: 64, width: 64}
layers:
  - {type: conv2d, name: conv1, out_channels: 16, kernel_size: 5, activation: relu}
  - {type: max_pool2d, name: maxpool1, kernel_size: 2}
  - {type: conv2d, name: conv2, out_channels: 32, kernel_size: 5, activation: relu}
  - {type: max_pool2d, name: maxpool2, kernel_size: 2}
  - {type: flatten, name: flatlayer}
  - {type: linear, name: fc1, out_features: 128, activation: relu}
  - {type: linear, name: fc2, out_features: 10}
"""


def report_of(graph: Graph) -> Report:
    return measure(graph, FIELDS)


def between(before: str, after: str) -> Difference:
    return diff(report_of(graph_of(before)), report_of(graph_of(after)))


def of_layers(before: str, after: str) -> Difference:
    """Return the difference between two lists of layers behind the same image."""
    return between(f"{IMAGE}layers: [{before}]", f"{IMAGE}layers: [{after}]")


def found(difference: Difference, *statuses: Status) -> list[LayerDifference]:
    return [layer for layer in difference.layers if layer.status in statuses]


def names(difference: Difference, status: Status) -> list[str]:
    return [layer.layer.name for layer in found(difference, status)]


def named(difference: Difference, name: str) -> LayerDifference:
    (layer,) = [layer for layer in difference.layers if layer.layer.name == name]
    return layer


def told(layer: LayerDifference, *, own: bool = True) -> dict[str, tuple[Any, Any]]:
    """Return what changed, settings by their values."""
    return {
        change.key: (getattr(change.before, "value", change.before), getattr(change.after, "value", change.after))
        for change in layer.changes
        if change.own == own
    }


def entries(graph: Graph) -> dict[str, Any]:
    """Return the spec of a network as a plain list of layers."""
    plain: dict[str, Any] = json.loads(json.dumps(stack(graph)))
    return plain


def renamed(graph: Graph) -> dict[str, Any]:
    """Return the spec of the same network with other names for all layers."""
    spec = entries(graph)
    called = {entry["name"]: f"other_{i}" for i, entry in enumerate(spec["layers"])}
    for entry in spec["layers"]:
        entry["name"] = called[entry["name"]]
        if "share" in entry:
            entry["share"] = called[entry["share"]]
        if "from" in entry:
            entry["from"] = _called(entry["from"], called)
    if "outputs" in spec:
        spec["outputs"] = _called(spec["outputs"], called)
    return spec


def _called(source: Any, called: dict[str, str]) -> Any:
    return [called.get(name, name) for name in source] if isinstance(source, list) else called.get(source, source)
