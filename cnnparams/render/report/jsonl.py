"""JSON Lines: one document a line, whatever the number of specs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.reports.report import Report
from cnnparams.inert import to_json
from cnnparams.render.json_document import document
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield each report on a line of its own."""
    for report in reports:
        yield to_json(document(report, view.layout)) + "\n"
