"""Verdicts as text: a line for each budget that is broken, and nothing where all are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.engine.choosing.check import Balance, Verdict
from cnnparams.render.balance import sentence
from cnnparams.render.view import View


def render(verdicts: Sequence[Verdict], view: View) -> Iterator[str]:
    """Yield the lines, each with its place: that of the budget, or the file where the limit is of the command line."""
    for verdict in verdicts:
        yield from (f"{_where(verdict, balance)}{verdict.name}: {sentence(balance)}\n" for balance in verdict.broken)


def _where(verdict: Verdict, balance: Balance) -> str:
    where = balance.limit.place or (verdict.place and verdict.place.source)
    return f"{where}: " if where else ""
