"""An ONNX file -> its protobuf message, without what the weights hold: that is passed over, and never in memory.

What is kept is said by a plan, by the numbers of the fields of onnx.proto; the encoding that is skimmed through is
https://protobuf.dev/programming-guides/encoding/. No other file is ever opened.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol, Union

from cnnparams.errors import Problem, SpecError
from cnnparams.schema.source import STDIN, called
from cnnparams.sources.extra import extra

MOST_FIELDS = 1_000_000
MOST_BYTES = 64 * 2**20
DEEPEST = 80  # messages within messages: protobuf itself reads 100
ALL = MOST_BYTES

Wanted = int | bytes | type[str]
"""A field that is kept: of so many bytes at most, if it has these bytes in it, or as text that must be UTF-8."""

Plan = Mapping[int, Union[Wanted, "Plan"]]
"""What to keep, by the number of a field: the field, or of the message that it holds what another plan says."""

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_LONGEST_VARINT = 10


class MalformedError(ValueError):
    """Bytes that are no protobuf message."""


class ExcessError(ValueError):
    """A message with more structure than a network has."""


class Buffer(Protocol):
    """Bytes, or a file that is mapped to memory."""

    def __len__(self) -> int:
        """Return the number of bytes."""

    def __getitem__(self, key: slice, /) -> bytes:
        """Return some of the bytes."""


def skim(data: Buffer, plan: Plan) -> bytes:
    """Return the message with nothing but what the plan keeps; raise MalformedError, or ExcessError."""
    return bytes(_Skimmer(data).message(0, len(data), plan))


class _Skimmer:
    def __init__(self, data: Buffer) -> None:
        self._data = data
        self._fields = 0
        self._bytes = 0

    def message(self, at: int, end: int, plan: Plan, depth: int = 0) -> bytearray:
        """Return what is kept of the message between two places."""
        if depth > DEEPEST:
            raise ExcessError
        kept = bytearray()
        while at < end:
            start = at
            key, at = self._varint(at, end)
            begin, at = self._extent(key & 7, at, end)
            self._count()
            wanted = plan.get(key >> 3)
            if isinstance(wanted, Mapping):
                inner = self.message(begin, at, wanted, depth + 1)
                kept += _varint(key) + _varint(len(inner)) + inner
            elif wanted is not None and self._is_wanted(wanted, begin, at):
                kept += self._data[start:at]
        return kept

    def _extent(self, kind: int, at: int, end: int) -> tuple[int, int]:
        """Return where the value of a field begins and ends."""
        if kind == _VARINT:
            begin, after = at, self._varint(at, end)[1]
        elif kind == _LENGTH:
            size, begin = self._varint(at, end)
            after = begin + size
        elif kind in _FIXED:
            begin, after = at, at + _FIXED[kind]
        else:
            raise MalformedError
        if after > end:
            raise MalformedError
        return begin, after

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        """Return a number, and where it ends."""
        value = 0
        for i, byte in enumerate(self._data[at : min(at + _LONGEST_VARINT, end)]):
            value |= (byte & 0x7F) << 7 * i
            if byte < 0x80:
                return value, at + i + 1
        raise MalformedError

    def _is_wanted(self, wanted: Wanted, begin: int, end: int) -> bool:
        if isinstance(wanted, int) and wanted < min(end - begin, ALL):
            return False
        if isinstance(wanted, bytes) and wanted not in self._data[begin : min(end, begin + ALL)]:
            return False
        self._bytes += end - begin
        if self._bytes > MOST_BYTES:
            raise ExcessError
        if wanted is str:
            _check_text(self._data[begin:end])
        return True

    def _count(self) -> None:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise ExcessError


def _check_text(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError:
        raise MalformedError from None


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


_LARGEST_FILE = 2**31 - 1  # bytes of any protobuf message
MOST_DATA = 16 * 2**10
"""The bytes of a tensor whose values are read; larger ones are weights, of which the dimensions are enough."""

_SCOPES = b"name_scopes"
_TENSOR: Plan = {1: ALL, 2: ALL, 8: str, **dict.fromkeys((4, 5, 7, 9, 10, 11), MOST_DATA)}
_GRAPH: dict[int, Wanted | Plan] = {}
"""Of a graph, and of those inside of its nodes, as a branch or the body of a loop."""
_ATTRIBUTE: Plan = {1: str, 5: _TENSOR, 6: _GRAPH, 11: _GRAPH, **dict.fromkeys((2, 3, 4, 7, 8, 9, 20), ALL)}
_NODE: Plan = {1: str, 2: str, 3: str, 4: str, 5: _ATTRIBUTE, 7: str, 9: _SCOPES}
_VALUE: Plan = {1: str, 2: ALL}
_SPARSE: Plan = {1: {}}
_GRAPH.update({1: _NODE, 5: _TENSOR, 11: _VALUE, 12: _VALUE, 13: _VALUE, 15: _SPARSE})
_MODEL: Plan = {1: ALL, 7: _GRAPH, 8: {1: str, 2: ALL}}
"""What is kept of a ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto)."""

_TOO_LARGE = "is larger than 2 GiB, which no ONNX file can be"
_APART = "keep the weights in a file of their own"
_AGAIN = "download or export it again"


def load_proto(path: str) -> Any:
    """Return the ModelProto of a file; raise SpecError where there is none to be had."""
    onnx = extra("onnx")
    from google.protobuf.message import DecodeError  # comes with onnx

    data = _skimmed(path)
    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError:
        fail(path, "is not an ONNX model", _AGAIN)
    if not model.HasField("graph"):
        fail(path, "is not an ONNX model: it holds no graph", "export it with torch.onnx.export, for example")
    return model


def fail(path: str, message: str, hint: str | None) -> NoReturn:
    """Raise the error of a file."""
    raise SpecError([Problem(message, source=called(path), hint=hint)])


def _skimmed(path: str) -> bytes:
    try:
        return _skim(path)
    except MalformedError:
        fail(path, "is not an ONNX model, or was cut off", _AGAIN)
    except ExcessError:
        most = "a million fields, 64 MiB besides its weights, or graphs nested 25 deep"
        fail(path, f"is too complex: it has more than {most}", None)
    except (OSError, ValueError) as error:
        fail(path, f"cannot be read: {getattr(error, 'strerror', None) or error}", "check the path")


def _skim(path: str) -> bytes:
    if path == STDIN:
        return _skim_stdin(path)
    if Path(path).exists() and not Path(path).is_file():
        fail(path, "is not a file", "name an ONNX file")
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        if size > _LARGEST_FILE:
            fail(path, _TOO_LARGE, _APART)
        if not size:
            fail(path, "is empty", _AGAIN)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return skim(data, _MODEL)


def _skim_stdin(path: str) -> bytes:
    data = sys.stdin.buffer.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        fail(path, _TOO_LARGE, _APART)
    if not data:
        fail(path, "has been read, which can be done once", "name the file, which is read again for each size")
    return skim(data, _MODEL)
