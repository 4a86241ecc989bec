"""A solution: the rows that prove it, and what has to be known of the values tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cnnparams.engine.choosing.solve import Candidate, Solution
from cnnparams.engine.costs.quantity import Kind, number
from cnnparams.engine.reports.grid import Grid, Heading, Row, heading
from cnnparams.errors import listed
from cnnparams.render import cells
from cnnparams.render.answers.grid import GridAnswer
from cnnparams.render.documents import encode, indented
from cnnparams.render.view import HWC, Layout

SCHEMA_VERSION = 1


class SolutionAnswer(GridAnswer):
    """The largest value that keeps every limit."""

    json = staticmethod(indented)

    def __init__(self, solution: Solution) -> None:
        super().__init__(_proof(solution))
        self.solution = solution

    @classmethod
    def of(cls, found: Solution) -> SolutionAnswer:
        """Return what shows it."""
        return cls(found)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield one document; `value` is null where no value fits, `next` where none is larger."""
        tried, best = self.solution.candidates, self.solution.best
        found = None if best is None else _candidate(self.solution, tried[best], layout)
        following = [] if best is None else [_candidate(self.solution, c, layout) for c in tried[best + 1 : best + 2]]
        yield {
            "schema_version": SCHEMA_VERSION,
            "name": self.solution.name,
            "var": self.solution.var,
            "value": None if best is None else tried[best].value,
            "limits": {str(limit.total.word): number(limit.most) for limit in self.solution.limits},
            "best": found,
            "next": following[0] if following else None,
            "tried": {"count": len(tried), "first": tried[0].value, "last": tried[-1].value},
            "monotone": not self.solution.falls,
            "smaller_that_break_a_limit": [candidate.value for candidate in self.solution.broken_below],
            "no_network": [candidate.value for candidate in self.solution.invalid],
        }


def _proof(solution: Solution) -> Grid:
    """Return the best value and the next, their totals, and what they break."""
    verdict = Heading("within", "Within", Kind.TEXT)
    headings = (Heading(solution.var, solution.var, Kind.VALUE), *map(heading, solution.totals), verdict)
    rows = [
        Row((c.value, *(c.totals.get(total.field) for total in solution.totals), _verdict(c)))
        for c in solution.proof
        if c.problem is None
    ]
    return Grid(headings, rows, tuple(_notes(solution)))


def _verdict(candidate: Candidate) -> str:
    measured = ((limit, limit.excess(candidate.totals[limit.total.field])) for limit in candidate.broken)
    over = [f"{limit.total.word} by {cells.amount(excess, limit.total.kind)}" for limit, excess in measured if excess]
    return f"no, over {listed(over, 'and')}" if over else "yes"


def _notes(solution: Solution) -> Iterator[str]:
    var, tried = solution.var, solution.candidates
    kept = [f"{total.word} <= {cells.amount(most, total.kind)}" for total, most, _ in solution.limits]
    limits = listed(kept, "and")
    span = f"the {len(tried):,} values from {tried[0].value} to {tried[-1].value}"
    if solution.best is None:
        yield f"{solution.name}: none of {span} of {var} keeps {limits}."
    else:
        best = tried[solution.best]
        yield f"{solution.name}: {var}={best.value} is the largest of {span} that keeps {limits}."
        following = tried[solution.best + 1 :][:1]
        yield from (f"{_at(var, c)} gives no valid network: {c.problem}" for c in following if c.problem)
        if not following:
            more = "others with --input" if isinstance(best.value, str) else f"--var {var}=FROM:TO:STEP"
            yield f"This is the end of the range; larger values were not tried. Try {more}."
    for total, before, after in solution.falls:
        values = (cells.write(c.totals[total.field], total.kind, HWC) for c in (before, after))
        falls = f"{total.word} falls from {' to '.join(values)} between {_at(var, before)} and {_at(var, after)}"
        yield f"Not monotone: {falls}. Every value was tried, so the largest is the true one."
    if below := solution.broken_below:
        yield f"Smaller values that break a limit: {len(below):,}, the first {_at(var, below[0])}."
    if solution.invalid:
        first = solution.invalid[0]
        count = f"{len(solution.invalid):,}, the first {_at(var, first)}"
        yield f"Values without a valid network: {count}: {first.problem}"


def _at(var: str, candidate: Candidate) -> str:
    return f"{var}={candidate.value}"


def _candidate(solution: Solution, candidate: Candidate, layout: Layout) -> dict[str, Any]:
    measured = {t.field: encode(candidate.totals.get(t.field), t.kind, layout) for t in solution.totals}
    broken = [limit.total.word for limit in candidate.broken]
    return {"value": candidate.value, **measured, "broken": broken, "problem": candidate.problem}
