"""Networks side by side, whatever the format: columns, and a row of values for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnnparams.engine.report import Kind, Report


class Heading(NamedTuple):
    """A column: the key that programs read, which is the report's field, its title, and what it holds."""

    key: str
    title: str
    kind: Kind


class Grid(NamedTuple):
    """The columns, and a row of values for each network."""

    headings: tuple[Heading, ...]
    rows: list[list[Any]]


def grid(reports: Sequence[Report]) -> Grid:
    """Return name, input and the totals that have a short title."""
    totals = reports[0].totals if reports else ()
    short = (Heading(total.field, total.short, total.kind) for total in totals if total.short)
    own = (Heading("name", "Network", Kind.TEXT), Heading("input_shape", "Input", Kind.SHAPE))
    headings = (*own, *short)
    return Grid(headings, [[getattr(report, heading.key) for heading in headings] for report in reports])
