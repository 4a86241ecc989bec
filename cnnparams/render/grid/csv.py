"""A grid as CSV, numbers without separators."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.grid import Grid
from cnnparams.render import cells
from cnnparams.render.records import records
from cnnparams.render.spreadsheet import lines
from cnnparams.render.view import View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield a header, and a line for each row."""
    keys, rows = records(grid, cells.plain, view.layout)
    yield lines([keys])
    yield from (lines([row]) for row in rows)
