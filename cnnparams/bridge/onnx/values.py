"""The values of a network while it is read: what nodes give, and where the batch stands in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from cnnparams.bridge.onnx.model import Dims, Known, Op
from cnnparams.errors import brief
from cnnparams.layers.shape import Shape

_WIDEST = 60

NOTHING_COUNTED = "nothing is counted for it: an identity may stand in its place"
"""The remedy for what works element by element."""


class NoLayerError(Exception):
    """What a node does is not what any layer does: the fact, and what to do about it."""

    def __init__(self, what: str, remedy: str | None = None) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


class Tensor(NamedTuple):
    """What depends on the input: the layer `source` gave it in `shape`, and it is seen in `dims`, without the batch.

    `batch` is where the batch stands and `number` how many samples it has; a batch of one may be dropped (None).
    `view` is the first node that saw it in other dimensions.
    """

    source: str
    shape: Shape
    dims: Dims
    number: int
    batch: int | None = 0
    view: Op | None = None

    @property
    def full(self) -> Dims:
        """The dimensions with the batch."""
        return self.dims if self.batch is None else (*self.dims[: self.batch], self.number, *self.dims[self.batch :])

    def viewed(self, full: Dims, op: Op) -> Tensor:
        """Return the same elements in the same order under other dimensions; raise NoLayerError without the batch."""
        batch = self._batch_in(full)
        if batch is None and self.number != 1:
            raise NoLayerError("joins the batch with other dimensions", "keep the batch as a dimension of its own")
        return self.with_dims(full, batch, op)

    def with_dims(self, full: Dims, batch: int | None, op: Op) -> Tensor:
        """Return the same elements under other dimensions, of which one is the batch."""
        dims = full if batch is None else (*full[:batch], *full[batch + 1 :])
        return self._replace(dims=dims, batch=batch, view=op if self.dims == self.shape.dims else self.view)

    def _batch_in(self, full: Dims) -> int | None:
        """Return where in other dimensions of the same elements the batch stands, None if nowhere."""
        before, seen = math.prod(self.full[: self.batch or 0]), 1
        for at, n in enumerate(full):
            if seen == before and n == self.number:
                return at
            seen *= n
        return None


Value = Tensor | Known


def shown(numbers: Sequence[Any]) -> str:
    """Return numbers as messages show them."""
    return brief(str(list(numbers)), _WIDEST)


def axis_of(value: Value, axis: Any) -> int:
    """Return where a dimension stands, counted from 0; raise NoLayerError outside."""
    rank = len(value.full)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        raise NoLayerError(f"names the dimension {axis} of {rank}")
    return axis % rank


def sample_axis(x: Tensor, axis: Any) -> int:
    """Return where in a sample a dimension stands; raise NoLayerError for the batch."""
    at = axis_of(x, axis)
    if at == x.batch:
        raise NoLayerError("works along the batch", "keep samples apart: a layer never sees more than one")
    return at - (x.batch is not None and at > x.batch)
