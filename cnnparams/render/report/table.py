"""The layer table in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from cnnparams.engine.reports.report import Column, Report
from cnnparams.render import cells
from cnnparams.render.screen import console_for
from cnnparams.render.stamp import Head, captured, stamp
from cnnparams.render.totals import notes, total_lines
from cnnparams.render.view import View

_TOTALS_WIDTH = 80
_STYLES = {"layer": "cyan", "params": "bold"}


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield each network's title, table and totals: in a terminal's width, elsewhere as wide as they need."""
    console = console_for(view.stream)
    heads = [_head(column) for column in view.columns]
    for i, report in enumerate(reports):
        rows = [[cells.text(layer, column, view.layout) for column in view.columns] for layer in report.layers]
        table = stamp(console, report.name, heads, rows)
        yield "\n" if i else ""
        yield table.above
        yield from map(table.stamp, rows)
        yield table.below
        yield captured(console, _totals(report), _TOTALS_WIDTH)
        yield from (f"\n{note}\n" for note in notes(report))


def _head(column: Column) -> Head:
    return Head(column.title, column.kind in cells.RIGHT_ALIGNED, _STYLES.get(column.key))


def _totals(report: Report) -> Table:
    grid = Table.grid(padding=(0, 3))
    grid.add_column()
    grid.add_column(justify="right", style="bold")
    for row in total_lines(report):
        grid.add_row(*row)
    return grid
