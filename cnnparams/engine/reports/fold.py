"""Report -> Report with the layers of each part of the network as one row: layer1, or layer1.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from cnnparams.engine.reports.report import Column, LayerReport, Layers, Report, TensorReport
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.shape import Shape

GROUP = "group"


def fold(report: Report, depth: int) -> Report:
    """Return the report with layers whose names agree in their first `depth` parts summed up; totals stay.

    A group reads what its layers read from outside of it, and gives what its last layer that is read outside gives.
    """
    outer = {layer.name: _outer(layer.name, depth) for layer in report.layers}
    read_outside = {name for layer in report.layers for name in layer.inputs if outer.get(name) != outer[layer.name]}
    read_outside |= {port.source for port in report.outputs}
    groups = groupby(report.layers, key=lambda layer: outer[layer.name])
    folded = Layers(_folded(name, tuple(layers), outer, read_outside, report.columns) for name, layers in groups)
    return replace(report, layers=folded)


def _outer(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _folded(
    name: str,
    layers: Sequence[LayerReport],
    outer: Mapping[str, str],
    read_outside: set[str],
    columns: Sequence[Column],
) -> LayerReport:
    reads = tuple(dict.fromkeys(_from_outside(name, layers, outer)))
    last = next((layer for layer in reversed(layers) if layer.name in read_outside), layers[-1])
    if len(layers) == 1:
        return replace(last, name=name, inputs=tuple(outer.get(source, source) for source in last.inputs))
    count = Hyperparameter("layers", len(layers), "layers", len(layers))
    return LayerReport(
        name=name,
        type=GROUP,
        activation=None,
        activation_hyperparameters=(),
        hyperparameters=(count,),
        groups=None,
        inputs=tuple(source for source, _ in reads),
        input_shapes=tuple(shape for _, shape in reads),
        output_shape=last.output_shape,
        shares=None,
        tensors=tuple(_named(layer, name, tensor) for layer in layers for tensor in layer.tensors),
        dtype=layers[0].dtype if len({layer.dtype for layer in layers}) == 1 else None,
        costs={column.field: column.fold([layer.costs[column.field] for layer in layers]) for column in columns},
    )


def _from_outside(name: str, layers: Sequence[LayerReport], outer: Mapping[str, str]) -> Iterator[tuple[str, Shape]]:
    for layer in layers:
        for source, shape in zip(layer.inputs, layer.input_shapes, strict=True):
            if outer.get(source) != name:
                yield outer.get(source, source), shape


def _named(layer: LayerReport, group: str, tensor: TensorReport) -> TensorReport:
    return tensor._replace(name=f"{layer.name.removeprefix(group).lstrip('.')}.{tensor.name}")
