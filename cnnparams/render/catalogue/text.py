"""The layer types as plain text: a line each, or a card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnnparams.engine.reports.catalogue import Card
from cnnparams.render.card import default_text, example_text, formulas, shapes_text
from cnnparams.render.formula import CODE
from cnnparams.render.view import View


def everything(summaries: Mapping[str, str], families: Iterable[Card], view: View) -> Iterator[str]:
    """Yield a line for each type; the families' cards are for those who ask for one."""
    width = max(map(len, summaries))
    yield from (f"{name:<{width}}  {summary}\n" for name, summary in summaries.items())


def cards(described: Iterable[Card], view: View) -> Iterator[str]:
    """Yield cards, an empty line between them."""
    for i, card in enumerate(described):
        yield "\n" if i else ""
        yield "\n".join(_lines(card, view)) + "\n"


def _lines(card: Card, view: View) -> Iterator[str]:
    yield f"{', '.join(card.types)}: {card.summary}"
    if card.keras:
        yield f"In Keras: {', '.join(card.keras)}"
    yield from (f"  {note}" for note in card.keras_notes)
    if card.settings:
        yield "\nSettings"
        yield from _table(
            (setting.name, setting.values, default_text(setting), setting.description) for setting in card.settings
        )
    yield "\nFormulas"
    yield from _table(formulas(card, CODE))
    if card.legend:
        yield f"  {card.legend}"
    yield "\nExample"
    yield f"  - {example_text(card)}"
    yield f"  {shapes_text(card, view)}"


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    all_rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*all_rows, strict=True)]
    for row in all_rows:
        yield ("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))).rstrip()
