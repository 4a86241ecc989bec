"""A grid in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnnparams.engine.reports.grid import Grid, Row
from cnnparams.render import cells
from cnnparams.render.screen import console_for
from cnnparams.render.stamp import Head, stamp
from cnnparams.render.view import View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield the table, in a terminal's width; below each row, its numbers as ratios to the first's."""
    heads = [Head(heading.title, heading.kind in cells.RIGHT_ALIGNED) for heading in grid.headings]

    def texts(values: Iterable[Any]) -> list[str]:
        return [cells.write(value, kind, view.layout) for value, kind in zip(values, grid.kinds, strict=True)]

    rows: Iterable[Row] = grid.rows if grid.widest else list(grid.rows)
    widest = [texts(grid.widest)] if grid.widest else [texts(row.values) for row in rows]
    table = stamp(console_for(view.stream), "", heads, widest)
    yield table.above
    for row in rows:
        yield table.stamp(texts(row.values))
        if any(ratio not in (None, 1) for ratio in row.ratios):
            yield table.stamp(list(map(cells.times, row.ratios)))
    yield from (f"\n{note}\n" for note in grid.notes)
