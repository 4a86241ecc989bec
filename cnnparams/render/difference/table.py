"""A difference in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from cnnparams.engine.difference.difference import Difference
from cnnparams.render.changes import Table, headline, layer_table, total_table
from cnnparams.render.screen import console_for
from cnnparams.render.stamp import Head, stamp
from cnnparams.render.view import View

_STYLES = {"Layer": "cyan", "Difference": "bold"}


def render(difference: Difference, view: View) -> Iterator[str]:
    """Yield the layers that differ, and the totals; or that there are none."""
    if difference.is_none:
        yield f"{headline(difference)}\n"
        return
    console = console_for(view.stream)
    yield from _drawn(console, headline(difference), layer_table(difference, view.layout))
    yield from _drawn(console, "", total_table(difference, view.layout))


def _drawn(console: Console, title: str, table: Table) -> Iterator[str]:
    heads = [Head(name, right, _STYLES.get(name)) for name, right in table.heads]
    drawn = stamp(console, title, heads, table.rows)
    yield drawn.above
    yield from map(drawn.stamp, table.rows)
