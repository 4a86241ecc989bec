"""Pooling over windows (PyTorch's MaxPool and AvgPool, 1d to 3d)."""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract import window
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import (
    INDEX,
    UNKNOWN,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_pooled,
)
from cnnparams.layers.contract.reach import Reaches, image_reaches, moving
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, Number, Sizes, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer, dims_text
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.windowed import SAME, Paddings, WindowedLayer


class Pooling(WindowedLayer):
    """What pooling layers share: no weights, and a stride of the window's size unless told otherwise."""

    knows_same: ClassVar[bool] = False

    if TYPE_CHECKING:  # not a field of this class: each subclass orders and describes its own
        ceil_mode: bool

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Fill in the stride."""
        return {"stride": self.stride or self.kernel_size}

    def check_unpadded(self, x: Shape) -> None:
        """Raise LayerError where PyTorch's AvgPool3d does: for a window larger than the input, padding apart."""
        larger = any(n < k for n, k in zip(x.spatial, self.kernel_size, strict=True))
        if larger and self.rank == 3 and self.padding != SAME:
            message = f"kernel_size {dims_text(self.kernel_size)} is larger than the {dims_text(x.spatial)} input"
            raise LayerError(f"{message}, which padding does not help here", "kernel_size", "use a smaller kernel")

    def geometry(self) -> Hashable | None:
        """Return the window, and whether the last may hang over."""
        return super().geometry(), self.ceil_mode

    def places(self, x: Shape) -> tuple[int, ...]:
        """Return how many places the window has, in ceil mode also those that hang over the end."""
        if not self._hangs_over:
            return super().places(x)
        paddings = [before for before, _ in self.paddings(x)]
        return tuple(map(window.size_ceil, x.spatial, self.kernel_size, self.stride, paddings, self.dilations()))

    def output_shape(self, x: Shape) -> Shape:
        """Return (channels, *places of the window)."""
        return Shape.image(x.channels, self.places(x))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the window along each axis, and the same channel."""
        return (image_reaches(moving(0), self.taps(x)),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return a pooled image."""
        return as_pooled(run)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the window's symbols."""
        return self.window_symbols(x)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's sizes, rounded up in ceil mode."""
        return self.size_steps(x, window.SIZE_CEIL) if self._hangs_over else super().shape_steps(x)

    @property
    def _hangs_over(self) -> bool:
        return self.ceil_mode and self.padding != SAME


class Pool(Pooling):
    """Pooling whose image may have padding around it."""

    kernel_size: Sizes = setting("size of the window", label="k", always=True, each_axis=True, keras="pool_size")
    stride: Sizes = setting("step of the window; its size if not given", None, label="s", always=True, keras="strides")
    padding: Paddings = setting(
        "padding on each side, at most half the window; same or valid", 0, label="p", always=True
    )
    ceil_mode: Flag = setting("whether the last window may extend past the end", False, label="ceil_mode")

    def check(self, x: Shape) -> None:
        """Raise LayerError also for padding of more than half of the window."""
        super().check(x)
        written = self.padding if isinstance(self.padding, tuple) else (0,) * self.rank
        for p, k, d in zip(written, self.kernel_size, self.dilations(), strict=True):
            if 2 * p > window.extent(k, d):
                reach = window.extent(k, d)
                hint = f"use at most {reach // 2}, or pad with a layer of its own, such as zero_pad2d"
                raise LayerError(f"padding {p} is more than half of the window's {reach}", "padding", hint)

    def pads(self, x: Shape, sides: tuple[window.Padding, ...]) -> bool:
        """Tell whether the padding is at most half of the kernel, and the kernel no larger than the input."""
        axes = zip(x.spatial, self.kernel_size, sides, strict=True)
        return super().pads(x, sides) and all(2 * before <= k <= n for n, k, (before, _) in axes)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input."""
        return self.window_saved(run)


@layer_type(
    "max_pool",
    ranks=(1, 2, 3),
    keras="MaxPooling{rank}D",
    nicknames="pool",
    example={"kernel_size": 2, "stride": 2},
)
class MaxPool(Pool):
    """Max pooling: keeps the largest value of each window."""

    dilation: Sizes = setting("spacing between the window's elements", 1, label="d")

    def dilations(self) -> tuple[int, ...]:
        """Return the dilation along each axis."""
        return self.dilation

    @property
    def fill(self) -> str:
        """What is never the largest."""
        return ', value=float("-inf")'

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return also where in the input the largest values are."""
        first = super().saved_for_backward(run)
        return first._replace(own=(*first.own, OwnTensor(math.prod(run.output), INDEX)))


