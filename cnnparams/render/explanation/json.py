"""An explanation as JSON; formulas are Python expressions, with symbols and with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnparams.engine.reports.explain import Derivation, Explanation
from cnnparams.inert import to_json
from cnnparams.render.formula import CODE, write
from cnnparams.render.view import View

SCHEMA_VERSION = 1


def render(explanation: Explanation, view: View) -> Iterator[str]:
    """Yield one document."""
    layers = [
        {
            "name": layer.name,
            "type": layer.type,
            "input_shapes": [view.layout.dims(shape) for shape in layer.input_shapes],
            "output_shape": view.layout.dims(layer.output_shape),
            "legend": layer.legend,
            "steps": _steps(layer.derivation),
        }
        for layer in explanation.layers
    ]
    head = {"schema_version": SCHEMA_VERSION, "name": explanation.name, "layout": view.layout.name}
    yield to_json({**head, "layers": layers, "totals": _steps(explanation.totals)}, indent=2) + "\n"


def _steps(derivation: Derivation) -> list[dict[str, Any]]:
    return [
        {
            "quantity": step.quantity,
            "symbol": step.symbol,
            "formula": step.formula,
            "substituted": write(step.formula, CODE, derivation.symbols),
            "result": step.result,
            "note": step.note,
        }
        for step in derivation.steps
    ]
