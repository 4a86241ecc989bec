"""The summary as JSON: an array with an object for each network, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render.json_document import encode
from cnnparams.render.side_by_side import grid
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield the array."""
    headings, rows = grid(reports)
    objects = (
        {heading.key: encode(value, heading.kind, view.layout) for heading, value in zip(headings, row, strict=True)}
        for row in rows
    )
    yield "[\n" + ",\n".join(f"  {json.dumps(item)}" for item in objects) + "\n]\n"
