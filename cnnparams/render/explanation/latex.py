"""An explanation as LaTeX, for a document that uses amsmath: a paragraph for each layer with its derivation aligned."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.explain import Derivation, Explanation, Step
from cnnparams.inert import latex
from cnnparams.render.formula import LATEX
from cnnparams.render.step import lines
from cnnparams.render.view import View


def render(explanation: Explanation, view: View) -> Iterator[str]:
    """Yield each layer's paragraph, and the totals."""
    for layer in explanation.layers:
        inputs = view.layout.texts(layer.input_shapes)
        heading = f"{latex(layer.name)} ({latex(layer.type)})"
        shapes = f"${inputs} \\to {view.layout.text(layer.output_shape)}$"
        yield f"\\paragraph{{{heading}}} {shapes}\n{_aligned(layer.derivation)}\n"
    if explanation.totals.steps:
        yield f"\\paragraph{{{latex(explanation.name)}}}\n{_aligned(explanation.totals)}"


def _aligned(derivation: Derivation) -> str:
    body = " \\\\\n".join(_step(step, derivation) for step in derivation.steps)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def _step(step: Step, derivation: Derivation) -> str:
    named = rf"\; {LATEX.symbol(step.symbol)}" if step.named else ""
    sides = " \\\\\n  &= ".join(lines(step, derivation, LATEX))
    note = f" \\quad\\text{{({latex(step.note)})}}" if step.note else ""
    return f"  \\text{{{latex(step.quantity)}}}{named} &= {sides}{note}"
