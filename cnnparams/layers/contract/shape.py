"""The shape of one sample: its dimensions in PyTorch's order, without the batch."""

from __future__ import annotations

import math
from typing import NamedTuple

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
    def of(cls, dims: tuple[int, ...]) -> Shape:
        """Return a shape of which no more is known: three or more dimensions count as an image, channels first."""
        return cls(dims, 0 if len(dims) > 2 else None)

    @classmethod
    def image(cls, channels: int, spatial: tuple[int, ...]) -> Shape:
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

    def __str__(self) -> str:
        """Write the shape as tables do: 5408 for a vector, (height, width, channels) for an image."""
        dims = self.channels_last
        return str(dims[0]) if len(dims) == 1 else f"({', '.join(map(str, dims))})"
