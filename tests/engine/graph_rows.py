"""Specs as Python has them -> graphs, and what there is to compare of a graph."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, settings

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose
from tests.engine.evaluator import Row
from tests.layers.effort import examples

WRITTEN = "drawn.yaml"


def drawn(count: int) -> settings:
    """Return the settings of a test that looks at `count` drawn specs."""
    return settings(examples(count), suppress_health_check=[HealthCheck.too_slow])


def text_of(spec: dict[str, Any]) -> str:
    """Write a spec as JSON, which is YAML."""
    return json.dumps(spec)


def spec_of(spec: dict[str, Any], variant: str | None = None, **values: Any) -> Spec:
    return choose(parse(compose(Text(WRITTEN, text_of(spec)))), variant, values)


def graph_of(spec: dict[str, Any], variant: str | None = None, **values: Any) -> Graph:
    return build(spec_of(spec, variant, **values))


def rows(graph: Graph) -> list[Row]:
    """Return what a graph and its report say of each layer."""
    return [
        Row(
            name=layer.name,
            type=layer.type,
            activation=layer.activation,
            inputs=layer.inputs,
            input_dims=tuple(shape.dims for shape in layer.input_shapes),
            dims=layer.output_shape.dims,
            params=layer.params,
            buffers=layer.buffers,
            macs=layer.macs,
            trainable=node.trainable,
            shares=layer.shares,
        )
        for layer, node in zip(measure(graph).layers, graph.nodes, strict=True)
    ]


def results(graph: Graph) -> list[tuple[str, tuple[int, ...]]]:
    """Return the layers that give the results of a graph, and their shapes."""
    return [(port.source, port.shape.dims) for port in graph.outputs]
