"""The streams of the process: they may be closed, full or gone, and the code of others writes to them as well."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STDOUT, _STDERR = 1, 2
_apart: list[TextIO | None] = []
"""The stream of the answer, once it is kept apart from what others print."""

_said: list[TextIO] = []
"""The stream of what is said beside it, once others have one of their own, which they may close or lose."""


class _Lossy(io.RawIOBase):
    """A stream that loses what cannot be written: that a message has no reader changes no exit code."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream

    def write(self, data: ReadableBuffer, /) -> int:
        """Write data, or lose it."""
        try:
            return self._stream.write(data) or 0
        except OSError:
            return memoryview(data).nbytes

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def writable(self) -> bool:
        return True


def prepare() -> None:
    """Begin a run with the streams as they are: closed ones stay so, but no file that is opened gets their number.

    Names may not be ASCII: whatever a stream cannot encode is escaped.
    """
    _apart.clear()
    _said.clear()
    for standard in range(3):
        try:
            os.fstat(standard)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # which takes the lowest number that is free: this one
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # that of a process can be
    sys.stderr = _lossy(sys.stderr)


def _lossy(stream: TextIO | None) -> TextIO:
    if stream is None:  # as print takes None for standard output
        raw, encoding = io.FileIO(os.devnull, "w"), "utf-8"
    else:
        raw, encoding = cast("io.FileIO", getattr(stream.buffer, "raw", stream.buffer)), stream.encoding
    lossy = io.BufferedWriter(_Lossy(raw))
    return io.TextIOWrapper(lossy, encoding, errors="backslashreplace", line_buffering=True)


def answer() -> TextIO | None:
    """Return the stream that the answer goes to: standard output; None where that is closed."""
    return _apart[0] if _apart else sys.stdout


def keep_apart() -> None:
    """Let whatever is printed from here on go to standard error, and the answer alone to standard output.

    By number, as child processes and C code print; and for good, as threads, buffers and exit handlers print late.
    """
    if _apart:
        return
    stream = sys.stdout
    if stream and descriptor() == _STDOUT:
        stream.flush()
        own = os.dup(_STDOUT)  # which no child process inherits
        stream = open(own, "w", encoding=stream.encoding, errors="backslashreplace")  # noqa: PTH123, SIM115  # for good
        os.dup2(_STDERR, _STDOUT)
    _apart.append(stream)
    _said.append(sys.stderr)
    sys.stdout = sys.stderr = _lossy(sys.stderr)


def are_apart() -> bool:
    """Tell whether code of others runs, or has run, in this process."""
    return bool(_apart)


def beside() -> TextIO:
    """Return the stream that remarks and errors go to: standard error."""
    return _said[0] if _said else sys.stderr


def is_seen() -> bool:
    """Tell whether the answer goes to a terminal."""
    stream = answer()
    return stream is not None and stream.isatty()


def descriptor() -> int | None:
    """Return the number of the answer's stream; None where it is closed, or no file."""
    stream = answer()
    try:
        return stream.fileno() if stream else None
    except io.UnsupportedOperation:
        return None


def flush() -> None:
    """Write what the answer's stream still holds."""
    if stream := answer():
        stream.flush()


def flush_beside() -> None:
    """Write what the stream of remarks and errors still holds."""
    beside().flush()


def give_up() -> None:
    """Lose what the answer's stream still holds, so that the interpreter's last flush is quiet."""
    if (found := descriptor()) is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), found)
