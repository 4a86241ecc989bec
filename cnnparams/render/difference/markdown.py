"""A difference as Markdown: a heading, the layers that differ, and the totals."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams import inert
from cnnparams.engine.difference.difference import Difference
from cnnparams.render.changes import Table, headline, layer_table, total_table
from cnnparams.render.markdown import table
from cnnparams.render.view import View


def render(difference: Difference, view: View) -> Iterator[str]:
    """Yield the heading and the tables; of one network, a line."""
    if difference.is_none:
        yield f"{inert.markdown(headline(difference))}\n"
        return
    yield f"## {inert.markdown(headline(difference))}\n\n"
    yield _written(layer_table(difference, view.layout))
    yield "\n"
    yield _written(total_table(difference, view.layout))


def _written(found: Table) -> str:
    heads = [(inert.markdown(title), right) for title, right in found.heads]
    return table(heads, (list(map(inert.markdown, row)) for row in found.rows))
