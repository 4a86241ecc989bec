"""Text to standard output, or to a file that is replaced only once all of it is there."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from cnnparams.cli.files_read import is_read
from cnnparams.cli.streams import answer, descriptor
from cnnparams.errors import CnnparamsError, quote
from cnnparams.inert import log, printable

STDOUT = "-"
_LOST = "is also an input, and would be overwritten: write to another file"


def shown_on(output: str | None) -> TextIO | None:
    """Return the stream that a reader may be looking at; None for a file."""
    return answer() if output in (None, STDOUT) else None


def write(chunks: Iterable[str], output: str | None, *, live: bool = False, verbatim: bool = False) -> None:
    """Write to a file, or to standard output for None and "-"; there, if `live`, each chunk at once and whole.

    No line is a command to what keeps a log, unless the text is to be `verbatim`: commands on purpose, or code.
    Raise CnnparamsError where that fails, and for a file that was read.
    """
    chunks = chunks if verbatim else map(log, chunks)
    if output is None or output == STDOUT:
        _print(chunks, live=live)
        return
    name = printable(output) or quote("")
    if is_read(output):
        raise CnnparamsError(f"{name}: {_LOST}")
    text = "".join(chunks)
    try:
        _write_file(Path(output), text)
    except OSError as error:
        raise CnnparamsError(f"{name}: cannot be written: {error.strerror}") from None


def _print(chunks: Iterable[str], *, live: bool) -> None:
    stream = answer()
    if stream is None:
        raise CnnparamsError("standard output is closed: write to a file with -o")
    if is_read(descriptor()):
        raise CnnparamsError(f"standard output {_LOST}")
    for chunk in chunks:
        stream.write(chunk)
        if live:
            stream.flush()


def _write_file(path: Path, text: str) -> None:
    try:
        mode = path.stat().st_mode  # not path.exists(), to which a loop of links is a file that is not there
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):  # a device or a pipe cannot be replaced
        path.write_text(text, encoding="utf-8")
        return
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    _replace(path.resolve(), text)


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # a handle has no path
            file.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
