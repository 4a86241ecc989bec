"""CSV: a row for each layer, the name of its network first; numbers without separators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnnparams.engine.reports.report import Column, Report
from cnnparams.render import cells
from cnnparams.render.spreadsheet import lines
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a header and all rows; where some are estimates, a column behind the others says which."""
    columns = [*view.columns, *_of_estimates(reports, view)]
    heads = ["network", *(column.key for column in columns)]
    yield lines([heads, *(row for report in reports for row in _rows(report, columns, view))])


def _rows(report: Report, columns: Sequence[Column], view: View) -> Iterator[list[Any]]:
    for layer in report.layers:
        yield [report.name, *(cells.data(layer, column, view.layout) for column in columns)]


def _of_estimates(reports: Sequence[Report], view: View) -> list[Column]:
    shown = {column.field for column in view.columns}
    marks = {column.estimate for column in view.columns if column.estimate} - shown
    known = {column.field: column for report in reports for column in report.columns}
    return [known[mark] for mark in marks if any(layer.costs[mark] for report in reports for layer in report.layers)]
