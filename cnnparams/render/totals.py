"""The totals that stand below a table."""

from __future__ import annotations

from cnnparams.engine.report import Report
from cnnparams.render import cells
from cnnparams.render.view import HWC


def total_lines(report: Report) -> list[tuple[str, str]]:
    """Return title and text of each total; an optional one only where it is not 0."""
    values = ((total, report.costs[total.field]) for total in report.totals)
    return [
        (total.title, cells.write(value, total.kind, HWC)) for total, value in values if value or not total.optional
    ]
