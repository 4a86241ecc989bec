"""The rows of a grid as programs read them: keys, and a value for each, ratios to the first row among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.grid import Grid, Row
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.view import Layout

Encode = Callable[[Any, Kind, Layout], Any]


class Records(NamedTuple):
    """Keys, and rows of as many values."""

    keys: list[str]
    rows: Iterator[list[Any]]


def records(grid: Grid, encode: Encode, layout: Layout) -> Records:
    """Return keys and rows, each value as `encode` gives it."""
    related = [i for i, kind in enumerate(grid.kinds) if grid.is_compared and kind in RIGHT_ALIGNED]
    keys = [heading.key for heading in grid.headings]

    def record(row: Row) -> list[Any]:
        values = [encode(value, kind, layout) for value, kind in zip(row.values, grid.kinds, strict=True)]
        return [*values, *(row.ratios[i] for i in related)]

    return Records([*keys, *(f"{keys[i]}_ratio" for i in related)], map(record, grid.rows))
