"""An ONNX file -> its protobuf message, without what the weights hold. No other file is ever opened."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any, NoReturn

from cnnparams.errors import Problem, SpecError
from cnnparams.inert import printable
from cnnparams.sources.extra import extra
from cnnparams.sources.onnx.wire import ALL, ExcessError, MalformedError, Plan, Wanted, skim

MOST_BYTES = 2**31 - 1  # of any protobuf message
MOST_DATA = 16 * 2**10
"""The bytes of a tensor whose values are read; larger ones are weights, of which the dimensions are enough."""

_SCOPES = b"name_scopes"
_TENSOR: Plan = {1: ALL, 2: ALL, 8: str, **dict.fromkeys((4, 5, 7, 9, 10, 11), MOST_DATA)}
_NAMED: Plan = {1: str}
_INNER: dict[int, Wanted | Plan] = {5: {8: str}, 11: _NAMED, 12: _NAMED}
_INNER[1] = {1: str, 2: str, 5: {1: str, 6: _INNER, 11: _INNER, 20: ALL}}
"""Of a graph inside of a node, as a branch or the body of a loop: the names that it reads and gives, at any depth."""
_ATTRIBUTE: Plan = {1: str, 5: _TENSOR, 6: _INNER, 11: _INNER, **dict.fromkeys((2, 3, 4, 7, 8, 9, 20), ALL)}
_NODE: Plan = {1: str, 2: str, 3: str, 4: str, 5: _ATTRIBUTE, 7: str, 9: _SCOPES}
_VALUE: Plan = {1: str, 2: ALL}
_SPARSE: Plan = {1: {}}
_GRAPH: Plan = {1: _NODE, 5: _TENSOR, 11: _VALUE, 12: _VALUE, 13: _VALUE, 15: _SPARSE}
_MODEL: Plan = {1: ALL, 7: _GRAPH, 8: {1: str, 2: ALL}}
"""What is kept of a ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto)."""

_AGAIN = "download or export it again"


def load(path: str) -> Any:
    """Return the ModelProto of a file; raise SpecError where there is none to be had."""
    onnx = extra("onnx")
    from google.protobuf.message import DecodeError  # comes with onnx

    data = _skimmed(path)
    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError:
        fail(path, "is not an ONNX model: its bytes are none of its format", _AGAIN)
    if not model.HasField("graph"):
        fail(path, "is not an ONNX model: it holds no graph", "export it with torch.onnx.export, for example")
    return model


def fail(path: str, message: str, hint: str | None) -> NoReturn:
    """Raise the error of a file."""
    raise SpecError([Problem(message, source=printable(path), hint=hint)])


def _skimmed(path: str) -> bytes:
    try:
        return _skim(path)
    except MalformedError:
        fail(path, "is not an ONNX model, or was cut off", _AGAIN)
    except ExcessError:
        most = "a million fields, 64 MiB besides its weights, or graphs nested 25 deep"
        fail(path, f"describes more than a network has: {most}", None)
    except (OSError, ValueError) as error:
        fail(path, f"cannot be read: {getattr(error, 'strerror', None) or error}", "check the path")


def _skim(path: str) -> bytes:
    if Path(path).exists() and not Path(path).is_file():
        fail(path, "is not a file", "name an ONNX file")
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        if size > MOST_BYTES:
            fail(path, "is larger than 2 GiB, which no ONNX file can be", "keep the weights in a file of their own")
        if not size:
            fail(path, "is empty", _AGAIN)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return skim(data, _MODEL)
