"""The layer types: a line for each, and a card for each family, or for those that were named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from cnnparams.engine.reports.catalogue import Card, Catalogue, SettingEntry
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.report import Kind
from cnnparams.errors import yaml_text
from cnnparams.render.answer import Answer
from cnnparams.render.documents import indented
from cnnparams.render.sections import Details, Example, FormulaCell, Note, Section, SpecWord, Table, Title
from cnnparams.render.view import Layout


class CatalogueAnswer(Answer):
    """Cards, below the summaries of all types where none was named."""

    json = staticmethod(indented)

    def __init__(self, cards: Iterable[Card], summaries: Mapping[str, str] | None = None) -> None:
        self.cards = cards
        self.summaries = summaries

    @classmethod
    def of(cls, found: Catalogue) -> CatalogueAnswer:
        """Return what shows layer types."""
        return cls(found.cards, found.summaries)

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield the summaries, and the cards: in a terminal, these are for those who ask for one."""
        described = (section for card in self.cards for section in _sections(card, layout))
        if self.summaries is None:
            yield from described
            return
        yield Details((Title("Layer types", level=1),))
        heads = _headings("Type", "What it does")
        yield Table(heads, [Row((SpecWord(name), said)) for name, said in self.summaries.items()], is_list=True)
        yield Details(described)

    def records(self, layout: Layout) -> Table:
        """Return a row for each type or, of those that were named, for each setting."""
        if self.summaries is not None:
            return Table(_headings("Type", "Summary"), map(Row, self.summaries.items()))
        rows = (Row((card.types[0], *_setting(setting))) for card in self.cards for setting in card.settings)
        return Table(_headings("Type", "Setting", "Value", "Default", "Description"), rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield a document with all cards."""
        yield {"schema_version": 1, "layers": [_card(card, layout) for card in self.cards]}


def _sections(card: Card, layout: Layout) -> Iterator[Section]:
    keras = (f"In Keras: {', '.join(card.keras)}.",) if card.keras else ()
    yield Title(", ".join(card.types), (card.summary, *keras, *card.keras_notes), is_code=True)
    if card.settings:
        heads = _headings("Setting", "Value", "Default", "What it is")
        yield Table(heads, [Row(_setting(setting)) for setting in card.settings], "Settings", is_list=True)
    formulas = [Row((s.quantity, FormulaCell(s.formula, s.symbol if s.named else ""))) for s in card.steps]
    if formulas:
        yield Table(_headings("Quantity", "Formula"), formulas, "Formulas", is_list=True)
    if card.legend:
        yield Note((card.legend,))
    shapes = f"{layout.texts(card.input_shapes)} -> {layout.text(card.output_shape)}".strip()
    yield Example(entry(card), shapes)


def _headings(*titles: str) -> tuple[Heading, ...]:
    return tuple(Heading(title.lower(), title, Kind.TEXT) for title in titles)


def _setting(setting: SettingEntry) -> tuple[str, ...]:
    return setting.name, setting.values, _default(setting), setting.description


def entry(card: Card) -> str:
    """Write the example as a spec has it: flow style, or a bare word where there is nothing to set."""
    return yaml_text(card.example) if len(card.example) > 1 else str(card.example["type"])


def _default(setting: SettingEntry) -> str:
    """Say what holds where a setting is not written."""
    return (
        "required"
        if setting.required
        else "optional"
        if setting.default is None
        else f"default {yaml_text(setting.default)}"
    )


def _card(card: Card, layout: Layout) -> dict[str, object]:
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
        "input_shapes": [layout.dims(shape) for shape in card.input_shapes],
        "output_shape": layout.dims(card.output_shape),
    }
