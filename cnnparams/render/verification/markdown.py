"""What was verified, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams import inert
from cnnparams.render import verification_notes as notes
from cnnparams.render.markdown import table
from cnnparams.render.view import View
from cnnparams.targets.verification import Verification


def render(verifications: Sequence[Verification], view: View) -> Iterator[str]:
    """Yield for each network a heading, the tables of its layers and totals, and the verdict."""
    for i, verification in enumerate(verifications):
        gap = "\n" if i else ""
        yield f"{gap}## {inert.markdown(verification.name)}\n\n"
        if verification.layers:
            yield f"{_table(notes.layers(verification, view.layout))}\n"
        yield f"{_table(notes.totals(verification, view.layout))}\n"
        yield f"{inert.markdown(notes.verdict(verification))}\n"
        lines = [f"- {inert.markdown(line)}\n" for line in notes.differences(verification, view.layout)]
        yield "".join(["\n", *lines] if lines else [])


def _table(grid: notes.Grid) -> str:
    heads, rows = grid
    return table(heads, ([inert.markdown(cell) for cell in row] for row in rows))
