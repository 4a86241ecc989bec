"""The summary as CSV, numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.side_by_side import columns, rows
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a header and a row for each network."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.key for column in columns()])
    for row in rows(reports):
        writer.writerow(
            [cells.plain(value, column.kind, view.layout) for value, column in zip(row, columns(), strict=True)]
        )
    yield text.getvalue()
