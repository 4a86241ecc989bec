"""Convolution in one, two and three dimensions (PyTorch's Conv1d, Conv2d, Conv3d)."""

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Literal, Self

from cnnparams.errors import LayerError
from cnnparams.layers.contract.memory import ForwardPass, Placement, SavedForBackward, as_image, fresh
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Sizes, Whole, check_divides, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor, grouped
from cnnparams.layers.contract.windowed import Paddings, WindowedLayer

_LARGEST_PADDING = {"reflect": -1, "circular": 0}  # beyond the input's size; the other modes pad without end


@layer_type("conv", ranks=(1, 2, 3), keras="Conv{rank}D", example={"out_channels": 32, "kernel_size": 3, "padding": 1})
class Conv(WindowedLayer):
    """Convolution: slides learned kernels over the input and sums over its channels."""

    accepts_activation: ClassVar[bool] = True

    in_channels: Whole | None = setting("channels of the input; inferred", None, ge=1, label="in", always=True)
    out_channels: Whole = setting(
        "channels of the output, one for each kernel", ge=1, label="out", always=True, keras="filters"
    )
    kernel_size: Sizes = setting("size of the kernel", label="k", always=True, each_axis=True)
    stride: Sizes = setting("step of the kernel", 1, label="s", always=True, keras="strides")
    padding: Paddings = setting(
        "zeros on each side; same (Keras' rule, ceil(n / s)) or valid (none)", 0, label="p", always=True
    )
    dilation: Sizes = setting("spacing between the kernel's elements", 1, label="d", keras="dilation_rate")
    groups: Whole = setting("groups of channels, each convolved separately", 1, ge=1, label="groups")
    bias: Flag = setting("whether to learn a bias for each output channel", True, label="bias", keras="use_bias")
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = setting("what the padding repeats", "zeros")

    def dilations(self) -> tuple[int, ...]:
        """Return the dilation along each axis."""
        return self.dilation

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer in_channels."""
        return {"in_channels": x.channels}

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the groups do not divide the channels, and for padding beyond the image."""
        super().check(x)
        check_divides("groups", self.groups, in_channels=x.channels, out_channels=self.out_channels)
        if self.padding_mode in _LARGEST_PADDING:
            self._check_padding(x, _LARGEST_PADDING[self.padding_mode])

    def geometry(self) -> Hashable | None:
        """Return the window, and what it sees beyond the border."""
        return super().geometry(), self.padding_mode

    def output_shape(self, x: Shape) -> Shape:
        """Return (out_channels, *places of the kernel)."""
        return Shape.image(self.out_channels, self.places(x))

    def unpadded(self) -> Self:
        """Return the layer behind a pad of its own, which would pad by nothing once more in another mode than zeros."""
        return super().unpadded().model_copy(update={"padding_mode": "zeros"})

    @property
    def fill(self) -> str:
        """What the padding repeats."""
        return "" if self.padding_mode == "zeros" else f', mode="{self.padding_mode}"'

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image like the input's; circular padding lays it out anew."""
        return fresh(run) if self.padding_mode == "circular" else as_image(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what slides keep; padding that looks at the image is a copy of it, and keeps it besides."""
        if self.padding_mode == "zeros":
            return self.window_saved(run)
        keeps_x = self.padding_mode != "circular" and run.x.needs_grad
        padded = self.padded_copy(run.x, tuple(map(sum, self.paddings(run.x.shape))))
        return SavedForBackward((0,) if keeps_x else (), own=(padded,))

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (out_channels, in_channels / groups, *kernel_size) and bias (out_channels)."""
        outputs = Axis(AxisRole.OUT_CHANNELS, self.out_channels, "C_out")
        inputs = grouped(AxisRole.IN_CHANNELS, x.channels, "C_in", self.groups)
        weight = Tensor("weight", (outputs, inputs, *self.kernel_axes(self.kernel_size)))
        return (weight, Tensor("bias", (outputs,))) if self.bias else (weight,)

    def macs(self, x: Shape) -> int:
        """Return places times weights."""
        return self.positions(x) * self.tensors(x)[0].size

    def macs_formula(self, x: Shape) -> str:
        """Return places times weights."""
        return f"{self.sizes_product('out')} * weight"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the window's symbols, channels and groups."""
        return {**self.window_symbols(x), "C_out": self.out_channels, "g": self.groups}

    def _check_padding(self, x: Shape, beyond: int) -> None:
        for n, padding in zip(x.spatial, self.paddings(x), strict=True):
            if max(padding) > (largest := n + beyond):
                fact = (
                    f"{self.padding_mode} padding of {max(padding)} is more than the {largest} that an input of {n} has"
                )
                raise LayerError(fact, "padding", "use less padding, or padding_mode: zeros")
