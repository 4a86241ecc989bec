"""What formulas and messages call one dimension of a shape."""

from __future__ import annotations

from typing import NamedTuple

from cnnparams.layers.contract.shape import AXES, Shape


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
