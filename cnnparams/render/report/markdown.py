"""Markdown: a heading, a table and a list of totals for each network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams import inert
from cnnparams.engine.reports.report import Report
from cnnparams.render import cells
from cnnparams.render.markdown import table
from cnnparams.render.totals import notes, total_lines
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield each network's heading, table and totals."""
    for i, report in enumerate(reports):
        rows = (
            [inert.markdown(cells.text(layer, column, view.layout)) for column in view.columns]
            for layer in report.layers
        )
        heads = [(column.title, column.kind in cells.RIGHT_ALIGNED) for column in view.columns]
        summed = "".join(f"- {label}: {text}\n" for label, text in total_lines(report))
        gap = "\n" if i else ""
        said = "".join(f"\n{inert.markdown(note)}\n" for note in notes(report))
        yield f"{gap}## {inert.markdown(report.name)}\n\n{table(heads, rows)}\n{summed}{said}"
