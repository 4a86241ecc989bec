"""Networks side by side, whatever the format: columns, and a row of values for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cnnparams.engine.report import Kind, Report, totals


class Column(NamedTuple):
    """A column of a summary: the key that programs read, its title, what it holds, and the report's field."""

    key: str
    title: str
    kind: Kind
    field: str


def columns() -> tuple[Column, ...]:
    """Return name, input and the totals that have a short title."""
    short = (Column(total.field, total.short, total.kind, total.field) for total in totals() if total.short)
    shape = Column("input_shape", "Input", Kind.SHAPE, "input_shape")
    return (Column("name", "Network", Kind.TEXT, "name"), shape, *short)


def rows(reports: Sequence[Report]) -> Iterator[list[Any]]:
    """Yield the values of each network."""
    for report in reports:
        yield [getattr(report, column.field) for column in columns()]
