"""ONNX files -> specs. A file is data: nothing in it is run, and no other file is opened for it.

The way of a file: its structure without its weights (file), plain values (proto, model), nodes that are one layer made
one (prepare), a layer for each (translate, ops, assembly), and a count of what came of it (reader).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnparams.errors import CnnparamsError
from cnnparams.sources.extra import extra

if TYPE_CHECKING:
    from cnnparams.schema.input_shape import InputShape
    from cnnparams.sources.pytorch.mode import Mode
    from cnnparams.sources.reading import Reading

RUNS_CODE = False
_IR_VERSION = 0x08  # the first field of a ModelProto, a number
_NEWEST_IR = 32  # versions of the format have had two digits at most, in ten years


def match(name: str, first: bytes) -> bool:
    """Tell whether a file is called as ONNX files are, or begins as they do: with ir_version, then the producer."""
    return name.endswith(".onnx") or (first[2:3] == b"\x12" and first[0] == _IR_VERSION and 0 < first[1] < _NEWEST_IR)


def open(path: str, inputs: Sequence[InputShape] = (), mode: Mode | None = None) -> Reading:
    """Return the spec of an ONNX file, and the gaps where no layer does what a node does.

    `inputs` are the sizes of one sample, by the names of inputs or in order, where the file leaves them open. Raise
    SpecError where the file is no network, and CnnparamsError where onnx is not installed.
    """
    if mode:
        raise CnnparamsError("--mode is for PyTorch models: an ONNX file has the mode that it was exported in")
    extra("onnx")
    from cnnparams.sources.onnx.reader import reading  # which needs onnx, and NumPy with it

    return reading(path, inputs)
