"""CSV: a row for each layer, the name of its network first; numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Column, Report
from cnnparams.render import cells
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a header and all rows; where some are estimates, a column behind the others says which."""
    columns = [*view.columns, *_of_estimates(reports, view)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["network", *(column.key for column in columns)])
    for report in reports:
        writer.writerows(
            [report.name, *(cells.data(layer, column, view.layout) for column in columns)] for layer in report.layers
        )
    yield text.getvalue()


def _of_estimates(reports: Sequence[Report], view: View) -> list[Column]:
    shown = {column.field for column in view.columns}
    marks = {column.estimate for column in view.columns if column.estimate} - shown
    known = {column.field: column for report in reports for column in report.columns}
    return [known[mark] for mark in marks if any(layer.costs[mark] for report in reports for layer in report.layers)]
