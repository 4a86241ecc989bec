"""The largest value of a var with which a network keeps its limits, and what proves it: that value and the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from cnnparams.engine.choosing.evaluation import Outcome
from cnnparams.engine.costs.quantity import Limit, Total, magnitude
from cnnparams.engine.costs.register import with_estimates
from cnnparams.engine.shown import Shown
from cnnparams.errors import CnnparamsError


class Candidate(NamedTuple):
    """A value of the var, the network's totals there, and which limits they break; or what is wrong with it.

    The value is text where it is the shape of an input.
    """

    value: float | str
    totals: Mapping[str, Any]
    broken: tuple[Limit, ...]
    problem: str | None

    @property
    def fits(self) -> bool:
        """Whether it is a network, and keeps every limit."""
        return self.problem is None and not self.broken


class Fall(NamedTuple):
    """Where a total gets less from one value of the var to a larger one."""

    total: Total
    before: Candidate
    after: Candidate


@dataclass(frozen=True, slots=True, repr=False)
class Solution(Shown):
    """The candidates in ascending order; `best` is the number of the largest that fits, None where none does.

    `falls` has the first place where each limited total gets less: larger values may keep what smaller ones break.
    """

    name: str
    var: str
    limits: tuple[Limit, ...]
    candidates: tuple[Candidate, ...]
    best: int | None
    falls: tuple[Fall, ...]

    def __bool__(self) -> bool:
        return self.best is not None

    def check_any(self) -> None:
        """Raise CnnparamsError where no value makes a network, with what is wrong with the first."""
        if self.invalid == self.candidates:
            first = self.candidates[0]
            fact = f"{self.var}={first.value}: {first.problem}"
            raise CnnparamsError(f"no value of {self.var} gives a valid network; {fact}")

    @property
    def value(self) -> float | str | None:
        """The largest value that keeps every limit; None where none does."""
        return None if self.best is None else self.candidates[self.best].value

    @property
    def totals(self) -> tuple[Total, ...]:
        """What is limited, and what says whether it is an estimate."""
        return with_estimates(dict.fromkeys(limit.total for limit in self.limits))

    @property
    def proof(self) -> tuple[Candidate, ...]:
        """The best and, unless it is the last, the next; where none fits, the smallest that is a network."""
        if self.best is not None:
            return self.candidates[self.best : self.best + 2]
        return tuple(candidate for candidate in self.candidates if candidate.problem is None)[:1]

    @property
    def broken_below(self) -> tuple[Candidate, ...]:
        """The networks of smaller values than the best that break a limit."""
        return tuple(candidate for candidate in self.candidates[: self.best or 0] if candidate.broken)

    @property
    def missing(self) -> tuple[Total, ...]:
        """The limited totals that the networks of the proof do not have, which no limit forbids."""
        limited = dict.fromkeys(limit.total for limit in self.limits)
        networks = [candidate.totals for candidate in self.proof if candidate.problem is None]
        return tuple(t for t in limited if any(magnitude(totals[t.field], t.kind) is None for totals in networks))

    @property
    def invalid(self) -> tuple[Candidate, ...]:
        """The values at which there is no network."""
        return tuple(candidate for candidate in self.candidates if candidate.problem is not None)


def solve(name: str, var: str, limits: Sequence[Limit], outcomes: Iterable[Outcome]) -> Solution:
    """Return the largest value that keeps all limits, given what the values give, in ascending order."""
    found = tuple(_candidate(outcome, var, limits) for outcome in outcomes)
    fitting = [i for i, candidate in enumerate(found) if candidate.fits]
    return Solution(name, var, tuple(limits), found, fitting[-1] if fitting else None, tuple(_falls(found, limits)))


def _candidate(outcome: Outcome, var: str, limits: Sequence[Limit]) -> Candidate:
    totals = outcome.totals
    broken = tuple(limit for limit in limits if totals and not limit.keeps(totals[limit.total.field]))
    return Candidate(outcome.values[var], totals, broken, outcome.problem)


def _falls(candidates: Sequence[Candidate], limits: Sequence[Limit]) -> Iterator[Fall]:
    networks = [candidate for candidate in candidates if candidate.problem is None]
    for total in dict.fromkeys(limit.total for limit in limits):

        def measured(candidate: Candidate, total: Total = total) -> float:
            return magnitude(candidate.totals[total.field], total.kind) or 0

        falling = (Fall(total, *pair) for pair in pairwise(networks) if measured(pair[1]) < measured(pair[0]))
        yield from list(falling)[:1]
