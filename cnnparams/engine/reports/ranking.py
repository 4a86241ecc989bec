"""Rows in another order than their own: by a column, and perhaps the first of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from cnnparams.engine.costs.quantity import NUMBERS, Column, Heading, Kind, Total, magnitude
from cnnparams.engine.reports.report import Layers, Report

T = TypeVar("T")

_ORDERED = NUMBERS | {Kind.TEXT, Kind.SHAPE, Kind.FIELD, Kind.PER_AXIS}


def has_order(column: Column) -> bool:
    """Tell whether layers have an order by a column: names and types have one, as have numbers and sizes of shapes."""
    return column.kind in _ORDERED


class Ranking(NamedTuple):
    """Which rows are told of, and in which order: by a column, or as they come; all of them, or the first `top`."""

    column: Column | Total | Heading | None = None
    descending: bool = False
    top: int | None = None

    @property
    def field(self) -> str:
        """What the value of the column is called in a report; nothing where there is no column."""
        column = self.column
        return "" if column is None else column.key if isinstance(column, Heading) else column.field

    @property
    def words(self) -> tuple[str, ...]:
        """The word of the column, if there is one that is measured."""
        return () if self.column is None or isinstance(self.column, Heading) else (self.column.called,)

    def rank(self, items: Iterable[T], value: Callable[[T], Any]) -> list[T]:
        """Return the items in this order; those without a value come last."""
        found = list(items) if self.column is None else self._ordered(items, value, self.column.kind)
        return found[: self.top]

    def of(self, report: Report) -> Report:
        """Return the report with its layers in this order. Totals stay."""
        return replace(report, layers=Layers(self.rank(report.layers, lambda layer: getattr(layer, self.field))))

    def told(self, count: int, rows: str = "layers") -> str | None:
        """Say how many rows are told of, where that is not all; None where it is."""
        if self.top is None or self.top >= count:
            return None
        title = getattr(self.column, "short", None) or (self.column and self.column.title)
        by = f", by {title}" if title else ""
        return f"{self.top:,} of {count:,} {rows}{by}."

    def _ordered(self, items: Iterable[T], value: Callable[[T], Any], kind: Kind) -> list[T]:
        placed = [(_sortable(value(item), kind), item) for item in items]
        known = [pair for pair in placed if pair[0] is not None]
        known.sort(key=_first, reverse=self.descending)
        return [*(item for _, item in known), *(item for found, item in placed if found is None)]


AS_THEY_RUN = Ranking()


class LayerTable(NamedTuple):
    """How the layers of a report are told of: in these columns, and in this order, of these that it has in all.

    Usual columns all stay, and others join them where there is room.
    """

    columns: tuple[Column, ...]
    ranking: Ranking
    every: Layers
    is_usual: bool = False


def _sortable(value: Any, kind: Kind) -> Any:
    if kind is Kind.TEXT:
        return value
    return value.size if kind is Kind.SHAPE else magnitude(value, kind)


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]
