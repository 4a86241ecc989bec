"""What is said beside the answer, on standard error: warnings, errors, and a line that says how far a run is.

In a terminal messages fit its width, and what to look at first has colour; elsewhere they are plain.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

import click

from cnnparams.cli import streams
from cnnparams.inert import log, printable
from cnnparams.screen import NO_END, has_colour, width_for

_HANGING = "  "
_CUT = "..."
_CARETS = re.compile(r" +\^+")
_STYLES = {
    re.compile(r"\S[^:]*:\d+:\d+(?=: )"): {"bold": True},
    re.compile(r"Error:"): {"bold": True, "fg": "red"},
    re.compile(r"(?:[^ ]+: )??(?P<said>warning:|skipped:)"): {"bold": True, "fg": "yellow"},
    re.compile(r" +(?P<said>hint:)"): {"bold": True, "fg": "cyan"},
    re.compile(r" +(?P<said>\^+)(?=$)"): {"bold": True, "fg": "red"},
}
"""How lines begin, and the look of that, or of what is `said` there."""


def tell(text: str) -> None:
    """Print lines, whatever is in them: nothing moves a cursor, and no log takes one for a command."""
    hide_status()
    stream = streams.beside()
    lines = log("\n".join(map(printable, text.split("\n")))).split("\n")
    width, colour = width_for(stream), has_colour(stream)
    if width < NO_END:
        lines = list(_fitted(lines, width))
    if colour:
        lines = list(map(_coloured, lines))
    click.echo("\n".join(lines), file=stream, color=colour)


def _fitted(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines that are no wider: sentences go on below, and of a line of a file a part is left."""
    for above, line, below in zip(("", *lines), lines, (*lines[1:], ""), strict=False):
        if _CARETS.fullmatch(below) and line.isascii():
            yield _excerpt(line, below, width)[0]
        elif _CARETS.fullmatch(line) and above.isascii():
            yield _excerpt(above, line, width)[1]
        elif len(line) <= width and line.isascii():
            yield line
        else:
            from cnnparams.render.fitting import hung

            said = line.lstrip(" ")
            indent = line[: len(line) - len(said)]
            yield from (f"{indent}{part}" for part in hung(said, width - len(indent), _HANGING))


def _excerpt(line: str, carets: str, width: int) -> tuple[str, str]:
    """Return as much of a line of a file as fits, and the carets below it, which stay in sight."""
    if len(line) <= width:
        return line, carets
    at, count = carets.index("^"), carets.count("^")
    start = max(0, min(at - width // 3, len(line) - width))
    lead, tail = f"  {_CUT}" if start else "", _CUT if start + width < len(line) else ""
    shown = line[start : start + width]
    part = f"{lead}{shown[len(lead) : len(shown) - len(tail)]}{tail}"
    return part, f"{' ' * (at - start)}{'^' * min(count, width - at + start)}"


def _coloured(line: str) -> str:
    for begins, look in _STYLES.items():
        if found := begins.match(line):
            start, end = found.span("said" if "said" in begins.groupindex else 0)
            return f"{line[:start]}{click.style(line[start:end], **look)}{line[end:]}"  # type: ignore[arg-type]
    return line


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
