"""The structure of a protobuf message without its bulk: what weights hold is passed over, and never in memory.

The encoding: https://protobuf.dev/programming-guides/encoding/. Fields that a plan does not name are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, Union

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
