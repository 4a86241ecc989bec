"""A difference as CSV: a row for each layer of either network, numbers without separators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnnparams.engine.costs.quantity import Column
from cnnparams.engine.difference.difference import Difference, LayerDifference
from cnnparams.render.changes import changes_text
from cnnparams.render.spreadsheet import lines
from cnnparams.render.view import View


def render(difference: Difference, view: View) -> Iterator[str]:
    """Yield a header and all rows."""
    heads = ["status", "before", "after", "type", "changes", *(column.key for column in difference.columns)]
    yield lines([heads, *(_row(found, difference.columns, view) for found in difference.layers)])


def _row(found: LayerDifference, columns: Sequence[Column], view: View) -> list[Any]:
    names = [layer.name if layer else "" for layer in (found.before, found.after)]
    told = changes_text(found.changes, view.layout)
    return [found.status.value, *names, found.layer.type, told, *(found.costs[column.field] for column in columns)]
