"""A grid: networks, or points of a sweep, side by side; rows as soon as they are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.reports.comparison import Comparison
from cnnparams.engine.reports.grid import Grid, Heading, Row
from cnnparams.engine.reports.report import Report
from cnnparams.render.answer import Answer
from cnnparams.render.cells import RIGHT_ALIGNED
from cnnparams.render.documents import encode
from cnnparams.render.sections import Note, Scatter, Section, Table
from cnnparams.render.view import Layout


class GridAnswer(Answer):
    """Rows side by side, and perhaps a plot of them."""

    def __init__(self, grid: Grid, plot: Scatter | None = None, option: str = "") -> None:
        """Take a grid, and the option that chooses its columns where the command has one."""
        self.grid = grid
        self.option = option
        self.plot = plot

    @classmethod
    def of(cls, found: Any) -> GridAnswer:
        """Return what shows networks side by side, or what else has a grid."""
        is_plotted = isinstance(found, Comparison) and found.is_plotted
        return cls(found.grid, plot_of(found.reports) if is_plotted else None, "--columns")

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield the table, what has to be said of it, and the plot."""
        grid = self.grid
        yield Table(grid.headings, grid.rows, widest=grid.widest, option=self.option)
        yield from (Note((note,)) for note in grid.notes)
        if self.plot:
            yield self.plot

    def records(self, layout: Layout) -> Table:
        """Return the rows, with ratios to the first row as columns behind the others."""
        grid = self.grid
        related = [i for i, kind in enumerate(grid.kinds) if grid.is_compared and kind in RIGHT_ALIGNED]
        compared = [grid.headings[i] for i in related]
        ratios = (Heading(f"{head.key}_ratio", f"{head.title}, ratio", Kind.RATIO) for head in compared)
        rows = (Row((*row.values, *(row.ratios[i] for i in related))) for row in grid.rows)
        return Table((*grid.headings, *ratios), rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield an object for each record."""
        heads, rows, *_ = self.records(layout)
        for row in rows:
            pairs = zip(heads, row.values, strict=True)
            yield {head.key: encode(value, head.kind, layout) for head, value in pairs}


def plot_of(reports: Sequence[Report]) -> Scatter:
    """Return networks as points: parameters against MACs."""
    points = tuple((report.name, int(report.total_params), int(report.total_macs)) for report in reports)
    return Scatter(points, "parameters", "MACs")
