"""Which files a run reads, however they were named: none of them is written."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from functools import cache
from typing import Any

_read: set[tuple[int, int]] = set()
"""Device and inode of each file: what it is under any name, through any link."""

_named: set[str] = set()
"""Whole paths of files, which can be asked later what they are: start-up opens hundreds, and few runs write a file."""


def watch() -> None:
    """Note each file that this run reads from here on, whoever reads it: a spec, one of the zoo, a user's module.

    Python tells of each file before it is opened, and of each module before it is run, whose source it may not open.
    """
    _read.clear()
    _named.clear()
    _listen()


@cache  # as nothing can be taken back that listens
def _listen() -> None:
    sys.addaudithook(_note)


def is_read(file: str | int | None) -> bool:
    """Tell whether a file, or what has that number, is one that was read: then writing would lose it."""
    if file is None:
        return False
    try:
        found = os.stat(file)  # noqa: PTH116  # a number has no path
    except OSError:
        return False
    if not stat.S_ISREG(found.st_mode):  # a device or a pipe does not lose what was in it
        return False
    with contextlib.suppress(OSError):
        _read.add(_identity(os.fstat(0)))  # which was opened before anything could be noted
    while _named:
        _add(_named.pop())
    return _identity(found) in _read


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and not arguments[-1] & os.O_WRONLY:
        _remember(arguments[0])
    elif event == "exec" and not arguments[0].co_filename.startswith("<"):  # as that of code that is of no file does
        _remember(arguments[0].co_filename)


def _remember(file: Any) -> None:
    if isinstance(file, str) and os.path.isabs(file):  # noqa: PTH117  # thousands of files: no object for each
        _named.add(file)
    else:  # a number, or what depends on the current folder, means something else later
        _add(file)


def _add(file: Any) -> None:
    with contextlib.suppress(OSError, ValueError):  # a name of no file: what opens it will tell
        _read.add(_identity(os.stat(file)))  # noqa: PTH116  # a number has no path


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
