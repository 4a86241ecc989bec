"""The parts of a layer type's card that text and Markdown share."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.catalogue import Card, Setting
from cnnparams.errors import yaml_text
from cnnparams.render.formula import Style, write
from cnnparams.render.view import View


def example_text(card: Card) -> str:
    """Write the example as a spec has it: flow style, or a bare word where there is nothing to set."""
    return yaml_text(card.example) if len(card.example) > 1 else str(card.example["type"])


def shapes_text(card: Card, view: View) -> str:
    """Write the shapes that enter the example and the one that leaves it."""
    return f"{view.layout.texts(card.input_shapes)} -> {view.layout.text(card.output_shape)}"


def default_text(setting: Setting) -> str:
    """Say what holds where a setting is not written."""
    return (
        "required"
        if setting.required
        else "optional"
        if setting.default is None
        else f"default {yaml_text(setting.default)}"
    )


def formulas(card: Card, style: Style) -> Iterator[tuple[str, str]]:
    """Yield quantity and formula; a formula that is only a number says so."""
    for step in card.steps:
        named = f"{step.symbol} = " if step.named else ""
        yield step.quantity, named + write(step.formula, style)
