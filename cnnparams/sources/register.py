"""The sources: every format that networks from elsewhere are read from, and which of them takes what a user names.

A source is a module with `RUNS_CODE`, `match` and `open`, and a line in SOURCES. What none of them takes is a spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from cnnparams.errors import Problem, SpecError
from cnnparams.schema.source import STDIN, called, first_of_stdin
from cnnparams.sources.unread import unread

if TYPE_CHECKING:
    from cnnparams.schema.input_shape import InputShape
    from cnnparams.sources.pytorch.mode import Mode
    from cnnparams.sources.reading import Reading

_FIRST = 4096  # bytes of a file that tell what it is


class Source(Protocol):
    """A format: is this mine, and what network is it? `match` imports nothing for that."""

    @property
    def RUNS_CODE(self) -> bool:  # noqa: N802  # a constant of a module
        """Whether reading runs the user's code, which may print."""

    def match(self, name: str, first: bytes, /) -> bool:
        """Tell whether this format has what goes by a name, which may be no file; of a file, the first bytes."""

    def open(self, name: str, inputs: Sequence[InputShape] = (), mode: Mode | None = None, /) -> Reading:
        """Return the network as a spec, with gaps where no layer says what it does; raise CnnparamsError for none.

        `inputs` are the shapes of one sample of its inputs, where it leaves them open; `mode` is for what has modes.
        """


SOURCES = (
    "onnx",
    "pytorch",
)
"""The modules, each asked in turn; what one needs to read is imported when it does."""


def source_of(name: str) -> Source | None:
    """Return the source that takes what a user names; None for what is a spec, if anything.

    Raise SpecError for a format that is known and that nothing reads, saying what it is.
    """
    first = _first_bytes(name)
    for module in SOURCES:
        source = cast("Source", import_module(f"cnnparams.sources.{module}"))
        if source.match(name, first):
            return source
    if found := unread(name, first):
        raise SpecError([Problem(found.what, source=called(name), hint=found.remedy)])
    return None


def _first_bytes(name: str) -> bytes:
    """Return how a file begins; nothing of what is none, such as a pipe, which can be read once."""
    try:
        if name == STDIN:
            return first_of_stdin(_FIRST)
        if not Path(name).is_file():
            return b""
        with Path(name).open("rb") as file:
            return file.read(_FIRST)
    except (OSError, ValueError):  # what reads it will tell
        return b""
