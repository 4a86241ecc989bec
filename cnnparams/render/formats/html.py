"""HTML: a page that needs no other file, light or dark as its reader has it; in a notebook, its elements alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from cnnparams.engine.reports.grid import Heading
from cnnparams.inert import html
from cnnparams.render.answer import Answer
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.sections import Example, Facts, Items, Note, Section, Table, Title
from cnnparams.render.view import Layout, View
from cnnparams.render.writing import of_page, shown, texts

# Grey that lets the ground through is right on light and dark alike.
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 90em; padding: 0 1em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1em 0; }
caption { font-size: 1.3em; font-weight: 600; padding: 0.4em 0; text-align: left; }
th, td { border-bottom: 1px solid #8885; padding: 0.25em 0.8em; white-space: nowrap; }
th, tbody tr:hover, pre { background: #8882; }
pre { overflow-x: auto; padding: 0.6em 1em; }
"""


def render(answer: Answer, view: View) -> Iterator[str]:
    """Yield the elements, as a page where they are to stand alone."""
    sections = of_page(answer.sections(view.layout), view.layout)
    if view.is_page:
        first = next(sections, None)
        yield _head(first)
        sections = chain([first] if first else [], sections)
    for section in sections:
        yield from _ELEMENTS[type(section)](section, view.layout)
    if view.is_page:
        yield "</body>\n</html>\n"


def _head(first: Section | None) -> str:
    """Return how a page begins, called as its first section is."""
    title = getattr(first, "text" if isinstance(first, Title) else "title", "") or "cnnparams"
    meta = '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    head = f"<head>\n{meta}<title>{html(title)}</title>\n<style>{_STYLE}</style>\n</head>"
    return f'<!doctype html>\n<html lang="en">\n{head}\n<body>\n'


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
