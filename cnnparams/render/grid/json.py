"""A grid as JSON: an array with an object for each row, one a line."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.grid import Grid
from cnnparams.render.grid import jsonl
from cnnparams.render.view import View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield the array."""
    yield "["
    separator = "\n  "
    for line in jsonl.render(grid, view):
        yield separator + line.rstrip("\n")
        separator = ",\n  "
    yield "\n]\n"
