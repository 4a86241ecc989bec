"""JSON Lines: one document a line, whatever the number of specs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render.json_document import document
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield each report on a line of its own."""
    for report in reports:
        yield json.dumps(document(report, view.layout)) + "\n"
