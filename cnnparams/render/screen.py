"""The console that text is laid out for."""

from __future__ import annotations

import io
import os
from typing import TextIO

from rich.console import Console

_UNBOUNDED = 100_000


def console_for(stream: TextIO | None) -> Console:
    """Return a console as wide as the terminal behind `stream`, or else as wide as anything needs.

    Colour goes to terminals, and to pipes where FORCE_COLOR asks for it; never to a file, and never under NO_COLOR.
    """
    console = Console(
        file=stream or io.StringIO(),
        color_system=None if stream is None or os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )
    if stream is None or not stream.isatty():
        console.width = _UNBOUNDED
    return console
