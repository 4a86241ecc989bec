"""What a user says of a model's inputs: 3x224x224, image=3x224x224, tokens=128:int64."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from cnnparams.errors import quote

_FORM = re.compile(r"(?:(?P<name>[^\W\d]\w*)=)?(?P<dims>\d+(?:[x,]\d+)*)(?::(?P<dtype>[a-z]+\d*))?")
_MOST = 2**63 - 1
DTYPES = ("float16", "bfloat16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool")


class InputShape(NamedTuple):
    """The shape of one sample of an input, without the batch; None for what the model decides."""

    dims: tuple[int, ...]
    name: str | None = None
    dtype: str | None = None

    def __str__(self) -> str:
        return "x".join(map(str, self.dims))

    @property
    def elements(self) -> int:
        """How many elements a sample has: what makes one input larger than another."""
        return math.prod(self.dims)


InputSizes = str | Sequence[int] | InputShape
"""One sample: "3x224x224", "image=3x224x224", or (3, 224, 224)."""
Inputs = InputSizes | Sequence[InputSizes] | Mapping[str, InputSizes]
"""One input, several in order, or several by name."""


def shapes_of(given: Inputs | None) -> list[InputShape]:
    """Return the shapes that a caller of the API gives; raise ValueError for what is none."""
    if given is None or (not given and not isinstance(given, str)):
        return []
    if isinstance(given, Mapping):
        return [_shape(sizes)._replace(name=name) for name, sizes in given.items()]
    if isinstance(given, str | InputShape) or all(isinstance(size, int) for size in given):
        return [_shape(cast("InputSizes", given))]
    return [_shape(cast("InputSizes", each)) for each in given]


def _shape(sizes: InputSizes) -> InputShape:
    if isinstance(sizes, InputShape):
        return sizes
    return shape_of(sizes if isinstance(sizes, str) else "x".join(map(str, sizes)))


def shape_of(text: str) -> InputShape:
    """Return what was written; raise ValueError for what is no shape."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{quote(text)} is not a shape without the batch, such as 3x224x224 or image=3x224x224")
    sizes, dtype = re.split("[x,]", match["dims"]), match["dtype"]
    if any(len(size) > len(str(_MOST)) or int(size) > _MOST for size in sizes):
        raise ValueError(f"{quote(text)} has a size that is more than 64 bits can hold")
    dims = tuple(map(int, sizes))
    if min(dims) < 1:
        raise ValueError(f"{quote(text)} has a size of 0: every size is at least 1")
    if dtype not in (None, *DTYPES):
        raise ValueError(f"{quote(text)}: {quote(dtype)} is none of {', '.join(DTYPES)}")
    return InputShape(dims, match["name"], dtype)
