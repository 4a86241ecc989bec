"""What tests ask of receptive fields."""

from __future__ import annotations

from typing import Any

from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import LayerReport, Report
from tests.specs import graph_of

Numbers = tuple[Any, Any, Any]


def measured(graph: Graph) -> Report:
    """Return the report of a network with its receptive fields."""
    return measure(graph, ["receptive_field"])


def layers_of(text: str) -> dict[str, LayerReport]:
    """Return the layers of a spec by name."""
    return {layer.name: layer for layer in measured(graph_of(text)).layers}


def last_of(text: str) -> LayerReport:
    """Return the last layer of a spec."""
    return list(layers_of(text).values())[-1]


def sizes(layer: LayerReport) -> list[int]:
    """Return the receptive field along each axis."""
    return [axis.size for axis in layer.receptive_field or ()]


def numbers(layer: LayerReport) -> Numbers:
    """Return receptive field, effective stride and padding of an aligned layer; both axes agree in them."""
    assert layer.aligned
    size, stride, padding = set(sizes(layer)), set(layer.effective_stride or ()), set(layer.effective_padding or ())
    assert (len(size), len(stride), len(padding)) == (1, 1, 1)
    return size.pop(), stride.pop(), padding.pop()
