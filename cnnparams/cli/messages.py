"""What is said beside the answer: remarks and errors, on standard error."""

from __future__ import annotations

import click

from cnnparams.cli import streams
from cnnparams.inert import log, printable


def tell(text: str) -> None:
    """Print lines, whatever is in them: nothing moves a cursor, and no log takes one for a command."""
    click.echo(log("\n".join(map(printable, text.split("\n")))), file=streams.beside())
