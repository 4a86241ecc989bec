"""An explanation as Markdown: a heading and a table for each layer."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams import inert
from cnnparams.engine.reports.explain import Derivation, Explanation
from cnnparams.render.formula import TEXT, write
from cnnparams.render.markdown import table
from cnnparams.render.view import View

_HEADS = [("Quantity", False), ("Formula", False), ("Numbers", False), ("Result", True), ("Note", False)]


def render(explanation: Explanation, view: View) -> Iterator[str]:
    """Yield each layer's heading and table, and the totals."""
    yield f"## {inert.markdown(explanation.name)}\n"
    for layer in explanation.layers:
        inputs = view.layout.texts(layer.input_shapes)
        shapes = f"{inputs} -> {view.layout.text(layer.output_shape)}"
        legend = f"{inert.markdown(layer.legend)}\n\n" if layer.legend else ""
        heading = f"{inert.markdown(layer.name)} ({inert.markdown(layer.type)})"
        yield f"\n### {heading}\n\n{shapes}\n\n{legend}{_table(layer.derivation)}"
    if explanation.totals.steps:
        yield f"\n### Totals\n\n{_table(explanation.totals)}"


def _table(derivation: Derivation) -> str:
    rows = (
        [
            step.quantity,
            write(step.formula, TEXT),
            write(step.formula, TEXT, derivation.symbols),
            f"{step.result:,}",
            step.note or "",
        ]
        for step in derivation.steps
    )
    return table(_HEADS, (list(map(inert.markdown, row)) for row in rows))
