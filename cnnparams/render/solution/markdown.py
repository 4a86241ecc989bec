"""A solution as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.engine.choosing.solve import Solution
from cnnparams.render.grid import markdown
from cnnparams.render.proof import proof
from cnnparams.render.view import View


def render(solution: Solution, view: View) -> Iterator[str]:
    """Yield the rows that prove it, and what has to be known of them."""
    return markdown.render(proof(solution), view)
