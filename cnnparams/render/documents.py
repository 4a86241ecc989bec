"""JSON: values as it holds them, a report as the contract has it (docs/json.md), and how documents are laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from cnnparams.engine.costs.quantity import number
from cnnparams.engine.reports.report import Column, Kind, LayerReport, Report, Total, kinds
from cnnparams.inert import to_json
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1
_DTYPE = "dtype"  # which a layer has only where its spec says one: documents without are as they always were

Documents: TypeAlias = Iterable[Mapping[str, Any]]

_ENCODE: dict[Kind, Callable[[Any, Layout], Any]] = {
    Kind.SHAPE: lambda shape, layout: layout.dims(shape),
    Kind.SHAPES: lambda shapes, layout: [layout.dims(shape) for shape in shapes],
    Kind.SETTING: lambda setting, _: setting.value,
    Kind.SETTINGS: lambda settings, _: {setting.name: setting.value for setting in settings},
    Kind.TENSORS: lambda tensors, _: [tensor._asdict() for tensor in tensors],
    Kind.FIELD: lambda view, _: view and [axis.size for axis in view],
    Kind.PER_AXIS: lambda numbers, _: numbers and [*map(number, map(Fraction, numbers))],
    Kind.PORTS: lambda ports, layout: [{"name": port.name, "shape": layout.dims(port.shape)} for port in ports],
}
"""The kinds that JSON does not hold as they are."""


def document(report: Report, layout: Layout) -> dict[str, Any]:
    """Return version 1 of the JSON document."""
    head = {"schema_version": SCHEMA_VERSION, "name": report.name, "layout": layout.name}
    of_layers, of_report = kinds(LayerReport), kinds(Report)
    layers = [_encoded(layer, of_layers, report.columns, layout) for layer in report.layers]
    return head | _encoded(report, of_report, report.totals, layout) | {"layers": layers}


def in_a_line(documents: Documents) -> Iterator[str]:
    """Yield each document on a line of its own: JSON Lines."""
    yield from (to_json(document) + "\n" for document in documents)


def indented(documents: Documents) -> Iterator[str]:
    """Yield the only document indented; several, a line each."""
    return _alone(documents, lambda document: to_json(document, indent=2) + "\n")


def layer_a_line(documents: Documents) -> Iterator[str]:
    """Yield the only document with a layer a line: readable, easy to grep, and json's C encoder does the work.

    Several have a line each.
    """
    return _alone(documents, _parts)


def _alone(documents: Documents, write: Callable[[Mapping[str, Any]], str]) -> Iterator[str]:
    several = iter(documents)
    first, second = next(several, None), next(several, None)
    if first is not None and second is None:
        yield write(first)
    else:
        yield from in_a_line(document for document in (first, second) if document is not None)
        yield from in_a_line(several)


def _parts(document: Mapping[str, Any]) -> str:
    parts = document.items()
    lines = (f"  {to_json(key)}: {_layers(part) if key == 'layers' else to_json(part)}" for key, part in parts)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _layers(layers: Sequence[Any]) -> str:
    return "[\n" + ",\n".join(f"    {to_json(layer)}" for layer in layers) + "\n  ]"


def encode(value: Any, kind: Kind, layout: Layout) -> Any:
    """Return a value as JSON holds it."""
    encoder = _ENCODE.get(kind)
    return encoder(value, layout) if encoder else value


def _encoded(
    part: Report | LayerReport, own: Mapping[str, Kind], quantities: Sequence[Column | Total], layout: Layout
) -> dict[str, Any]:
    """Return what the part is, and what it costs."""
    values = {name: encode(getattr(part, name), kind, layout) for name, kind in own.items()}
    if values.get(_DTYPE, ...) is None:
        del values[_DTYPE]
    costs = {quantity.field: encode(part.costs[quantity.field], quantity.kind, layout) for quantity in quantities}
    return values | costs
