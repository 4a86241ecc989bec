"""A difference as CSV: a row for each layer of either network, numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cnnparams.engine.difference import Difference
from cnnparams.render.changes import changes_text
from cnnparams.render.view import View


def render(difference: Difference, view: View) -> Iterator[str]:
    """Yield a header and all rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["status", "before", "after", "type", "changes", *(column.key for column in difference.columns)])
    for found in difference.layers:
        names = [layer.name if layer else "" for layer in (found.before, found.after)]
        told = changes_text(found.changes, view.layout)
        costs = [found.costs[column.field] for column in difference.columns]
        writer.writerow([found.status.value, *names, found.layer.type, told, *costs])
    yield text.getvalue()
