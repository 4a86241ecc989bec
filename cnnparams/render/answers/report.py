"""Reports: a layer table, its totals and what has to be said of these, for each network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.report import Column, Kind, LayerReport, Report, Total
from cnnparams.render.answer import Answer
from cnnparams.render.documents import document, layer_a_line
from cnnparams.render.sections import Estimated, Fact, Facts, Note, Section, Table
from cnnparams.render.view import Layout


class ReportAnswer(Answer):
    """Networks, layer by layer in these columns."""

    json = staticmethod(layer_a_line)

    def __init__(self, reports: Sequence[Report], columns: Sequence[Column]) -> None:
        self.reports = reports
        self.columns = columns

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield each network's table and totals, an optional total only where it is not 0."""
        heads = tuple(map(_heading, self.columns))
        for report in self.reports:
            totals = [total for total in report.totals if report.costs[total.field] or not total.optional]
            yield Table(heads, (self._row(layer) for layer in report.layers), title=report.name)
            yield Facts(tuple(_fact(report, total) for total in totals))
            yield from (Note((total.note,)) for total in totals if total.note)

    def records(self, layout: Layout) -> Table:
        """Return a row for each layer, the name of its network first; where some are estimates, a last column tells."""
        columns = [*self.columns, *self._of_estimates()]
        rows = (
            Row((report.name, *(getattr(layer, column.field) for column in columns)))
            for report in self.reports
            for layer in report.layers
        )
        return Table((Heading("network", "Network", Kind.TEXT), *map(_heading, columns)), rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield version 1 of the JSON contract for each network."""
        return (document(report, layout) for report in self.reports)

    def _row(self, layer: LayerReport) -> Row:
        return Row(tuple([_cell(layer, column) for column in self.columns]))

    def _of_estimates(self) -> list[Column]:
        shown = {column.field for column in self.columns}
        marks = {column.estimate for column in self.columns if column.estimate} - shown
        known = {column.field: column for report in self.reports for column in report.columns}
        layers = [layer for report in self.reports for layer in report.layers]
        return [known[mark] for mark in marks if any(layer.costs[mark] for layer in layers)]


def _heading(column: Column) -> Heading:
    return Heading(column.key, column.title, column.kind)


def _cell(layer: LayerReport, column: Column) -> Any:
    value = getattr(layer, column.field)
    return Estimated(value) if column.estimate and getattr(layer, column.estimate) else value


def _fact(report: Report, total: Total) -> Fact:
    value = report.costs[total.field]
    is_estimate = total.estimate and report.costs[total.estimate]
    return Fact(total.title, Estimated(value) if is_estimate else value, total.kind)
