"""Formats that are known and that nothing here reads: what each is, how it is known, what to do instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_CODE = "name the code that makes the model, as MODULE:FACTORY: cnnparams count mymodels:Net --input 3x224x224"
_KERAS = "export it to ONNX, with model.export('net.onnx', format='onnx') in Keras 3, and count that"
_DARKNET = re.compile(rb"(?:\s*(?:[#;][^\n]*)?\n)*\s*\[(?:net|network|convolutional)\]", re.IGNORECASE)
_ULTRALYTICS = re.compile(rb"^\s*-\s*\[\s*-?\d+\s*,\s*\d+\s*,\s*[\w.]+\s*,\s*\[", re.MULTILINE)
_KERAS_JSON = re.compile(rb'\s*\{.*"class_name"', re.DOTALL)
_FACTORY_IN_FILE = re.compile(r"(?P<path>.+)\.py:(?P<factory>[\w.]+)")


class UnreadFormat(NamedTuple):
    """What something is, and what to do about it."""

    what: str
    remedy: str


def _called(*suffixes: str) -> Callable[[str, bytes], object]:
    return lambda name, _: name.casefold().endswith(suffixes)


def _begins(start: bytes) -> Callable[[str, bytes], object]:
    return lambda _, first: first.startswith(start)


_FORMATS: tuple[tuple[Callable[[str, bytes], object], UnreadFormat], ...] = (
    (
        lambda name, first: name.casefold().endswith(".tflite") or first[4:8] == b"TFL3",
        UnreadFormat(
            "is a TensorFlow Lite model, which nothing here reads yet",
            "convert it to ONNX, with python -m tf2onnx.convert --tflite FILE --output net.onnx, and count that",
        ),
    ),
    (
        lambda name, first: name.endswith((".h5", ".hdf5", ".keras")) or first.startswith(b"\x89HDF\r\n\x1a\n"),
        UnreadFormat("is a model or weights saved by Keras, which nothing here reads yet", _KERAS),
    ),
    (
        _called(".safetensors"),
        UnreadFormat("is a safetensors file: weights alone, which do not say what the layers are", _CODE),
    ),
    (
        lambda name, first: name.endswith((".pt", ".pth", ".ckpt", ".bin", ".pt2")) or first[:1] == b"\x80",
        UnreadFormat(
            "is a file saved by PyTorch: weights, or code as a pickle, which is not opened as it could run", _CODE
        ),
    ),
    (
        _begins(b"PK\x03\x04"),
        UnreadFormat("is a zip archive, and no network that is read here", "name the file of the network itself"),
    ),
    (
        _called(".py"),
        UnreadFormat("is Python code, which is run only where a factory in it is named", _CODE),
    ),
    (
        lambda _, first: _KERAS_JSON.match(first),
        UnreadFormat("is a Keras model as JSON, which nothing here reads yet", _KERAS),
    ),
    (
        lambda _, first: _DARKNET.match(first),
        UnreadFormat(
            "is a Darknet configuration, which nothing here reads yet",
            "write its layers as a spec: cnnparams layers lists the types",
        ),
    ),
    (
        lambda _, first: _ULTRALYTICS.search(first),
        UnreadFormat(
            "is a model description of Ultralytics, which nothing here reads yet",
            "export the model to ONNX, with yolo export model=... format=onnx, and count that",
        ),
    ),
)
"""Whether a file with a name and first bytes has a format, and what is said of it: the first tells."""


def unread(name: str, first: bytes) -> UnreadFormat | None:
    """Return what is told of a file that is known and not read; None for any other, and where there is no file."""
    if in_file := _FACTORY_IN_FILE.fullmatch(name):
        module = re.sub(r"[/\\]", ".", in_file["path"].removeprefix("./"))
        return UnreadFormat("names a file, where Python imports a module", f"write {module}:{in_file['factory']}")
    return next((told for match, told in _FORMATS if first and match(name, first)), None)
