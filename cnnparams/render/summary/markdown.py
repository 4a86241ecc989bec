"""The summary as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.markdown import escape, table
from cnnparams.render.side_by_side import grid
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield the table."""
    headings, rows = grid(reports)
    heads = [(heading.title, heading.kind in cells.RIGHT_ALIGNED) for heading in headings]
    kinds = [heading.kind for heading in headings]
    texts = (map(cells.write, row, kinds, [view.layout] * len(kinds)) for row in rows)
    yield table(heads, ([escape(text) for text in row] for row in texts))
