"""HTML for notebooks: the table of a report and its totals, with no style of its own but alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.reports.report import Column, Report
from cnnparams.inert import html
from cnnparams.render import cells
from cnnparams.render.totals import notes, total_lines
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield a table for each network."""
    for report in reports:
        titles = "".join(_cell("th", column, column.title) for column in view.columns)
        head = f"<thead><tr>{titles}</tr></thead>"
        rows = (
            "".join(_cell("td", column, cells.text(layer, column, view.layout)) for column in view.columns)
            for layer in report.layers
        )
        body = "".join(f"<tr>{row}</tr>\n" for row in rows)
        summed = "<br>\n".join(f"{label}: <b>{text}</b>" for label, text in total_lines(report))
        caption = f"<caption>{html(report.name)}</caption>"
        yield f"<table>\n{caption}\n{head}\n<tbody>\n{body}</tbody>\n</table>\n<p>{summed}</p>\n"
        yield "".join(f"<p>{html(note)}</p>\n" for note in notes(report))


def _cell(tag: str, column: Column, text: str) -> str:
    align = "right" if column.kind in cells.RIGHT_ALIGNED else "left"
    return f'<{tag} style="text-align: {align}">{html(text)}</{tag}>'
