"""The tensors that a layer holds, and what each of their axes stands for."""

import math
from enum import Enum
from typing import NamedTuple

from cnnparams.layers.contract.shape import Shape


class AxisRole(Enum):
    """What the places along an axis of a tensor are; features of a vector count as its channels.

    In a layer, axes of one role belong together: who takes an output channel away takes it from every axis that has
    these, and from those of the layers behind whose role is input channels, or channels.
    """

    OUT_CHANNELS = "output channels"
    """Channels that the layer makes, as many as a setting of it says, or as its input has where nothing does."""
    IN_CHANNELS = "input channels"
    """Channels of the input, which the layer sums over."""
    CHANNELS = "channels"
    """Channels of the input, which the output keeps, such as those of a norm."""
    HIDDEN = "hidden channels"
    """Channels between two tensors of the layer, of all gates or heads."""
    STATE = "state"
    """Features of the state that a recurrent layer hands on, to its next step and to the layer above."""
    KERNEL = "kernel"
    VOCABULARY = "vocabulary"
    ELEMENTS = "elements"
    """Other places of the input, such as the pixels that a layer norm of whole images has weights for."""
    SHARED = "shared"
    """One place that stands for all of the input's."""


class Axis(NamedTuple):
    """One axis of a tensor: what it stands for, its size, and that size as formulas write it, a product of symbols.

    Of channels in `groups`, the axis has those of one group.
    """

    role: AxisRole
    size: int
    symbol: str
    groups: int = 1


def grouped(role: AxisRole, channels: int, symbol: str, groups: int) -> Axis:
    """Return the axis of the channels of one group."""
    return Axis(role, channels // groups, symbol if groups == 1 else f"({symbol} / g)", groups)


def role_of(x: Shape, at: int) -> AxisRole:
    """Return the role of an axis whose places are those of a dimension of the input."""
    return AxisRole.CHANNELS if at == x.channel_index else AxisRole.ELEMENTS


class Tensor(NamedTuple):
    """A tensor that a layer holds: its axes in PyTorch's order.

    `learned` tells a parameter from a buffer such as BatchNorm's running mean; `itemsize` are the bytes of an element
    where they do not depend on the network's dtype.
    """

    name: str
    axes: tuple[Axis, ...]
    learned: bool = True
    itemsize: int | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return tuple([axis.size for axis in self.axes])

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod([axis.size for axis in self.axes])

    @property
    def symbol(self) -> str:
        """The name as formulas write it."""
        return self.name.replace(".", "_")

    @property
    def formula(self) -> str:
        """The size as a product of symbols, without factors of 1."""
        return " * ".join([axis.symbol for axis in self.axes if axis.symbol != "1"]) or "1"

    def along(self, *roles: AxisRole) -> tuple[int, ...]:
        """Return which axes have one of these roles."""
        return tuple([i for i, axis in enumerate(self.axes) if axis.role in roles])
