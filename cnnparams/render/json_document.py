"""A report as the JSON contract has it (docs/json.md): each field of a report is a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from cnnparams.engine.report import Kind, LayerReport, Report
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1

_ENCODE: dict[Kind, Callable[[Any, Layout], Any]] = {
    Kind.SHAPE: lambda shape, layout: layout.dims(shape),
    Kind.SHAPES: lambda shapes, layout: [layout.dims(shape) for shape in shapes],
    Kind.SETTINGS: lambda settings, _: {setting.name: setting.value for setting in settings},
    Kind.TENSORS: lambda tensors, _: [tensor._asdict() for tensor in tensors],
    Kind.PORTS: lambda ports, layout: [{"name": port.name, "shape": layout.dims(port.shape)} for port in ports],
    Kind.LAYERS: lambda layers, layout: [_encoded(layer, layout) for layer in layers],
}
"""The kinds that JSON does not hold as they are."""


def document(report: Report, layout: Layout) -> dict[str, Any]:
    """Return version 1 of the JSON document."""
    head = {"schema_version": SCHEMA_VERSION, "name": report.name, "layout": layout.name}
    return head | _encoded(report, layout)


def encode(value: Any, kind: Kind, layout: Layout) -> Any:
    """Return a value as JSON holds it."""
    encoder = _ENCODE.get(kind)
    return encoder(value, layout) if encoder else value


def _encoded(part: Report | LayerReport, layout: Layout) -> dict[str, Any]:
    encoded = {}
    for declared in fields(part):
        encoded[declared.name] = encode(getattr(part, declared.name), declared.metadata["kind"], layout)
    return encoded
