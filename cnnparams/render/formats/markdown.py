"""Markdown, as GitHub shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cnnparams import inert
from cnnparams.render.answer import Answer
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.sections import Example, Facts, Items, Note, SpecWord, Table, Title
from cnnparams.render.view import Layout, View
from cnnparams.render.writing import of_page, shown, texts


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield each section, an empty line between them."""
    gap = ""
    for section in of_page(answer.sections(view.layout), view.layout):
        yield gap + "\n\n".join(_BLOCKS[type(section)](section, view.layout)) + "\n"
        gap = "\n"


def _title(title: Title, _: Layout) -> Iterator[str]:
    yield f"{'#' * title.level} {_code(title.text) if title.is_code else inert.markdown(title.text)}"
    yield from map(inert.markdown, title.about)


def _table(table: Table, layout: Layout) -> Iterator[str]:
    if table.title and not table.is_list:
        yield f"## {inert.markdown(table.title)}"
    aligned = ["---:" if head.kind in RIGHT_ALIGNED else "---" for head in table.heads]
    kinds = [head.kind for head in table.heads]
    rows = ([*map(_cell, row.values, texts(row, kinds, layout))] for row in table.rows)
    yield "\n".join(map(_row, ([inert.markdown(head.title) for head in table.heads], aligned, *rows)))


def _cell(value: Any, text: str) -> str:
    return _code(text) if isinstance(value, SpecWord) else inert.markdown(text)


def _code(text: str) -> str:
    return f"`{inert.printable(text).replace('`', '')}`"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _facts(facts: Facts, layout: Layout) -> Iterator[str]:
    if facts.title:
        yield f"### {inert.markdown(facts.title)}"
    written = ((fact, shown(fact.value, fact.kind, layout)) for fact in facts.facts)
    yield _list(f"{fact.name}: {f'{text} {fact.remark}'.rstrip()}" for fact, text in written)


def _note(note: Note, _: Layout) -> Iterator[str]:
    yield "\n".join(map(inert.markdown, note.lines))


def _items(items: Items, _: Layout) -> Iterator[str]:
    if items.title:
        yield inert.markdown(items.title)
    if items.lines:
        yield _list(items.lines)


def _list(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(f"- {inert.markdown(line)}" for line in lines)


def _example(example: Example, _: Layout) -> Iterator[str]:
    yield f"```yaml\n- {example.entry}  # {example.comment}\n```"


_BLOCKS: dict[type, Callable[[Any, Layout], Iterator[str]]] = {
    Title: _title,
    Table: _table,
    Facts: _facts,
    Note: _note,
    Items: _items,
    Example: _example,
}
