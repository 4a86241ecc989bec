"""Reports: a layer table, its totals and what has to be said of these, for each network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.ranking import AS_THEY_RUN, LayerTable, Ranking
from cnnparams.engine.reports.report import Column, Kind, LayerReport, Report, Total, default_columns
from cnnparams.render.answer import Answer
from cnnparams.render.documents import document, layer_a_line
from cnnparams.render.sections import Estimated, Fact, Facts, Joining, Note, Section, Table
from cnnparams.render.view import Layout


class ReportAnswer(Answer):
    """Networks, layer by layer in these columns."""

    json = staticmethod(layer_a_line)

    def __init__(
        self,
        reports: Sequence[Report],
        columns: Sequence[Column],
        ranking: Ranking = AS_THEY_RUN,
        *,
        is_usual: bool = False,
        whole_shapes: bool = False,
    ) -> None:
        """Take reports with all of their layers. Usual columns all stay, and others join them where there is room."""
        self.reports = [ranking.of(report) for report in reports]
        self.columns = columns
        self._ranking = ranking
        self._all = reports
        self._is_usual = is_usual
        self._whole_shapes = whole_shapes

    @classmethod
    def of(cls, found: Report) -> ReportAnswer:
        """Return what shows a report as it was asked for."""
        table = found.table or LayerTable(default_columns(), AS_THEY_RUN, found.layers, is_usual=True)
        whole = replace(found, layers=table.every)
        return cls([whole], table.columns, table.ranking, is_usual=table.is_usual, whole_shapes=True)

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield each network's table and totals, an optional total only where it is not 0."""
        for whole, report in zip(self._all, self.reports, strict=True):
            totals = [total for total in report.totals if report.costs[total.field] or not total.optional]
            yield self._table(whole, report)
            if told := self._ranking.told(len(whole.layers)):
                yield Note((told,))
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

    def _table(self, whole: Report, report: Report) -> Table:
        return layer_table(report.layers, self.columns)._replace(
            title=report.name,
            joining=tuple(_joining(whole, report)) if self._is_usual else (),
            kept=len(self.columns) if self._is_usual else 1,
            whole_shapes=self._whole_shapes,
        )

    def _of_estimates(self) -> list[Column]:
        shown = {column.field for column in self.columns}
        marks = {column.estimate for column in self.columns if column.estimate} - shown
        known = {column.field: column for report in self.reports for column in report.columns}
        layers = [layer for report in self.reports for layer in report.layers]
        return [known[mark] for mark in marks if any(layer.costs[mark] for layer in layers)]


def layer_table(layers: Sequence[LayerReport], columns: Sequence[Column]) -> Table:
    """Return a row for each layer."""
    rows = (Row(tuple([_cell(layer, column) for column in columns])) for layer in layers)
    return Table(tuple(map(_heading, columns)), rows, option="--columns")


def _joining(whole: Report, report: Report) -> Iterator[Joining]:
    """Yield what joins the usual columns: the type, what is read that is not the layer before, and some costs."""
    types = (" + ".join(filter(None, (layer.type, layer.activation))) for layer in report.layers)
    yield Joining(Heading("type", "Type", Kind.TEXT), tuple(types), before="hyperparameters")
    usual = [whole.inputs[0].name, *(layer.name for layer in whole.layers)]
    elsewhere = {
        layer.name: layer.inputs for layer, last in zip(whole.layers, usual, strict=False) if layer.inputs != (last,)
    }
    if elsewhere:
        read = tuple(elsewhere.get(layer.name, ()) for layer in report.layers)
        yield Joining(Heading("from", "From", Kind.NAMES), read, before="input")
    for column in report.columns:
        if column.joins:
            yield Joining(_heading(column), tuple(getattr(layer, column.field) for layer in report.layers))


def _heading(column: Column) -> Heading:
    return Heading(column.key, column.title, column.kind)


def _cell(layer: LayerReport, column: Column) -> Any:
    value = getattr(layer, column.field)
    return Estimated(value) if column.estimate and getattr(layer, column.estimate) else value


def _fact(report: Report, total: Total) -> Fact:
    value = report.costs[total.field]
    is_estimate = total.estimate and report.costs[total.estimate]
    return Fact(total.title, Estimated(value) if is_estimate else value, total.kind)
