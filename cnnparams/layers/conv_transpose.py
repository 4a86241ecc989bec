"""Transposed convolution (PyTorch's ConvTranspose1d, 2d, 3d)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from cnnparams.errors import LayerError, quote
from cnnparams.layers.contract import window
from cnnparams.layers.contract.base import Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import INPUT, ForwardPass, Placement, SavedForBackward, as_image
from cnnparams.layers.contract.reach import Reaches, everything, image_reaches, transposed_taps
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Flag, Margins, Sizes, Whole, check_divides, one_for_all, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spatial import SpatialLayer, dims_text
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor, grouped


class _KerasPadding(NamedTuple):
    """The size that a word of Keras' asks for, and the numbers that give it."""

    size: str
    hint: str


_SIZES = {
    "same": _KerasPadding(
        "input x stride",
        "for a kernel k no smaller than the stride s, padding: (k - s + 1) // 2 "
        "and output_padding: (k - s) % 2 give that size",
    ),
    "valid": _KerasPadding(
        "(input - 1) x stride + the larger of kernel and stride",
        "write padding: 0, and output_padding: stride - kernel_size where the stride is larger",
    ),
}


@layer_type(
    "conv_transpose",
    ranks=(1, 2, 3),
    keras="Conv{rank}DTranspose",
    nicknames="deconv2d",
    example={"out_channels": 8, "kernel_size": 2, "stride": 2},
)
class ConvTranspose(SpatialLayer):
    """Transposed convolution: spreads every input over a kernel's reach, and so enlarges the image."""

    accepts_activation: ClassVar[bool] = True
    legend: ClassVar[str] = (
        "C channels, k kernel_size, s stride, p padding, op output_padding, d dilation, g groups; _h, _w along an axis"
    )

    in_channels: Whole | None = setting("channels of the input; inferred", None, ge=1, label="in", always=True)
    out_channels: Whole = setting("channels of the output", ge=1, label="out", always=True, keras="filters")
    kernel_size: Sizes = setting("size of the kernel", label="k", always=True, each_axis=True)
    stride: Sizes = setting("distance between inputs in the output", 1, label="s", always=True, keras="strides")
    padding: Margins = setting("rows to remove on each side of the output", 0, label="p", always=True)
    output_padding: Margins = setting(
        "rows to add on one side of the output; less than the stride or the dilation", 0, label="op"
    )
    groups: Whole = setting("groups of channels, each convolved separately", 1, ge=1, label="groups")
    bias: Flag = setting("whether to learn a bias for each output channel", True, label="bias", keras="use_bias")
    dilation: Sizes = setting("spacing between the kernel's elements", 1, label="d", keras="dilation_rate")

    padding_mode: Literal["zeros"] = setting("what the padding repeats; PyTorch knows zeros only", "zeros")

    @field_validator("padding", mode="before")
    @classmethod
    def _in_numbers(cls, value: object) -> object:
        """Refuse Keras' words, which give sizes of their own (keras/src/backend/common/backend_utils.py)."""
        sizes = _SIZES.get(value.casefold()) if isinstance(value, str) else None
        if sizes:
            message = f"is {quote(value)}, a Keras setting (output of {sizes.size}) that is not supported yet"
            raise PydanticCustomError("keras_padding", "{message}", {"message": message, "hint": sizes.hint})
        return value

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer in_channels."""
        return {"in_channels": x.channels}

    def check(self, x: Shape) -> None:
        """Raise LayerError also for groups, output_padding and padding that do not go with the sizes."""
        super().check(x)
        check_divides("groups", self.groups, in_channels=x.channels, out_channels=self.out_channels)
        for op, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if op >= max(s, d):
                raise LayerError(
                    f"output_padding {op} must be less than the stride {s} or the dilation {d}",
                    "output_padding",
                    f"use at most {max(s, d) - 1}",
                )
        if min(sizes := self.output_shape(x).spatial) < 1:
            message = f"padding removes all of the output: its size would be {dims_text(sizes)}"
            raise LayerError(message, "padding", "use less padding")

    def output_shape(self, x: Shape) -> Shape:
        """Return (out_channels, *sizes), each (n - 1)s - 2p + d(k - 1) + output_padding + 1."""
        settings = (self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding)
        return Shape.image(self.out_channels, tuple(map(window.size_transposed, x.spatial, *settings)))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the inputs that are spread over a place, along each axis, and every channel."""
        geometry = zip(x.spatial, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        return (image_reaches(everything(x.channels), tuple(transposed_taps(*axis) for axis in geometry)),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's.

        In three dimensions one of PyTorch's two ways (slow_conv_transpose3d) makes the output in memory of the input's
        size, which may be larger; which way is taken depends on sizes and on the number of threads.
        """
        return as_image(run)._replace(certain=self.rank < 3 or run.x.size <= math.prod(run.output))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input."""
        return INPUT

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (in_channels, out_channels / groups, *kernel_size) and bias (out_channels)."""
        inputs = Axis(AxisRole.IN_CHANNELS, x.channels, "C_in")
        outputs = grouped(AxisRole.OUT_CHANNELS, self.out_channels, "C_out", self.groups)
        weight = Tensor("weight", (inputs, outputs, *self.kernel_axes(self.kernel_size)))
        bias = Tensor("bias", (Axis(AxisRole.OUT_CHANNELS, self.out_channels, "C_out"),))
        return (weight, bias) if self.bias else (weight,)

    def macs(self, x: Shape) -> int:
        """Return the kernel's elements for each element of the input: it is the input that is spread."""
        return math.prod(x.spatial) * self.tensors(x)[0].size

    def macs_formula(self, x: Shape) -> str:
        """Return input positions times weights."""
        return f"{self.sizes_product('in')} * weight"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return channels, groups and the settings along each axis."""
        axes = self.axis_symbols(
            x, k=self.kernel_size, s=self.stride, p=self.padding, d=self.dilation, op=self.output_padding
        )
        return {**axes, "C_out": self.out_channels, "g": self.groups}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the output's sizes."""
        return self.size_steps(x, window.SIZE_TRANSPOSED)


@keras_word("Conv{rank}DTranspose")
class KerasConvTranspose(KerasReading, ConvTranspose):
    """Padding is written in numbers; refused where the stride is larger than the kernel, which Keras makes up for."""

    def check(self, x: Shape) -> None:
        """Raise LayerError also where Keras adds to the output: it has (n - 1)s + max(k, s) elements there."""
        super().check(x)
        reaches = tuple(map(window.extent, self.kernel_size, self.dilation))
        more = tuple(max(s - reach, 0) for s, reach in zip(self.stride, reaches, strict=True))
        if any(more) and not self.model_fields_set & {"padding", "output_padding"}:
            message = f"{self.word} is Keras', where a stride beyond the kernel adds {dims_text(more)} to the output"
            hint = f"write output_padding: {one_for_all(list(more) if len(set(more)) > 1 else more)}, or 0 for none"
            raise LayerError(message, "stride", hint)
