"""Code of others, which is imported, called and run: whatever it does, what it leads to is a message."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from cnnparams.errors import CnnparamsError
from cnnparams.inert import printable

_MOST_TEXT = 2_000  # characters of what an error says


class ForeignError(Exception):
    """What code of others raised: `error`, which need not be an Exception."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


@contextmanager
def foreign() -> Iterator[None]:
    """Run code of others: all that it raises, but for Ctrl-C, is a ForeignError.

    What it changes of the process, and what is needed after it, is put back: the current folder, where modules are
    looked for and which there are. `os._exit` would end all with a code of the code's choice: it raises.
    """
    here, paths, loaded, modules = current_folder(), list(sys.path), sys.modules, dict(sys.modules)
    limit, leave, hook = sys.getrecursionlimit(), os._exit, sys.unraisablehook
    sys.unraisablehook = lambda _: None  # of what fails where nothing can be raised, as in __del__
    os._exit = partial(_raise_exit, os.getpid(), leave)
    try:
        yield
    except BaseException as error:
        if type(error) is KeyboardInterrupt:  # not one of its own kind, which only looks like it
            raise
        raise ForeignError(error) from None
    finally:
        os._exit, sys.modules, sys.unraisablehook = leave, loaded, hook
        loaded.update(modules)
        sys.path[:] = [*sys.path, *(path for path in paths if path not in sys.path)]
        sys.setrecursionlimit(limit)
        with suppress(OSError):  # it may be gone
            os.chdir(here or ".")


@contextmanager
def doing(what: str, *, with_ours: bool = False) -> Iterator[None]:
    """Run code of others; raise CnnparamsError for what it raises.

    `with_ours`, code of cnnparams runs as well: what that raises by itself stays a fault of its own.
    """
    try:
        with foreign():
            yield
    except ForeignError as raised:
        error = raised.error
        theirs = not with_ours or last_frame(error) or isinstance(error, RecursionError)
        raise failed(what, error) if theirs and not isinstance(error, CnnparamsError) else error from None


def current_folder() -> str:
    """Return the current folder, or nothing where there is none any more."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def _raise_exit(process: int, leave: Callable[[int], NoReturn], status: int = 0) -> NoReturn:
    if os.getpid() != process:  # a child of the code's own, which ends like this
        leave(status)
    raise SystemExit(f"os._exit({status})")


def failed(doing: str, error: BaseException) -> CnnparamsError:
    """Return the error of a user's code: what it was, and the last line of that code, if it came so far."""
    frame = last_frame(error)
    where = f"\n  {printable(f'{frame.filename}:{frame.lineno}: {frame.line}')}" if frame else ""
    return CnnparamsError(f"{doing} failed: {told(error)}{where}")


def told(error: BaseException) -> str:
    """Return what kind of error it is and what it says, in a line; its own code may fail in saying so."""
    kind = type.__dict__["__name__"].__get__(type(error))  # what its class says its name is may be code as well
    try:
        text = " ".join(str.split(str(error)))
    except BaseException as another:
        if type(another) is KeyboardInterrupt:
            raise
        text = "its __str__ fails"
    return printable(f"{kind}: {text if len(text) <= _MOST_TEXT else f'{text[:_MOST_TEXT]} ...'}")


def last_frame(error: BaseException) -> traceback.FrameSummary | None:
    """Return the innermost frame of the code itself in an error's traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame for frame in reversed(frames) if is_foreign(frame.filename)), None)


@cache
def is_foreign(filename: str) -> bool:
    """Tell whether a file holds code of others: neither ours, nor PyTorch's, nor Python's."""
    if filename.startswith("<"):
        return False
    if "site-packages" not in filename and "dist-packages" not in filename and filename.startswith(_python()):
        return False
    return not filename.startswith(_known())


@cache
def _python() -> tuple[str, ...]:
    folders = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(importlib.__file__).parents[1])}
    return tuple(f"{folder}{os.sep}" for folder in folders)


@cache
def _known() -> tuple[str, ...]:
    """Return the folders of cnnparams, and of what it and PyTorch call by themselves: a line of theirs tells little."""
    found = (find_spec(package) for package in ("torch", "numpy", "sympy", "pydantic", "yaml", "click"))
    origins = [Path(each.origin).parent for each in found if each and each.origin]
    return tuple(f"{folder}{os.sep}" for folder in (Path(__file__).parents[1], *origins))
