"""An explanation: how each number of a network's layers comes about; in JSON, formulas are Python expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.engine.reports.explain import Derivation, Explanation
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.report import Kind
from cnnparams.render.answer import Answer
from cnnparams.render.documents import indented
from cnnparams.render.formula import CODE, write
from cnnparams.render.sections import Details, FormulaCell, Section, Table, Title, Working
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1
_RECORD = ("layer", "type", "quantity", "symbol", "formula", "numbers", "result", "note")


class ExplanationAnswer(Answer):
    """The derivations of layers, and of the totals."""

    json = staticmethod(indented)

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield each derivation; on a page, below the name of the network."""
        yield Details((Title(self.explanation.name),))
        for layer in self.explanation.layers:
            shapes = layer.input_shapes, layer.output_shape
            about = "; ".join(part for part in (layer.origin, layer.legend) if part)
            yield Working(layer.name, layer.derivation, layer.type, *shapes, about)
        if self.explanation.totals.steps:
            yield Working(self.explanation.name, self.explanation.totals)

    def records(self, layout: Layout) -> Table:
        """Return a row for each step; those of the totals have no layer."""
        kinds = {"result": Kind.COUNT}
        heads = tuple(Heading(key, key.capitalize(), kinds.get(key, Kind.TEXT)) for key in _RECORD)
        parts = [(layer.name, layer.type, layer.derivation) for layer in self.explanation.layers]
        rows = (row for part in (*parts, ("", "", self.explanation.totals)) for row in _rows(*part))
        return Table(heads, rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield one document."""
        layers = [
            {
                "name": layer.name,
                "type": layer.type,
                "input_shapes": [layout.dims(shape) for shape in layer.input_shapes],
                "output_shape": layout.dims(layer.output_shape),
                "legend": layer.legend,
                "steps": _steps(layer.derivation),
                **({"origin": layer.origin} if layer.origin else {}),
            }
            for layer in self.explanation.layers
        ]
        head = {"schema_version": SCHEMA_VERSION, "name": self.explanation.name, "layout": layout.name}
        yield {**head, "layers": layers, "totals": _steps(self.explanation.totals)}


def _rows(name: str, type_: str, derivation: Derivation) -> Iterator[Row]:
    for step in derivation.steps:
        formulas = FormulaCell(step.formula), FormulaCell(step.formula, values=derivation.symbols)
        yield Row((name, type_, step.quantity, step.symbol, *formulas, step.result, step.note))


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
