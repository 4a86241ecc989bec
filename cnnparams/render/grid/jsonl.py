"""A grid as JSON Lines: an object for each row."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.reports.grid import Grid
from cnnparams.inert import to_json
from cnnparams.render.json_document import encode
from cnnparams.render.records import records
from cnnparams.render.view import View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield a line for each row."""
    keys, rows = records(grid, encode, view.layout)
    yield from (f"{to_json(dict(zip(keys, row, strict=True)))}\n" for row in rows)
