"""Verdicts: each budget that is broken, and the layers that weigh most; what is kept is told to programs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from cnnparams.engine.choosing.check import Balance, Verdict, Weight
from cnnparams.engine.costs.quantity import Kind, number
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.errors import Place
from cnnparams.render import cells
from cnnparams.render.answer import Answer
from cnnparams.render.documents import encode, indented
from cnnparams.render.sections import Items, Section, Table
from cnnparams.render.view import HWC, Layout

SCHEMA_VERSION = 1
_RECORD = ("network", "total", "value", "limit", "excess", "kept", "is_estimate", "heaviest")


class VerdictAnswer(Answer):
    """Networks and their budgets."""

    json = staticmethod(indented)

    def __init__(self, verdicts: Sequence[Verdict], limit: str = "--max", *, is_quiet: bool = True) -> None:
        """Take verdicts, what a limit is called that no spec sets, and whether what is kept goes untold."""
        self.verdicts = verdicts
        self._limit = limit
        self._is_quiet = is_quiet

    @classmethod
    def of(cls, found: Verdict) -> VerdictAnswer:
        """Return what shows one."""
        return cls([found], "limit", is_quiet=False)

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield a line for each budget that is broken, and nothing where all are kept.

        Each begins with its place: that of the budget, or the file where the limit is of the command line.
        """
        told = [
            (verdict, balance)
            for verdict in self.verdicts
            for balance in (verdict.broken if self._is_quiet or verdict.broken else verdict.balances)
        ]
        if told:
            yield Items(tuple(f"{_where(*each)}{each[0].name}: {sentence(each[1], self._limit)}" for each in told))
        elif not self._is_quiet:
            yield Items(tuple(f"{verdict.name}: no limit to keep" for verdict in self.verdicts))

    def records(self, layout: Layout) -> Table:
        """Return a row for each budget, those that are kept too."""
        kinds = {"value": Kind.VALUE, "limit": Kind.VALUE, "excess": Kind.VALUE}
        kinds |= {"kept": Kind.FLAG, "is_estimate": Kind.FLAG}
        heads = tuple(Heading(key, key.capitalize(), kinds.get(key, Kind.TEXT)) for key in _RECORD)
        rows = (Row(_record(verdict, balance, layout)) for verdict in self.verdicts for balance in verdict.balances)
        return Table(heads, rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield a document for each network."""
        return (_document(verdict, layout) for verdict in self.verdicts)


def sentence(balance: Balance, limit: str = "--max") -> str:
    """Return what a total is, what it may be, and which layers weigh most in it where that is too much."""
    total, most = balance.limit.total, balance.limit.most
    value, excess = (cells.amount(exact or Fraction(), total.kind) for exact in (balance.value, balance.excess))
    origin = "budget" if balance.limit.place else limit
    value = "none" if balance.value is None else f"{value} (an estimate)" if balance.is_estimate else value
    relation = "within" if balance.is_kept else f"{excess} over"
    fact = f"{total.word}: {value} is {relation} the {origin} of {cells.amount(most, total.kind)}"
    heaviest = ", ".join(f"{weight.name} {weighing(weight)}" for weight in balance.heaviest)
    return f"{fact}; heaviest: {heaviest}" if heaviest else fact


def weighing(weight: Weight) -> str:
    """Return what a layer weighs, and the share of the total that this is."""
    written = cells.write(weight.value, weight.column.kind, HWC)
    return written if weight.share is None else f"{written} ({weight.share:.1%})"


def _where(verdict: Verdict, balance: Balance) -> str:
    where = balance.limit.place or (verdict.place and verdict.place.source)
    return f"{where}: " if where else ""


def _record(verdict: Verdict, balance: Balance, layout: Layout) -> tuple[Any, ...]:
    told = _balance(balance, layout)
    heaviest = ", ".join(f"{weight.name} {weighing(weight)}" for weight in balance.heaviest)
    return (verdict.name, *(told[key] for key in _RECORD[1:-1]), heaviest)


def _document(verdict: Verdict, layout: Layout) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "name": verdict.name,
        "source": verdict.place and verdict.place.source,
        "kept": not verdict.broken,
        "budgets": [_balance(balance, layout) for balance in verdict.balances],
    }


def _balance(balance: Balance, layout: Layout) -> dict[str, Any]:
    limit = balance.limit
    return {
        "total": limit.total.word,
        "value": None if balance.value is None else number(balance.value),
        "limit": number(limit.most),
        "excess": None if balance.excess is None else number(balance.excess),
        "kept": balance.is_kept,
        "is_estimate": balance.is_estimate,
        "origin": "budget" if limit.place else "--max",
        **_place(limit.place),
        "heaviest": [_weight(weight, layout) for weight in balance.heaviest],
    }


def _weight(weight: Weight, layout: Layout) -> dict[str, Any]:
    measured = {weight.column.field: encode(weight.value, weight.column.kind, layout)}
    return {"name": weight.name, **measured, "share": weight.share, **_place(weight.place)}


def _place(place: Place | None) -> dict[str, int | None]:
    return {"line": place and (place.line or None), "column": place and (place.column or None)}
