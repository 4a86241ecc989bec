"""A small file for tests to spoil, and what is said of it, soon."""

from cnnparams.errors import SpecError
from cnnparams.sources.onnx import open as read
from tests.cpu import at_most
from tests.sources.onnx.models import File, node

_LONGEST = 10
"""Seconds that a test may take of a slow processor."""

SMALL = File(
    [node("Conv", ["x", "w"], ["a"], name="conv"), node("Reshape", ["a", "shape"], ["y"])],
    (1, 3, 8, 8),
    {"w": (4, 3, 3, 3)},
    numbers={"shape": [1, -1]},
)
VALID = SMALL.proto().SerializeToString()


def told(path: str) -> str:
    """Return the message about a file, or those about its gaps."""
    with at_most(_LONGEST):
        try:
            text = "\n".join(map(str, read(path).gaps))
        except SpecError as error:
            text = str(error)
    assert all(len(line) < 400 and line.isprintable() for line in text.splitlines())
    return text
