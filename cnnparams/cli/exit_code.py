"""What an exit code says."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Beyond 128 it is 128 + the signal's number, as shells have it."""

    DONE = 0
    NO = 1
    NO_ANSWER = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141
