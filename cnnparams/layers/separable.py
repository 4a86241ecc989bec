"""Depthwise and separable convolution, as Keras counts them (in PyTorch: groups, then a 1x1 convolution)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cnnparams.layers.contract.keras import check_channels_first
from cnnparams.layers.contract.memory import ForwardPass, OwnTensor, SavedForBackward
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Sizes, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling, module
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor
from cnnparams.layers.contract.windowed import Paddings, WindowedLayer

_WINDOW = ("kernel_size", "stride", "padding", "dilation")


class DepthwiseWindow(WindowedLayer):
    """A kernel for each input channel, `depth_multiplier` times."""

    accepts_activation: ClassVar[bool] = True
    legend: ClassVar[str] = f"{WindowedLayer.legend}; m depth_multiplier"

    in_channels: Whole | None = setting("channels of the input; inferred", None, ge=1, label="in", always=True)
    kernel_size: Sizes = setting("size of the kernel", label="k", always=True, each_axis=True)
    stride: Sizes = setting("step of the kernel", 1, label="s", always=True, keras="strides")
    padding: Paddings = setting(
        "zeros on each side; same (Keras' rule, ceil(n / s)) or valid (none)", 0, label="p", always=True
    )
    dilation: Sizes = setting("spacing between the kernel's elements", 1, label="d", keras="dilation_rate")
    depth_multiplier: Whole = setting("kernels for each input channel", 1, ge=1, label="depth_multiplier")
    bias: Flag = setting("whether to learn a bias for each output channel", True, label="bias", keras="use_bias")

    def dilations(self) -> tuple[int, ...]:
        """Return the dilation along each axis."""
        return self.dilation

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer in_channels."""
        return {"in_channels": x.channels}

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the channels are not what Keras would take for them."""
        check_channels_first(self.type, f"conv{self.rank}d with groups", x)
        super().check(x)

    def kernels(self, x: Shape, name: str, role: AxisRole) -> Tensor:
        """Return the depthwise kernels (in_channels * depth_multiplier, 1, *kernel_size), which make such channels."""
        one = Axis(AxisRole.IN_CHANNELS, 1, "1", groups=x.channels)
        return Tensor(name, (self.made(x, role), one, *self.kernel_axes(self.kernel_size)))

    def made(self, x: Shape, role: AxisRole) -> Axis:
        """Return the axis of the channels that the depthwise kernels make."""
        return Axis(role, x.channels * self.depth_multiplier, "C_in * m")

    def convolution(self, x: Shape) -> Code:
        """Return the depthwise convolution: one in as many groups as there are channels."""
        channels = {"in_channels": x.channels, "between": x.channels * self.depth_multiplier}
        window = {key: value for key, value in self.differing().items() if key in _WINDOW}
        bias = {} if self.bias else {"bias": False}
        return module(f"Conv{self.rank}d", {**channels, **window, "groups": x.channels, **bias}, by_place=2)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what the depthwise kernels keep."""
        return self.window_saved(run)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the window's symbols, and m for depth_multiplier."""
        return {**self.window_symbols(x), "m": self.depth_multiplier}


@layer_type("depthwise_conv", ranks=(1, 2), keras="DepthwiseConv{rank}D", example={"kernel_size": 3, "padding": "same"})
class DepthwiseConv(DepthwiseWindow):
    """Depthwise convolution: each channel by its own kernels, channels kept apart."""

    def output_shape(self, x: Shape) -> Shape:
        """Return (in_channels * depth_multiplier, *places of the kernel)."""
        return Shape.image(x.channels * self.depth_multiplier, self.places(x))

    def sliding(self, x: Shape) -> Spelling:
        """Return the depthwise convolution."""
        return Spelling(self.convolution(x))

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight, and bias for each output channel."""
        weight = self.kernels(x, "weight", AxisRole.OUT_CHANNELS)
        return (weight, Tensor("bias", weight.axes[:1])) if self.bias else (weight,)

    def macs(self, x: Shape) -> int:
        """Return places times weights."""
        return self.positions(x) * self.tensors(x)[0].size

    def macs_formula(self, x: Shape) -> str:
        """Return places times weights."""
        return f"{self.sizes_product('out')} * weight"


@layer_type(
    "separable_conv",
    ranks=(1, 2),
    keras="SeparableConv{rank}D",
    example={"out_channels": 32, "kernel_size": 3, "padding": "same"},
)
class SeparableConv(DepthwiseWindow):
    """Separable convolution: depthwise, then 1x1 across channels, with one bias at the end."""

    out_channels: Whole = setting("channels of the output", ge=1, label="out", always=True, keras="filters")

    def output_shape(self, x: Shape) -> Shape:
        """Return (out_channels, *places of the kernel)."""
        return Shape.image(self.out_channels, self.places(x))

    def sliding(self, x: Shape) -> Spelling:
        """Return both convolutions under their names."""
        first = self.model_copy(update={"bias": False}).convolution(x)
        bias = "" if self.bias else ", bias=False"
        second = f"nn.Conv{self.rank}d({{between}}, {{out_channels}}, kernel_size=1{bias})"
        both = f'nn.ModuleDict({{{{"depthwise": {first.template}, "pointwise": {second}}}}})'
        return Spelling(
            Code(both, {**first.values, "out_channels": self.out_channels}),
            Code("{self}.pointwise({self}.depthwise({x}))"),
        )

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return also what is between both convolutions."""
        between = run.x.batch * run.x.shape.channels * self.depth_multiplier * self.positions(run.x.shape)
        first = super().saved_for_backward(run)
        return first._replace(own=(*first.own, OwnTensor(between)))

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return the depthwise and the pointwise weights, and one bias."""
        depthwise = self.kernels(x, "depthwise.weight", AxisRole.HIDDEN)
        outputs = Axis(AxisRole.OUT_CHANNELS, self.out_channels, "C_out")
        one_by_one = (Axis(AxisRole.KERNEL, 1, "1"),) * self.rank
        weights = (depthwise, Tensor("pointwise.weight", (outputs, depthwise.axes[0], *one_by_one)))
        return (*weights, Tensor("pointwise.bias", (outputs,))) if self.bias else weights

    def macs(self, x: Shape) -> int:
        """Return places times both weights."""
        depthwise, pointwise = self.tensors(x)[:2]
        return self.positions(x) * (depthwise.size + pointwise.size)

    def macs_formula(self, x: Shape) -> str:
        """Return places times both weights."""
        return f"{self.sizes_product('out')} * (depthwise_weight + pointwise_weight)"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return also the output channels."""
        return {**super().symbols(x), "C_out": self.out_channels}
