"""What every format says of a budget that is broken, and of the layers that weigh most."""

from __future__ import annotations

from fractions import Fraction

from cnnparams.engine.choosing.check import Balance, Weight
from cnnparams.render import cells
from cnnparams.render.view import HWC


def sentence(balance: Balance) -> str:
    """Return what a total is, what it may be, and which layers weigh most in it."""
    total, most = balance.limit.total, balance.limit.most
    value, excess = (cells.amount(exact or Fraction(), total.kind) for exact in (balance.value, balance.excess))
    origin = "budget" if balance.limit.place else "--max"
    value = f"{value} (an estimate)" if balance.is_estimate else value
    fact = f"{total.word}: {value} is {excess} over the {origin} of {cells.amount(most, total.kind)}"
    heaviest = ", ".join(f"{weight.name} {weighing(weight)}" for weight in balance.heaviest)
    return f"{fact}; heaviest: {heaviest}" if heaviest else fact


def weighing(weight: Weight) -> str:
    """Return what a layer weighs, and the share of the total that this is."""
    written = cells.write(weight.value, weight.column.kind, HWC)
    return written if weight.share is None else f"{written} ({weight.share:.1%})"
