"""What a user says of a model's inputs: 3x224x224, image=3x224x224, tokens=128:int64."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnnparams.errors import quote

_FORM = re.compile(r"(?:(?P<name>[^\W\d]\w*)=)?(?P<dims>\d+(?:[x,]\d+)*)(?::(?P<dtype>[a-z]+\d*))?")
_MOST = 2**63 - 1
DTYPES = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "bool")


class InputShape(NamedTuple):
    """The shape of one sample of an input, without the batch; None for what the model decides."""

    dims: tuple[int, ...]
    name: str | None = None
    dtype: str | None = None

    def __str__(self) -> str:
        return "x".join(map(str, self.dims))


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
