"""Memory as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from cnnparams.engine.memory import Memory
from cnnparams.render import memory_notes as notes
from cnnparams.render.view import View

SCHEMA_VERSION = 1


def render(memory: Memory, view: View) -> Iterator[str]:
    """Yield one document; the totals have the keys that the report gives them."""
    report = memory.report
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": report.name,
        **memory.setting._asdict(),
        **report.costs,
        "alive_at_peak": [asdict(alive) for alive in memory.alive],
        "timeline": [{"name": layer.name, "live_bytes": layer.live_bytes} for layer in report.layers],
        "fit": asdict(memory.fit) if memory.fit else None,
        "left_out": notes.left_out(memory),
    }
    yield json.dumps(document, indent=2) + "\n"
