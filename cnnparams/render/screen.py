"""The console that text is laid out for."""

from __future__ import annotations

import io
import os
from typing import TextIO

from rich.console import Console

_UNBOUNDED = 100_000


def console_for(stream: TextIO | None) -> Console:
    """Return a console as wide as the terminal behind `stream`; without one, as wide as anything needs, and plain."""
    console = Console(
        file=stream or io.StringIO(),
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )
    if not console.is_terminal:
        console.width = _UNBOUNDED
    return console
