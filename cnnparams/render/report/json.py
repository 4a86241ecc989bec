"""JSON: one spec as a document with a layer a line; several specs as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from cnnparams.engine.report import Report
from cnnparams.render.json_document import document
from cnnparams.render.report import jsonl
from cnnparams.render.view import View


def render(reports: Sequence[Report], view: View) -> Iterator[str]:
    """Yield one document, or a line for each of several."""
    if len(reports) > 1:
        yield from jsonl.render(reports, view)
        return
    parts = document(reports[0], view.layout)
    # A layer a line, not json's indent: readable, easy to grep, and json's C encoder does the work.
    at = list(parts).index("layers")
    layers = ",\n".join(f"    {json.dumps(layer)}" for layer in parts.pop("layers"))
    before, after = list(parts.items())[:at], list(parts.items())[at:]
    lines = [*map(_member, before), f'  "layers": [\n{layers}\n  ]', *map(_member, after)]
    yield "{\n" + ",\n".join(lines) + "\n}\n"


def _member(item: tuple[str, object]) -> str:
    return f"  {json.dumps(item[0])}: {json.dumps(item[1])}"
