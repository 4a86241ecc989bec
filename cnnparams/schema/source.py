"""YAML text -> Document: plain values that remember the line and column they came from."""

import codecs
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NamedTuple, NoReturn

from cnnparams.errors import Place, Problem, SpecError, quote
from cnnparams.inert import printable

MAX_BYTES = 256 * 2**20
STDIN = "-"
KeyPath = tuple[str | int, ...]
"""The way to a value: keys and indices, from the top of the document."""

_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class SourceMark(NamedTuple):
    """Where a key and its value start: (line, column) from 0. An item of a sequence is its own key."""

    key: tuple[int, int]
    value: tuple[int, int]


class YamlMapping(dict[str, Any]):
    """A YAML mapping whose `marks` tell where each key and value starts."""

    __slots__ = ("marks",)

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, SourceMark] = {}


class YamlSequence(list[Any]):
    """A YAML sequence whose `marks` tell where each item starts."""

    __slots__ = ("marks",)

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[SourceMark] = []


class Text(NamedTuple):
    """The text of a spec, the name that messages give it, and whether it comes with the tool, not from the user."""

    name: str
    text: str
    bundled: bool = False

    def place(self, line: int, column: int) -> Place:
        """Return the place at a line and column counted from 0."""
        lines = split_lines(self.text)
        return Place(self.name, line + 1, column + 1, lines[line] if line < len(lines) else "")

    def fail(self, line: int, column: int, message: str, hint: str | None = None) -> NoReturn:
        """Raise a SpecError that points at a line and column counted from 0."""
        raise SpecError([Problem(message, self.place(line, column), hint=hint)])


class Document(NamedTuple):
    """A parsed YAML file: its text, and the mapping at its top.

    Of what was never text, `origins` tells where the entries of the list stood: "models.py:12", say.
    """

    source: Text
    root: YamlMapping
    start: tuple[int, int] = (0, 0)
    origins: Mapping[KeyPath, str] = MappingProxyType({})

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return where the value at `path` starts, or its key.

        Where the path leaves the document (a key that is missing), the place is that of the last part that is there.
        """
        if not self.source.text:
            return Place(self._origin(path), 0, 0, "")
        at: Any = self.root
        mark = SourceMark(self.start, self.start)
        for step in path:
            if not isinstance(at, YamlMapping | YamlSequence):
                break
            try:
                mark, at = at.marks[step], at[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
        return self.source.place(*(mark.key if key else mark.value))

    def _origin(self, path: KeyPath) -> str:
        """Return where a value of no text stood: as its reader tells, else by the keys that lead to it."""
        keys = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
        told = self.origins.get(path[:2]) if self.origins else keys
        return f"{self.source.name}: {told}" if told else self.source.name

    def at(self, path: KeyPath) -> Any:
        """Return the value at `path`; None where there is none."""
        at: Any = self.root
        for step in path:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return None
        return at


@lru_cache(maxsize=1)
def split_lines(text: str) -> list[str]:
    """Return the lines of a text, ended as YAML has it, without their ends."""
    return _LINE_END.split(text)


def read(path: str | Path) -> Text:
    """Read a file, or standard input for "-"; raise SpecError where there is no UTF-8 text to be had."""
    name = called(str(path))
    try:
        data = _bytes(path)
    except IsADirectoryError:
        raise _unreadable(name, "is a directory", "name a YAML file in it") from None
    except FileNotFoundError:
        raise _unreadable(
            name, "no such file", "check the path; a spec is a YAML file such as specs/simple_cnn.yaml"
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, f"cannot be read: {getattr(error, 'strerror', None) or error}", None) from None
    if len(data) > MAX_BYTES:
        raise _unreadable(name, f"is larger than {MAX_BYTES // 2**20} MiB", "is this a spec?")
    return _decode(name, data)


def called(path: str) -> str:
    """Return what messages call a path."""
    return "<stdin>" if path == STDIN else printable(path) or quote("")


def first_of_stdin(size: int) -> bytes:
    """Return how standard input begins, at most so many bytes, which are still to be read."""
    peek = getattr(getattr(sys.stdin, "buffer", None), "peek", None)
    return peek(size)[:size] if peek else b""


def text_of(file: IO[str] | IO[bytes]) -> Text:
    """Read what is open already; raise SpecError where that holds no UTF-8 text."""
    name = printable(str(getattr(file, "name", "<file>")))
    try:
        data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(name, f"cannot be read: {error}", None) from None
    if len(data) > MAX_BYTES:
        raise _unreadable(name, f"is larger than {MAX_BYTES // 2**20} MiB", "is this a spec?")
    return Text(name, data) if isinstance(data, str) else _decode(name, data)


def _bytes(path: str | Path) -> bytes:
    if str(path) == STDIN:
        if sys.stdin is None:
            raise ValueError("it is closed")
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _decode(name: str, data: bytes) -> Text:
    try:
        return Text(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise _unreadable(name, "is UTF-16 text, not UTF-8", "save the file as UTF-8") from None
        if b"\0" in data:
            raise _unreadable(name, "is not a text file", "a spec is a YAML file") from None
        before = split_lines(data[: error.start].decode("utf-8-sig"))
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        shown = Text(name, data.decode("utf-8-sig", "replace"))
        shown.fail(len(before) - 1, len(before[-1]), message, "save the file as UTF-8")


def _unreadable(name: str, message: str, hint: str | None) -> SpecError:
    return SpecError([Problem(message, source=name, hint=hint)])
