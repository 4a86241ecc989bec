"""The summary in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.screen import console_for
from cnnparams.render.side_by_side import grid
from cnnparams.render.stamp import Head, stamp
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield the table, in a terminal's width."""
    headings, rows = grid(reports)
    heads = [Head(heading.title, heading.kind in cells.RIGHT_ALIGNED) for heading in headings]
    kinds = [heading.kind for heading in headings]
    texts = [list(map(cells.write, row, kinds, [view.layout] * len(kinds))) for row in rows]
    table = stamp(console_for(view.stream), "", heads, texts)
    yield table.above
    yield from map(table.stamp, texts)
