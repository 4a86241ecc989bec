"""A small file for tests to spoil, and what is said of it, soon."""

import time

from cnnparams.bridge.onnx import read
from cnnparams.errors import SpecError
from tests.bridge.onnx.models import File, node

_LONGEST = 10
"""Seconds that a test may take on a slow machine; what hangs takes for ever."""

SMALL = File(
    [node("Conv", ["x", "w"], ["a"], name="conv"), node("Reshape", ["a", "shape"], ["y"])],
    (1, 3, 8, 8),
    {"w": (4, 3, 3, 3)},
    numbers={"shape": [1, -1]},
)
VALID = SMALL.proto().SerializeToString()


def told(path: str) -> str:
    """Return the message about a file, or those about its gaps."""
    start = time.monotonic()
    try:
        text = "\n".join(map(str, read(path).gaps))
    except SpecError as error:
        text = str(error)
    assert time.monotonic() - start < _LONGEST
    assert all(len(line) < 400 and line.isprintable() for line in text.splitlines())
    return text
