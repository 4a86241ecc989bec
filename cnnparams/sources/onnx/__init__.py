"""ONNX files -> specs. A file is data: nothing in it is run, and no other file is opened for it.

The way of a file: its structure without its weights (file), plain values (proto, model), nodes that are one layer made
one (prepare), a layer for each (translate, ops, assembly), and a count of what came of it (reader).
"""

from __future__ import annotations

from collections.abc import Sequence

from cnnparams.sources.extra import extra
from cnnparams.sources.input_shape import InputShape
from cnnparams.sources.reading import Reading


def read(path: str, inputs: Sequence[InputShape] = ()) -> Reading:
    """Return the spec of an ONNX file, and the gaps where no layer does what a node does.

    `inputs` are the sizes of one sample, by the names of inputs or in order, where the file leaves them open. Raise
    SpecError where the file is no network, and CnnparamsError where onnx is not installed.
    """
    extra("onnx")
    from cnnparams.sources.onnx.reader import reading  # which needs onnx, and NumPy with it

    return reading(path, inputs)
