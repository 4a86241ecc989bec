"""The summary as CSV, numbers without separators."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.side_by_side import grid
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a header and a row for each network."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    headings, rows = grid(reports)
    writer.writerow([heading.key for heading in headings])
    kinds = [heading.kind for heading in headings]
    writer.writerows(map(cells.plain, row, kinds, [view.layout] * len(kinds)) for row in rows)
    yield text.getvalue()
