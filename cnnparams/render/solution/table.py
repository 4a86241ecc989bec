"""A solution in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.choosing.solve import Solution
from cnnparams.render.grid import table
from cnnparams.render.proof import proof
from cnnparams.render.view import View


def render(solution: Solution, view: View) -> Iterator[str]:
    """Yield the rows that prove it, and what has to be known of them."""
    return table.render(proof(solution), view)
