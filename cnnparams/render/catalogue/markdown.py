"""The layer types as a page of Markdown: a table of all, and a section for each family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnnparams.engine.catalogue import Card
from cnnparams.render.example import default_text, example_text, formulas
from cnnparams.render.formula import TEXT
from cnnparams.render.markdown import table
from cnnparams.render.view import View


def everything(summaries: Mapping[str, str], families: Iterable[Card], view: View) -> Iterator[str]:
    """Yield the page."""
    rows = ((f"`{name}`", summary) for name, summary in summaries.items())
    yield f"# Layer types\n\n{table([('Type', False), ('What it does', False)], rows)}"
    yield from cards(families, view)


def cards(described: Iterable[Card], view: View) -> Iterator[str]:
    """Yield a section for each card."""
    for card in described:
        yield "\n" + "\n".join(_sections(card, view))


def _sections(card: Card, view: View) -> Iterator[str]:
    yield f"## {', '.join(card.types)}\n\n{card.summary}\n"
    if card.keras:
        yield f"In Keras: {', '.join(card.keras)}.\n"
    if card.settings:
        rows = ((setting.name, setting.values, default_text(setting), setting.description) for setting in card.settings)
        yield table([(title, False) for title in ("Setting", "Value", "Default", "What it is")], rows)
    yield table([("Quantity", False), ("Formula", False)], formulas(card, TEXT))
    shapes = f"{view.layout.text(card.input_shape)} -> {view.layout.text(card.output_shape)}"
    yield f"```yaml\n- {example_text(card)}  # {shapes}\n```\n"
