"""The shape of one sample: its dimensions in PyTorch's order, without the batch; and how to name one of them."""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from cnnparams.errors import LayerError

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The names of the spatial axes by rank, outermost first. Their first letters are the symbols of formulas."""

MOST_ELEMENTS = 2**63 - 1
"""What a tensor's size is counted in has 64 bits, in PyTorch as in every other framework."""


class Shape(NamedTuple):
    """Dimensions, and which of them are the channels of an image (None: a vector, tokens, anything else).

    Computation looks at `dims` alone; the channel axis is what the two layouts of the output differ in.
    """

    dims: tuple[int, ...]
    channel_axis: int | None = None

    @classmethod
    def of(cls, dims: tuple[int, ...]) -> "Shape":
        """Return a shape of which no more is known: three or more dimensions count as an image, channels first."""
        return cls(dims, 0 if len(dims) > 2 else None)

    @classmethod
    def image(cls, channels: int, spatial: tuple[int, ...]) -> "Shape":
        """Return (channels, *spatial)."""
        return cls((channels, *spatial), 0)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.dims)

    @property
    def channels(self) -> int:
        """The first dimension."""
        return self.dims[0]

    @property
    def spatial(self) -> tuple[int, ...]:
        """All dimensions but the first."""
        return self.dims[1:]

    @property
    def channel_index(self) -> int:
        """Which dimension the channels are; of what is no image these are the features, which come last."""
        return len(self.dims) - 1 if self.channel_axis is None else self.channel_axis

    @property
    def channels_last(self) -> tuple[int, ...]:
        """The dimensions in the order of Keras: (height, width, channels)."""
        if self.channel_axis is None:
            return self.dims
        at = self.channel_axis
        return (*self.dims[:at], *self.dims[at + 1 :], self.dims[at])

    def with_size(self, at: int, n: int) -> "Shape":
        """Return the shape with another size along one dimension."""
        return Shape((*self.dims[:at], n, *self.dims[at + 1 :]), self.channel_axis)

    def with_dim(self, at: int, n: int) -> "Shape":
        """Return the shape with one dimension more, which stands there; the channels stay the channels."""
        axis = None if self.channel_axis is None else self.channel_axis + (at <= self.channel_axis)
        return Shape((*self.dims[:at], n, *self.dims[at:]), axis)

    def without(self, gone: Collection[int]) -> "Shape":
        """Return the other dimensions; where none is left a single one of 1, as a sample has one at least."""
        kept = [at for at in range(len(self.dims)) if at not in gone]
        axis = kept.index(self.channel_axis) if self.channel_axis in kept and len(kept) > 1 else None
        return Shape(tuple(self.dims[at] for at in kept) or (1,), axis)

    def __str__(self) -> str:
        """Write the shape as tables do: 5408 for a vector, (height, width, channels) for an image."""
        dims = self.channels_last
        return str(dims[0]) if len(dims) == 1 else f"({', '.join(map(str, dims))})"


class AxisName(NamedTuple):
    """The name of a dimension in words, and what the symbols of its sizes start with."""

    words: str
    letter: str


def axis_name(x: Shape, at: int) -> AxisName:
    """Name a dimension: channels C, height H, ... of an image, features F of a vector, or its number in PyTorch."""
    if at == x.channel_axis:
        return AxisName("channels", "C")
    if x.channel_axis == 0 and len(x.dims) - 1 in AXES:
        name = AXES[len(x.dims) - 1][at - 1]
        return AxisName(name, name[0].upper())
    return AxisName("features", "F") if len(x.dims) == 1 else AxisName(f"dimension {at + 1}", f"n{at + 1}")


def dim_index(dim: int, x: Shape) -> int:
    """Return where in a sample a dimension of PyTorch stands, whose 0 is the batch."""
    return dim + len(x.dims) if dim < 0 else dim - 1


def check_dim(field: str, dim: int, x: Shape) -> None:
    """Raise LayerError where a dimension of PyTorch is none of a sample's."""
    rank = len(x.dims)
    at = dim_index(dim, x)
    if at == -1:
        raise LayerError(
            f"{field} {dim} is the batch, which a layer leaves alone", field, "the first dimension of a sample is 1"
        )
    if not 0 <= at < rank:
        hint = f"use 1 to {rank}, or -{rank} to -1" if rank > 1 else "use 1 or -1, which are the same here"
        raise LayerError(f"{field} {dim} is outside the input {x}", field, hint)


def check_once(field: str, dims: Sequence[int], x: Shape) -> None:
    """Raise LayerError where a list of dimensions has one of a sample's twice."""
    if len({dim_index(dim, x) for dim in dims}) < len(dims):
        raise LayerError(f"{field} {list(dims)} has a dimension twice", field, "name each once")
