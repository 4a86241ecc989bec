"""What is said beside the answer, on standard error: warnings, errors, and a line that says how far a run is."""

from __future__ import annotations

import os

import click

from cnnparams.cli import streams
from cnnparams.inert import log, printable


def tell(text: str) -> None:
    """Print lines, whatever is in them: nothing moves a cursor, and no log takes one for a command."""
    hide_status()
    click.echo(log("\n".join(map(printable, text.split("\n")))), file=streams.beside())


class _StatusLine:
    """The line that says how far a run is, as it stands on the terminal; empty where there is none."""

    def __init__(self) -> None:
        self.text = ""

    def draw(self, text: str) -> None:
        """Put a text in place of the one that is there; what the terminal has no room for is left out."""
        stream = streams.beside()
        room = os.get_terminal_size(stream.fileno()).columns - 1
        text = text[:room] if room > 0 else text
        stream.write(f"\r{text:<{len(self.text)}}" if text else f"\r{'':{len(self.text)}}\r")
        stream.flush()
        self.text = text


_status = _StatusLine()


def has_status() -> bool:
    """Tell whether anybody would see the line: a person at a terminal."""
    stream = streams.beside()
    return stream is not None and not stream.closed and stream.isatty()


def draw_status(text: str) -> None:
    """Show the line, or another one in its place."""
    _status.draw(printable(text))


def hide_status() -> None:
    """Take the line away, so that something else can be printed there."""
    if _status.text:
        _status.draw("")
