"""What was verified, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from cnnparams.render import verification_notes as notes
from cnnparams.render.screen import console_for
from cnnparams.render.stamp import Head, stamp
from cnnparams.render.view import View
from cnnparams.targets.verification import Verification


def render(verifications: Sequence[Verification], view: View) -> Iterator[str]:
    """Yield for each network the tables of its layers and totals, and the verdict."""
    console = console_for(view.stream)
    for i, verification in enumerate(verifications):
        yield "\n" if i else ""
        yield f"{verification.name}\n"
        if verification.layers:
            yield from _table(console, notes.layers(verification, view.layout))
        yield from _table(console, notes.totals(verification, view.layout))
        yield f"\n{notes.verdict(verification)}\n"
        yield from (f"  {line}\n" for line in notes.differences(verification, view.layout))


def _table(console: Console, grid: notes.Grid) -> Iterator[str]:
    heads, rows = grid
    table = stamp(console, "", [Head(*head) for head in heads], rows)
    yield table.above
    yield from map(table.stamp, rows)
