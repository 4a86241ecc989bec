"""Text to standard output, or to a file that is replaced only once all of it is there."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cnnparams.errors import CnnparamsError, printable

STDOUT = "-"


def write(chunks: Iterable[str], output: str | None) -> None:
    """Write to a file, or to standard output for None and "-"; raise CnnparamsError where a file cannot be written."""
    if output is None or output == STDOUT:
        sys.stdout.writelines(chunks)
        return
    path = Path(output)
    try:
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
            path.write_text("".join(chunks), encoding="utf-8")
        else:
            _replace(path.resolve(), "".join(chunks))
    except OSError as error:
        raise CnnparamsError(f"{printable(output)}: cannot be written: {error.strerror}") from None


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
