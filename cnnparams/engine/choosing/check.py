"""Graph -> Verdict: whether a network keeps its budget, and which layers weigh most where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from cnnparams.engine.choosing.budget import measurable_limits
from cnnparams.engine.costs.quantity import NUMBERS, Column, Limit, Total, exactly, magnitude
from cnnparams.engine.costs.register import place_of
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report, find_column
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.engine.shown import Shown
from cnnparams.errors import Place, Problem
from cnnparams.schema.source import Document

_MOST_TOLD = 3


class Weight(NamedTuple):
    """A layer, what it weighs in a column, its place, and its share of the total where a total has shares."""

    name: str
    column: Column
    value: Any
    share: float | None
    place: Place | None


class Balance(NamedTuple):
    """A total beside its limit and, where it is over, the layers that weigh most in it.

    The value is None where the network has none (no receptive field without an image), which no limit forbids.
    """

    limit: Limit
    value: Fraction | None
    heaviest: tuple[Weight, ...] = ()
    is_estimate: bool = False

    @property
    def excess(self) -> Fraction | None:
        """What the value is above the limit; below, it is negative."""
        return None if self.value is None else self.value - self.limit.most

    @property
    def is_kept(self) -> bool:
        """Whether the total is within its limit; it may be as much."""
        return self.excess is None or self.excess <= 0


@dataclass(frozen=True, slots=True, repr=False)
class Verdict(Shown):
    """A network and its balances, the tighter first where two limit the same.

    `place` is where its layers begin; None for what comes with the tool, and is not the user's to change.
    """

    name: str
    place: Place | None
    balances: tuple[Balance, ...]

    def __bool__(self) -> bool:
        return not self.broken

    @property
    def broken(self) -> tuple[Balance, ...]:
        """What is over its limit."""
        return tuple(balance for balance in self.balances if not balance.is_kept)

    def remarks(self, give: str) -> Iterator[Problem]:
        """Yield what a quiet success would hide; `give` is how to give a limit."""
        source = self.place.source if self.place else self.name
        if not self.balances:
            yield Problem("warning: no budget, so only the spec itself was checked", source=source, hint=give)
        for balance in (each for each in self.balances if each.is_estimate and each.is_kept):
            yield Problem(f"warning: {balance.limit.total.word} of {self.name} is an estimate", source=source)
        missing = (balance.limit.total for balance in self.balances if balance.value is None)
        yield from (kept_without(total, self.name, source) for total in missing)


def kept_without(total: Total, name: str, source: str) -> Problem:
    """Return the remark that a network has no such total, which no limit of it forbids."""
    return Problem(f"warning: {name} has no {total.word}, so it is within any budget", source=source)


def check(graph: Graph, limits: Iterable[Limit], setting: Setting = USUAL) -> Verdict:
    """Hold a network, measured in a setting, against these limits: its own budget's, and those of whoever asks.

    Raise SpecError or UnmeasuredError for a limit of what cannot be measured in that setting.
    """
    every = measurable_limits(limits, setting)
    given = sorted(every, key=lambda limit: (place_of(limit.total), limit.most))
    weighed = [_column(limit.total).field for limit in given if limit.total.column]
    report = measure(graph, [*weighed, *(limit.total.field for limit in given)], setting)
    document = graph.document
    own = document if document and not document.source.bundled else None
    balances = tuple(_balance(graph, report, limit, own) for limit in given)
    return Verdict(graph.name, own and own.place(("layers",), key=True), balances)


def _column(total: Total) -> Column:
    """Return the column of a total that has one."""
    found = find_column(str(total.column))
    assert found is not None
    return found


def _balance(graph: Graph, report: Report, limit: Limit, document: Document | None) -> Balance:
    measured = magnitude(report.costs[limit.total.field], limit.total.kind)
    estimated = bool(limit.total.estimate and report.costs[limit.total.estimate])
    balance = Balance(limit, None if measured is None else exactly(measured), is_estimate=estimated)
    if measured is None or balance.is_kept or limit.total.column is None:
        return balance
    column = _column(limit.total)
    values = [layer.costs[column.field] for layer in report.layers]
    weights = [magnitude(value, column.kind) or 0 for value in values]
    # Where the column counts what the total has in bytes, a layer's share is that of the count.
    whole = measured if column.kind is limit.total.kind else sum(weights)
    order = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)
    heaviest = []
    for i in (i for i in order[:_MOST_TOLD] if weights[i]):
        node, share = graph.nodes[i], weights[i] / whole if column.kind in NUMBERS else None
        heaviest.append(Weight(node.name, column, values[i], share, document and document.place(node.path)))
    return balance._replace(heaviest=tuple(heaviest))
