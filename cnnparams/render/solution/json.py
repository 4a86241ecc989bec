"""A solution as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnparams.engine.choosing.solve import Candidate, Solution
from cnnparams.engine.costs.quantity import number
from cnnparams.inert import to_json
from cnnparams.render.json_document import encode
from cnnparams.render.view import View

SCHEMA_VERSION = 1


def render(solution: Solution, view: View) -> Iterator[str]:
    """Yield one document; `value` is null where no value fits, `next` where none is larger."""
    tried, best = solution.candidates, solution.best
    found = None if best is None else _candidate(solution, tried[best], view)
    following = [] if best is None else [_candidate(solution, c, view) for c in tried[best + 1 : best + 2]]
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": solution.name,
        "var": solution.var,
        "value": None if best is None else tried[best].value,
        "limits": {str(limit.total.word): number(limit.most) for limit in solution.limits},
        "best": found,
        "next": following[0] if following else None,
        "tried": {"count": len(tried), "first": tried[0].value, "last": tried[-1].value},
        "monotone": not solution.falls,
        "smaller_that_break_a_limit": [candidate.value for candidate in solution.broken_below],
        "no_network": [candidate.value for candidate in solution.invalid],
    }
    yield to_json(document, indent=2) + "\n"


def _candidate(solution: Solution, candidate: Candidate, view: View) -> dict[str, Any]:
    measured = {t.field: encode(candidate.totals.get(t.field), t.kind, view.layout) for t in solution.totals}
    broken = [limit.total.word for limit in candidate.broken]
    return {"value": candidate.value, **measured, "broken": broken, "problem": candidate.problem}
