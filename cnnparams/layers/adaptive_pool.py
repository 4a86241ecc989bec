"""Pooling to a given size (PyTorch's AdaptiveAvgPool, AdaptiveMaxPool) and over everything (Keras' global pooling)."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated

from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import (
    INDEX,
    INPUT,
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_pooled,
)
from cnnparams.layers.contract.reach import Reaches, adaptive_taps, everything, image_reaches, moving
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, PerAxis, one_for_all, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer
from cnnparams.layers.contract.spelling import CALLED, Code, Spelling, module

OutputSizes = Annotated[tuple[int | None, ...], PerAxis(minimum=1, optional=True)]


class AdaptivePool(SpatialLayer):
    """Pooling whose windows are chosen so that the output has the size asked for."""

    output_size: OutputSizes = setting(
        "size of the output; null keeps that of the input", label="out", always=True, each_axis=True
    )

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels, *output_size)."""
        sizes = (given or n for given, n in zip(self.output_size, x.spatial, strict=True))
        return Shape.image(x.channels, tuple(sizes))

    def spelling(self, x: Shape) -> Spelling:
        """Return the module; along one axis PyTorch takes no None for the input's size."""
        size = x.spatial if self.output_size == (None,) else self.output_size
        brief = size if None in size else one_for_all(size)
        return Spelling(module(type(self).__name__, {"output_size": brief}, by_place=1))

    def placement(self, run: ForwardPass) -> Placement:
        """Return a pooled image."""
        return as_pooled(run)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the window along each axis, and the same channel."""
        sizes = zip(x.spatial, self.output_shape(x).spatial, strict=True)
        return (image_reaches(moving(0), tuple(adaptive_taps(*axis) for axis in sizes)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes asked for."""
        return self.axis_symbols(x, o=self.output_shape(x).spatial)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the sizes asked for, as they are."""
        return self.size_steps(x, "{o}")


@layer_type("adaptive_avg_pool", ranks=(1, 2, 3), example={"output_size": 7})
class AdaptiveAvgPool(AdaptivePool):
    """Average pooling to a given output size."""

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input; nothing for a size of 1, which PyTorch takes the mean for."""
        return NOTHING if math.prod(run.output[2:]) == 1 else INPUT


@layer_type("adaptive_max_pool", ranks=(1, 2, 3), example={"output_size": 7})
class AdaptiveMaxPool(AdaptivePool):
    """Max pooling to a given output size."""

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, and where in it the largest values are."""
        return INPUT._replace(own=(OwnTensor(math.prod(run.output), INDEX),))


class GlobalPool(SpatialLayer):
    """Pooling of each channel to one number."""

    keepdims: Flag = setting("whether to keep the spatial dimensions, as 1", False, label="keepdims")

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels), or (channels, 1, ...) with keepdims."""
        return Shape.image(x.channels, (1,) * self.rank) if self.keepdims else Shape((x.channels,))

    def spelling(self, x: Shape) -> Spelling:
        """Return the pooling to size 1, and a flatten."""
        return Spelling(Code(self._pool if self.keepdims else f"nn.Sequential({self._pool}, nn.Flatten())"))

    def in_forward(self, x: Shape) -> Spelling:
        """Return the pooling to size 1, and torch.flatten."""
        return Spelling(Code(self._pool), CALLED if self.keepdims else Code("torch.flatten({self}({x}), 1)"))

    @property
    def _pool(self) -> str:
        return f"nn.{type(self).__name__.replace('Global', 'Adaptive')}(1)"

    def placement(self, run: ForwardPass) -> Placement:
        """Return a pooled image."""
        return as_pooled(run)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the whole image, and the same channel."""
        return ((moving(0), *map(everything, x.spatial)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the channels."""
        return {"C_in": x.channels}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's features: one for each channel."""
        yield Step("output channels" if self.keepdims else "output features", "features", "C_in", x.channels)


@layer_type("global_avg_pool", ranks=(1, 2, 3), keras="GlobalAveragePooling{rank}D", nicknames="gap")
class GlobalAvgPool(GlobalPool):
    """Global average pooling: the mean of each channel."""

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing: each element of a mean counts as much as any other."""
        return NOTHING


@layer_type("global_max_pool", ranks=(1, 2, 3), keras="GlobalMaxPooling{rank}D")
class GlobalMaxPool(GlobalPool):
    """Global max pooling: the largest value of each channel."""

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, and where in it the largest values are."""
        return INPUT._replace(own=(OwnTensor(math.prod(run.output), INDEX),))


@keras_word("GlobalAveragePooling{rank}D")
class GlobalAveragePooling(KerasReading, GlobalAvgPool):
    """The channels are what is not pooled."""


@keras_word("GlobalMaxPooling{rank}D")
class GlobalMaxPooling(KerasReading, GlobalMaxPool):
    """The channels are what is not pooled."""
