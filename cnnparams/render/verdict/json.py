"""Verdicts as JSON: one network as a document, several as JSON Lines; what is kept is there too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnnparams.engine.choosing.check import Balance, Verdict, Weight
from cnnparams.engine.costs.quantity import number
from cnnparams.errors import Place
from cnnparams.inert import to_json
from cnnparams.render.json_document import encode
from cnnparams.render.view import Layout, View

SCHEMA_VERSION = 1


def render(verdicts: Sequence[Verdict], view: View) -> Iterator[str]:
    """Yield a document for each network."""
    indent = 2 if len(verdicts) == 1 else None
    for verdict in verdicts:
        yield to_json(_document(verdict, view.layout), indent=indent) + "\n"


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
    return {"line": place and place.line, "column": place and place.column}
