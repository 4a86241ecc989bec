"""HTML for notebooks and pages: with no style of its own but alignment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cnnparams.engine.reports.grid import Heading
from cnnparams.inert import html
from cnnparams.render.answer import Answer
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.sections import Example, Facts, Items, Note, Table, Title
from cnnparams.render.view import Layout, View
from cnnparams.render.writing import of_page, shown, texts


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield the elements."""
    for section in of_page(answer.sections(view.layout), view.layout):
        yield from _ELEMENTS[type(section)](section, view.layout)


def _title(title: Title, _: Layout) -> Iterator[str]:
    yield f"<h{title.level}>{html(title.text)}</h{title.level}>\n"
    yield from (f"<p>{html(line)}</p>\n" for line in title.about)


def _table(table: Table, layout: Layout) -> Iterator[str]:
    caption = f"<caption>{html(table.title)}</caption>\n" if table.title else ""
    titles = "".join(_cell("th", head, head.title) for head in table.heads)
    yield f"<table>\n{caption}<thead><tr>{titles}</tr></thead>\n<tbody>\n"
    kinds = [head.kind for head in table.heads]
    for row in table.rows:
        written = zip(table.heads, texts(row, kinds, layout), strict=True)
        cells = "".join(_cell("td", head, text) for head, text in written)
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody>\n</table>\n"


def _cell(tag: str, head: Heading, text: str) -> str:
    align = "right" if head.kind in RIGHT_ALIGNED else "left"
    return f'<{tag} style="text-align: {align}">{html(text)}</{tag}>'


def _facts(facts: Facts, layout: Layout) -> Iterator[str]:
    yield f"<h3>{html(facts.title)}</h3>\n" if facts.title else ""
    written = ((fact, shown(fact.value, fact.kind, layout)) for fact in facts.facts)
    lines = (f"{html(fact.name)}: <b>{html(text)}</b> {html(fact.remark)}".rstrip() for fact, text in written)
    yield _paragraph(lines)


def _note(note: Note, _: Layout) -> Iterator[str]:
    yield _paragraph(map(html, note.lines))


def _paragraph(lines: Iterable[str]) -> str:
    inner = "<br>\n".join(lines)
    return f"<p>{inner}</p>\n"


def _items(items: Items, _: Layout) -> Iterator[str]:
    yield f"<p>{html(items.title)}</p>\n" if items.title else ""
    lines = "".join(f"<li>{html(line)}</li>\n" for line in items.lines)
    yield f"<ul>\n{lines}</ul>\n" if lines else ""


def _example(example: Example, _: Layout) -> Iterator[str]:
    yield f"<pre>- {html(example.entry)}  # {html(example.comment)}</pre>\n"


_ELEMENTS: dict[type, Callable[[Any, Layout], Iterator[str]]] = {
    Title: _title,
    Table: _table,
    Facts: _facts,
    Note: _note,
    Items: _items,
    Example: _example,
}
