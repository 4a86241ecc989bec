"""Memory as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from cnnparams.engine.reports.memory import Memory
from cnnparams.inert import to_json
from cnnparams.render import memory_notes as notes
from cnnparams.render.view import View

SCHEMA_VERSION = 1


def render(memory: Memory, view: View) -> Iterator[str]:
    """Yield one document; the totals have the keys that the report gives them."""
    report, setting = memory.report, memory.setting
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": report.name,
        "batch": setting.batch,
        "dtype": setting.dtype,
        "optimizer": setting.optimizer,
        **report.costs,
        "alive_at_peak": [asdict(alive) for alive in memory.alive],
        "timeline": [{"name": layer.name, "live_bytes": layer.live_bytes} for layer in report.layers],
        "uncertain": list(memory.uncertain),
        "fit": asdict(memory.fit) if memory.fit else None,
        "int8": _int8(memory),
        "left_out": notes.left_out(memory),
    }
    yield to_json(document, indent=2) + "\n"


def _int8(memory: Memory) -> dict[str, Any] | None:
    small, device, room = memory.int8, memory.device, memory.room
    if small is None:
        return None
    parts = {name: value for name, value in small._asdict().items() if name.endswith("_bytes")}
    fitting = {"device": device._asdict(), "fits": room.fits, "left": room._asdict()} if device and room else {}
    slots = [{"name": slot.name, "offset": slot.offset, "bytes": slot.bytes} for slot in small.slots]
    return {"flash_bytes": small.flash_bytes, "sram_bytes": small.sram_bytes, **parts, **fitting, "arena": slots}
