"""CSV: a row for each layer, the name of its network first; numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a header and all rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["network", *(column.key for column in view.columns)])
    for report in reports:
        writer.writerows(
            [report.name, *(cells.data(layer, column, view.layout) for column in view.columns)]
            for layer in report.layers
        )
    yield text.getvalue()
