"""JSON: one spec as a document with a layer a line; several specs as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.reports.report import Report
from cnnparams.render.json_document import document, laid_out
from cnnparams.render.report import jsonl
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield one document, or a line for each of several."""
    if len(reports) > 1:
        yield from jsonl.render(reports, view)
        return
    yield laid_out(document(reports[0], view.layout))
