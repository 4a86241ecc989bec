"""The layer types as a page of Markdown: a table of all, and a section for each family."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnnparams import inert
from cnnparams.engine.reports.catalogue import Card, Setting
from cnnparams.render.card import default_text, example_text, formulas, shapes_text
from cnnparams.render.formula import TEXT
from cnnparams.render.markdown import table
from cnnparams.render.view import View


def everything(summaries: Mapping[str, str], families: Iterable[Card], view: View) -> Iterator[str]:
    """Yield the page."""
    rows = ((f"`{name}`", inert.markdown(summary)) for name, summary in summaries.items())
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
    yield from (f"{inert.markdown(note)}\n" for note in card.keras_notes)
    if card.settings:
        yield _table(("Setting", "Value", "Default", "What it is"), map(_setting, card.settings))
    yield _table(("Quantity", "Formula"), formulas(card, TEXT))
    if card.legend:
        yield f"{inert.markdown(card.legend)}\n"
    yield f"```yaml\n- {example_text(card)}  # {shapes_text(card, view)}\n```\n"


def _setting(setting: Setting) -> tuple[str, ...]:
    return setting.name, setting.values, default_text(setting), setting.description


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return table([(title, False) for title in titles], (list(map(inert.markdown, row)) for row in rows))
