"""A grid as CSV, numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from cnnparams.engine.grid import Grid
from cnnparams.render import cells
from cnnparams.render.records import records
from cnnparams.render.view import View


def render(grid: Grid, view: View) -> Iterator[str]:
    """Yield a header, and a line for each row."""
    keys, rows = records(grid, cells.plain, view.layout)
    yield _line(keys)
    yield from map(_line, rows)


def _line(values: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
