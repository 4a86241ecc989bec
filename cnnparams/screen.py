"""What a stream shows: how wide the terminal behind it is, and whether it has colour."""

from __future__ import annotations

import os
from typing import TextIO

NO_END = 100_000
"""The width of what is no terminal."""
_NARROWEST = 60
"""Columns of a terminal below which all is as wide as it needs: nothing that is worth reading would fit."""
_USUAL = 80
_COLOURLESS = ("dumb", "unknown")


def width_for(stream: TextIO | None) -> int:
    """Return the width of the terminal behind `stream`, which COLUMNS may say; or else as much as anything needs."""
    if stream is None or not stream.isatty():
        return NO_END
    said = os.environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() and int(said) else _asked(stream)
    return columns if columns >= _NARROWEST else NO_END


def _asked(stream: TextIO) -> int:
    """Return the width that the terminal itself says, as `shutil.get_terminal_size` does of standard output alone."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except OSError:
        return _USUAL


def has_colour(stream: TextIO | None) -> bool:
    """Tell whether colour goes to a stream: to terminals, and to pipes where FORCE_COLOR or CLICOLOR_FORCE asks for it.

    Never to a file that is named, under NO_COLOR (no-color.org), or to a terminal without colour.
    """
    if stream is None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") not in _COLOURLESS
