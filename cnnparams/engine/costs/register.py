"""What a network costs: a module for each kind of cost, which reads the graph and gives numbers per layer and in total.

A module declares ALWAYS, whether it is measured even where nobody asks for it; NEEDS, what a setting must say before
it can be measured at all, where that is not always so; COLUMNS and TOTALS, what it gives; measure(graph, setting),
which gives it; and AT_OTHER_SIZES, how its totals follow from those of the same layers at other sizes, where they do.
All else follows from that.

A total that cannot be measured is an error, which names what is missing. One that does not apply to a network (the
receptive field where there is no image) is None: it breaks no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from cnnparams.engine.costs.quantity import Column, Total
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.resized import Resized
from cnnparams.engine.setting import USUAL, Need, Setting
from cnnparams.errors import CnnparamsError, quote, suggest

COSTS = (
    "parameters",
    "computation",
    "storage",
    "activations",
    "training",
    "receptive_field",
    "layers",
    "samples",
)
"""The kinds of cost, a module each, in the order of tables."""

Totals = tuple[Any, ...]


class Measured(NamedTuple):
    """The values of COLUMNS for each node, and those of TOTALS."""

    rows: Sequence[tuple[Any, ...]]
    totals: Totals


class UnknownTotalError(CnnparamsError):
    """A word that names no total; `hint` has a guess."""

    def __init__(self, word: str, known: Iterable[str]) -> None:
        words = list(known)
        guess = suggest(word, words)
        self.hint = f"did you mean {quote(guess)}?" if guess else f"known are {', '.join(words)}"
        super().__init__(f"nothing that is measured is called {quote(word)}")


class UnmeasuredError(CnnparamsError):
    """Something is asked for that a setting says too little for."""

    def __init__(self, word: str, need: Need) -> None:
        super().__init__(f"{word} is not measured without {need.words}: give {need.option}")


AtOtherSizes = Callable[[Totals, Resized], Totals]
"""Returns the totals of a network at other sizes, given those that it had before."""


def same(before: Totals, network: Resized) -> Totals:
    """Return the totals as they were: they are those of the layers, whatever enters."""
    return before


class Cost(Protocol):
    """A kind of cost."""

    ALWAYS: bool
    NEEDS: Need | None
    COLUMNS: tuple[Column, ...]
    TOTALS: tuple[Total, ...]
    AT_OTHER_SIZES: AtOtherSizes | None

    def measure(self, graph: Graph, setting: Setting) -> Measured:
        """Return what the nodes of a graph cost in a setting."""


@cache
def every_cost() -> tuple[Cost, ...]:
    """Return every kind of cost, in the order of tables."""
    return tuple(cast("Cost", import_module(f"cnnparams.engine.costs.{name}")) for name in COSTS)


def costs_of(fields: Collection[str], setting: Setting) -> tuple[Cost, ...]:
    """Return the kinds of cost that are always measured, those that give any of these fields, and those asked for.

    A setting that says what a cost needs asks for it. Raise UnmeasuredError as `costs_giving` does.
    """
    asked = costs_giving(fields, setting)
    return tuple(cost for cost in every_cost() if cost.ALWAYS or cost in asked or (cost.NEEDS and _met(cost, setting)))


def costs_giving(fields: Collection[str], setting: Setting) -> tuple[Cost, ...]:
    """Return the kinds of cost that give any of these fields; raise UnmeasuredError where a setting says too little."""
    found = tuple(cost for cost in every_cost() if any(quantity.field in fields for quantity in _given(cost)))
    for cost in found:
        if cost.NEEDS and not _met(cost, setting):
            asked = next(quantity for quantity in _given(cost) if quantity.field in fields)
            raise UnmeasuredError(asked.called, cost.NEEDS)
    return found


def measurable(totals: Iterable[Total], setting: Setting) -> list[Total]:
    """Return the totals; raise UnmeasuredError for the first that a setting says too little for."""
    found = list(totals)
    costs_giving([total.field for total in found], setting)
    return found


def totals() -> dict[str, Total]:
    """Return every total that has a word, by it."""
    return {total.word: total for cost in every_cost() for total in cost.TOTALS if total.word}


def short_totals(setting: Setting = USUAL) -> list[Total]:
    """Return the totals that stand side by side, but for those that a setting says too little for."""
    return [total for cost in every_cost() if _met(cost, setting) for total in cost.TOTALS if total.short]


def folded(word: str) -> str:
    """Return the word of a total as it is known: - and _ are the same, as are capitals and small letters."""
    return word.strip().casefold().replace("_", "-")


def find_total(word: str) -> Total:
    """Return the total of a word, however it is spelt; raise UnknownTotalError where there is none."""
    known = totals()
    found = known.get(folded(word))
    if found is None:
        raise UnknownTotalError(word, known)
    return found


def with_estimates(shown: Iterable[Total]) -> tuple[Total, ...]:
    """Return totals, and behind them those that say which of them are estimates, where they may be."""
    shown = tuple(shown)
    known = {total.field: total for cost in every_cost() for total in cost.TOTALS}
    return (*shown, *dict.fromkeys(known[total.estimate] for total in shown if total.estimate))


def _given(cost: Cost) -> tuple[Column | Total, ...]:
    return (*cost.COLUMNS, *cost.TOTALS)


def _met(cost: Cost, setting: Setting) -> bool:
    return cost.NEEDS is None or cost.NEEDS.is_met(setting)
