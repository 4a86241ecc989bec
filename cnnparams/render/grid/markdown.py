"""A grid as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams import inert
from cnnparams.engine.reports.grid import Grid, Row
from cnnparams.render import cells
from cnnparams.render.markdown import table
from cnnparams.render.view import Layout, View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield the table; a number as a ratio to the first row's stands behind it."""
    heads = [(heading.title, heading.kind in cells.RIGHT_ALIGNED) for heading in grid.headings]
    yield table(heads, (_cells(grid, row, view.layout) for row in grid.rows))
    yield from (f"\n{inert.markdown(note)}\n" for note in grid.notes)


def _cells(grid: Grid, row: Row, layout: Layout) -> list[str]:
    texts = [cells.write(value, kind, layout) for value, kind in zip(row.values, grid.kinds, strict=True)]
    if not row.ratios:
        return list(map(inert.markdown, texts))
    related = zip(texts, map(cells.times, row.ratios), strict=True)
    return [inert.markdown(f"{text} ({times})" if times else text) for text, times in related]
