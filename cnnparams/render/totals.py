"""The totals that stand below a table."""

from __future__ import annotations

from cnnparams.engine.reports.report import Report, Total
from cnnparams.render import cells
from cnnparams.render.view import HWC


def total_lines(report: Report) -> list[tuple[str, str]]:
    """Return title and text of each total, ~ before an estimate; an optional one only where it is not 0."""
    return [(total.title, _text(report, total)) for total in _shown(report)]


def notes(report: Report) -> list[str]:
    """Return what has to be said of the totals."""
    return [total.note for total in _shown(report) if total.note]


def _shown(report: Report) -> list[Total]:
    return [total for total in report.totals if report.costs[total.field] or not total.optional]


def _text(report: Report, total: Total) -> str:
    written = cells.write(report.costs[total.field], total.kind, HWC)
    return cells.estimated(written) if total.estimate and report.costs[total.estimate] else written
