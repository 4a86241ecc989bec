"""The values of a network while it is read: what nodes give, and where the batch stands in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from cnnparams.errors import brief
from cnnparams.layers.contract.shape import Shape
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.model import Dims, Known, Op

_WIDEST = 60

NOTHING_LEARNED = "nothing is learned there, and --partial goes on behind it: put in its place what gives its sizes"
"""The remedy for what gives other sizes than it gets."""


NOT_OF_THE_INPUT = "computes what does not depend on the input"
FOLD = "export it with constants folded, or fold them with onnxsim"


class Result(NamedTuple):
    """What a node gives that no layer does: dimensions without the batch, and where that stands."""

    dims: Dims
    number: int
    batch: int | None = 0
    is_float: bool = True


class Tensor(NamedTuple):
    """What depends on the input: the layer `source` gave it in `shape`, and it is seen in `dims`, without the batch.

    `batch` is where the batch stands and `number` how many samples it has; a batch of one may be dropped (None).
    `view` is the first node that saw it in other dimensions. A sample of no dimensions is a number; the layer's shape
    is then a vector of one feature.
    """

    source: str
    shape: Shape
    dims: Dims
    number: int
    batch: int | None = 0
    view: Op | None = None
    is_float: bool = True

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

    def with_batch(self, op: Op) -> Tensor:
        """Return the tensor with its first dimension as the batch, where a batch of one was dropped and may be that.

        A channel shuffle that lays the two halves of the channels side by side along the batch takes them apart so.
        """
        if self.batch is not None or self.number != 1 or self.dims[:1] != (1,):
            return self
        return self.with_dims(self.dims, 0, op)

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
