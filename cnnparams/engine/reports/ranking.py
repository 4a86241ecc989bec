"""Layers in another order than that in which they run: by a column, and perhaps the first of them alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from cnnparams.engine.costs.quantity import NUMBERS, Column, Kind, magnitude
from cnnparams.engine.reports.report import LayerReport, Report

R = TypeVar("R", bound=Report)

_ORDERED = NUMBERS | {Kind.TEXT, Kind.SHAPE, Kind.FIELD, Kind.PER_AXIS}


def has_order(column: Column) -> bool:
    """Tell whether layers have an order by a column: names and types have one, as have numbers and sizes of shapes."""
    return column.kind in _ORDERED


class Ranking(NamedTuple):
    """Which layers are told of, and in which order: by a column, or as they run; all of them, or the first `top`."""

    column: Column | None = None
    descending: bool = False
    top: int | None = None

    def of(self, report: R) -> R:
        """Return the report with its layers in this order; those without a value come last. Totals stay."""
        layers = report.layers if self.column is None else self._ordered(report.layers, self.column)
        return replace(report, layers=tuple(layers[: self.top]))

    def told(self, report: Report) -> str | None:
        """Say how many layers are told of, where that is not all; None where it is."""
        count = len(report.layers)
        if self.top is None or self.top >= count:
            return None
        by = f", by {self.column.title}" if self.column else ""
        return f"{self.top:,} of {count:,} layers{by}."

    def _ordered(self, layers: tuple[LayerReport, ...], column: Column) -> list[LayerReport]:
        placed = [(_sortable(getattr(layer, column.field), column.kind), layer) for layer in layers]
        known = [pair for pair in placed if pair[0] is not None]
        known.sort(key=_value, reverse=self.descending)
        return [*(layer for _, layer in known), *(layer for value, layer in placed if value is None)]


AS_THEY_RUN = Ranking()


def _sortable(value: Any, kind: Kind) -> Any:
    if kind is Kind.TEXT:
        return value
    return value.size if kind is Kind.SHAPE else magnitude(value, kind)


def _value(pair: tuple[Any, LayerReport]) -> Any:
    return pair[0]
