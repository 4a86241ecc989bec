"""A step of a derivation as the lines that a person writes: the formula, the numbers filled in, the result."""

from __future__ import annotations

from cnnparams.engine.reports.explain import Derivation, Step
from cnnparams.render.formula import Style, write


def lines(step: Step, derivation: Derivation, style: Style) -> list[str]:
    """Return the right-hand sides of a step, each once: where a formula is a number there is nothing to fill in."""
    sides = (write(step.formula, style), write(step.formula, style, derivation.symbols), style.number(step.result))
    return list(dict.fromkeys(sides))
