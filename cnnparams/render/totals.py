"""The totals that stand below a table."""

from __future__ import annotations

from cnnparams.engine.report import Report
from cnnparams.render import cells


def totals(report: Report) -> list[tuple[str, str]]:
    """Return label and text of each total; buffers only where there are any."""
    buffers = [("Buffers", f"{report.buffers:,}")] if report.buffers else []
    return [
        ("Total parameters", f"{report.total_params:,}"),
        ("Trainable", f"{report.trainable_params:,}"),
        ("Frozen", f"{report.frozen_params:,}"),
        *buffers,
        ("Size in float32", cells.size(report.float32_bytes)),
        ("MACs", f"{report.total_macs:,}"),
    ]
