"""A report as the JSON contract has it (docs/json.md)."""

from __future__ import annotations

from typing import Any

from cnnparams.engine.report import LayerReport, Report
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1


def document(report: Report, layout: Layout) -> dict[str, Any]:
    """Return version 1 of the JSON document."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": report.name,
        "layout": layout.name,
        "input_shape": layout.dims(report.input_shape),
        "output_shape": layout.dims(report.output_shape),
        "layers": [_layer(layer, layout) for layer in report.layers],
        "total_params": report.total_params,
        "trainable_params": report.trainable_params,
        "frozen_params": report.frozen_params,
        "buffers": report.buffers,
        "total_macs": report.total_macs,
    }


def _layer(layer: LayerReport, layout: Layout) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "activation": layer.activation,
        "hyperparameters": {setting.name: setting.value for setting in layer.hyperparameters},
        "inputs": layer.inputs,
        "input_shapes": [layout.dims(shape) for shape in layer.input_shapes],
        "output_shape": layout.dims(layer.output_shape),
        "params": layer.params,
        "trainable_params": layer.trainable_params,
        "frozen_params": layer.frozen_params,
        "buffers": layer.buffers,
        "macs": layer.macs,
        "tensors": [{"name": tensor.name, "shape": tensor.shape, "role": tensor.role} for tensor in layer.tensors],
    }
