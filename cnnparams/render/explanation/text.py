"""An explanation as plain text, the way it is written by hand."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.explain import Derivation, Explanation, LayerExplanation
from cnnparams.render.formula import CODE, TEXT, Style
from cnnparams.render.step import lines
from cnnparams.render.view import View

_INDENT = "  "


def render(explanation: Explanation, view: View) -> Iterator[str]:
    """Yield each layer's heading and derivation, and the totals, with an empty line between them."""
    style = TEXT if _can_write(TEXT.calls["floor"], view) else CODE
    for i, layer in enumerate(explanation.layers):
        yield "\n" if i else ""
        legend = f"{_INDENT}{layer.legend}\n" if layer.legend else ""
        yield f"{_heading(layer, view)}\n{legend}\n{_derivation(layer.derivation, style)}"
    if explanation.totals.steps:
        yield f"\n{explanation.name}\n\n{_derivation(explanation.totals, style)}"


def _heading(layer: LayerExplanation, view: View) -> str:
    inputs = view.layout.texts(layer.input_shapes)
    return f"{layer.name} ({layer.type}): {inputs} -> {view.layout.text(layer.output_shape)}"


def _derivation(derivation: Derivation, style: Style) -> str:
    width = max(len(step.quantity) for step in derivation.steps)
    text = ""
    for step in derivation.steps:
        named = f"{step.symbol} " if step.named else ""
        first, *rest = lines(step, derivation, style)
        text += f"{_INDENT}{step.quantity:<{width}}  {named}= {first}\n"
        margin = _INDENT + " " * (width + 2 + len(named))
        text += "".join(f"{margin}= {side}\n" for side in rest)
        text += f"{margin}  {step.note}\n" if step.note else ""
    return text


def _can_write(text: str, view: View) -> bool:
    try:
        text.encode(getattr(view.stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
