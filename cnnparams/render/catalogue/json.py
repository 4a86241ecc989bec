"""The layer types as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from cnnparams.engine.reports.catalogue import Card
from cnnparams.inert import to_json
from cnnparams.render.view import View


def everything(summaries: Mapping[str, str], families: Iterable[Card], view: View) -> Iterator[str]:
    """Yield a document with a card for each family."""
    return cards(families, view)


def cards(described: Iterable[Card], view: View) -> Iterator[str]:
    """Yield a document with the given cards."""
    yield to_json({"schema_version": 1, "layers": [_card(card, view) for card in described]}, indent=2) + "\n"


def _card(card: Card, view: View) -> dict[str, object]:
    return {
        "types": card.types,
        "keras": card.keras,
        "summary": card.summary,
        "activation": card.accepts_activation,
        "settings": [asdict(setting) for setting in card.settings],
        "legend": card.legend,
        "formulas": [
            {"quantity": step.quantity, "symbol": step.symbol, "formula": step.formula} for step in card.steps
        ],
        "example": card.example,
        "input_shapes": [view.layout.dims(shape) for shape in card.input_shapes],
        "output_shape": view.layout.dims(card.output_shape),
    }
