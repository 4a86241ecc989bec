"""Remarks on a network are Python's warnings, at the line of the caller's code that asked."""

from __future__ import annotations

import functools
import sys
import warnings
from pathlib import Path

from cnnparams.errors import CnnparamsWarning

_NOT_THE_CALLER = (str(Path(__file__).parents[1]), str(functools.__file__))
_WORD = "warning: "  # which Python says by itself


def warn(*remarks: object) -> None:
    """Warn of each of these once."""
    for text in dict.fromkeys(map(str, remarks)):
        warnings.warn(text.replace(_WORD, "", 1), CnnparamsWarning, stacklevel=_depth())


def _depth() -> int:
    """Return how many calls lie between `warn` and code that is not ours; properties may be functools' in between."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back and frame.f_code.co_filename.startswith(_NOT_THE_CALLER):
        frame, depth = frame.f_back, depth + 1
    return depth