@layer_type("avg_pool", ranks=(1, 2, 3), keras="AveragePooling{rank}D", example={"kernel_size": 2, "stride": 2})
class AvgPool(Pool):
    """Average pooling: takes the mean of each window."""

    count_include_pad: Flag = setting("whether the mean counts the padding", True)
    divisor_override: Whole | None = setting("what to divide by instead of the window's size", None, ge=1)

    def check(self, x: Shape) -> None:
        """Raise LayerError also where PyTorch's AvgPool3d does: for a window larger than the input, padding apart."""
        SpatialLayer.check(self, x)
        if self.rank == 1 and self.divisor_override is not None:
            message = "divisor_override is a setting of avg_pool2d and avg_pool3d only"
            raise LayerError(message, "divisor_override", "leave it out: it changes no count")
        self.check_unpadded(x)
        super().check(x)

    def spelling(self, x: Shape) -> Spelling:
        """Return the module; where the padding stands before it and does not count, divided by the part that counts."""
        spelled = super().spelling(x)
        if not self._divides(x):
            return spelled
        call, values = spelled.call
        part = call.replace("{x}", "torch.ones_like({x})")
        return Spelling(spelled.make, Code(f"{call} / {part}", values))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return also the part that counts, where the mean is divided by it."""
        first = super().saved_for_backward(run)
        divisor = (OwnTensor(math.prod(run.output)),) if self._divides(run.x.shape) else ()
        return first._replace(own=(*first.own, *divisor))

    def _divides(self, x: Shape) -> bool:
        """Tell whether the module, which sees padding as a part of the image, counts it, and should not."""
        counts = self.count_include_pad or self.divisor_override
        return not counts and self.padded_before(x) is not None


@layer_type("lp_pool", ranks=(1, 2, 3), example={"norm_type": 2, "kernel_size": 2})
class LPPool(Pooling):
    """Power-average pooling: the norm of each window, which sums up the powers of its values."""

    norm_type: Number = setting("power of the norm", label="norm", always=True)
    kernel_size: Sizes = setting("size of the window", label="k", always=True, each_axis=True)
    stride: Sizes = setting("step of the window; its size if not given", None, label="s", always=True)
    ceil_mode: Flag = setting("whether the last window may extend past the end", False, label="ceil_mode")

    @property  # type: ignore[misc]  # other windows have a setting of that name
    def padding(self) -> tuple[int, ...]:
        """None, as PyTorch has none there."""
        return (0,) * self.rank

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the means that PyTorch makes of it do."""
        SpatialLayer.check(self, x)
        self.check_unpadded(x)
        super().check(x)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return that it is not known: PyTorch makes it of six steps."""
        return UNKNOWN


@keras_word("MaxPooling{rank}D")
class MaxPooling(KerasReading, MaxPool):
    """A window of 2 where none is given."""

    kernel_size: Sizes = setting("size of the window", 2, label="k", always=True, each_axis=True, keras="pool_size")


@keras_word("AveragePooling{rank}D")
class AveragePooling(KerasReading, AvgPool):
    """Padding "same" does not count in the mean."""

    def settings(self, x: Shape) -> dict[str, Any]:
        """Return also that padding does not count."""
        return ({"count_include_pad": False} if self.padding == SAME else {}) | super().settings(x)
