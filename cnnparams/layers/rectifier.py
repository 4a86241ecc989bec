"""Rectifiers: activations made of straight lines (PyTorch's ReLU and its kin), and the identity."""

from collections.abc import Mapping
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.activation import Activation, InPlaceActivation
from cnnparams.layers.contract.base import Footprint, Layer
from cnnparams.layers.contract.memory import (
    INPUT,
    NOTHING,
    OUTPUT,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    in_order,
    overwritten,
)
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Real, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Spelling
from cnnparams.layers.contract.strides import MemoryLayout, contiguous
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


@layer_type("relu")
class ReLU(InPlaceActivation):
    """ReLU: max(0, x)."""

    copies_overwritten: ClassVar[bool] = False

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the output, which the next layer often keeps as its input."""
        return OUTPUT


@layer_type("relu6")
class ReLU6(InPlaceActivation):
    """ReLU6: min(max(0, x), 6)."""


@layer_type("leaky_relu")
class LeakyReLU(InPlaceActivation):
    """Leaky ReLU: x where positive, else a small multiple of it."""

    copies_overwritten: ClassVar[bool] = False

    negative_slope: Real = setting("slope for negative inputs", 0.01, label="negative_slope", keras="alpha")


@layer_type("prelu", example={"num_parameters": 16})
class PReLU(Layer):
    """PReLU: leaky ReLU whose slope is learned, one for all channels or one for each."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE
    unlike_keras: ClassVar[str] = (
        "as in PyTorch, one slope, or one for each channel; in Keras each element has one along axes not shared"
    )
    keras_settings: ClassVar[Mapping[str, str]] = {
        "shared_axes": "where all axes but the channels are shared, write num_parameters, the channels"
    }

    num_parameters: Whole = setting("1, or the number of channels", 1, ge=1, label="num_parameters", always=True)
    init: Real = setting("initial slope", 0.25)

    def check(self, x: Shape) -> None:
        """Raise LayerError where num_parameters are neither 1 nor the channels."""
        if self.num_parameters not in (1, x.channels):
            raise LayerError(
                f"num_parameters {self.num_parameters} is neither 1 nor the {x.channels} channels of the input",
                "num_parameters",
                f"write num_parameters: {x.channels}, or 1",
            )

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        slopes = (1, self.num_parameters, *[1] * (len(run.output) - 2))
        return in_order(run.output, run.x.layout, MemoryLayout(slopes, contiguous(slopes)))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input."""
        return INPUT

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (num_parameters)."""
        role = AxisRole.SHARED if self.num_parameters == 1 else AxisRole.CHANNELS
        return (Tensor("weight", (Axis(role, self.num_parameters, "num_parameters"),)),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return num_parameters."""
        return {"num_parameters": self.num_parameters}


@layer_type("hardswish")
class Hardswish(InPlaceActivation):
    """Hardswish: SiLU made of straight lines."""


@layer_type("hardsigmoid")
class Hardsigmoid(InPlaceActivation):
    """Hardsigmoid: sigmoid made of straight lines."""


@layer_type("hardtanh")
class Hardtanh(InPlaceActivation):
    """Hardtanh: x between two bounds, and these beyond them."""

    min_val: Real = setting("lower bound", -1.0, label="min_val")
    max_val: Real = setting("upper bound", 1.0, label="max_val")


@layer_type("threshold", example={"threshold": 0.1, "value": 0})
class Threshold(InPlaceActivation):
    """Threshold: x where it is above a threshold, else a value."""

    threshold: Real = setting("above this x stays", label="threshold", always=True)
    value: Real = setting("what takes its place otherwise", label="value", always=True)


@layer_type("hardshrink")
class Hardshrink(Activation):
    """Hardshrink: x, but 0 between -lambd and lambd."""

    lambd: Real = setting("half the width of the gap", 0.5, label="lambd")


@layer_type("softshrink")
class Softshrink(Activation):
    """Softshrink: x moved towards 0 by lambd, and 0 where that is further than x."""

    lambd: Real = setting("how far to move", 0.5, ge=0, label="lambd")


@layer_type("rrelu")
class RReLU(InPlaceActivation):
    """RReLU: leaky ReLU whose slope is drawn at random while training, and else is the middle (arXiv 1505.00853)."""

    lower: Real = setting("least slope", 1 / 8, label="lower")
    upper: Real = setting("largest slope", 1 / 3, label="upper")

    def check(self, x: Shape) -> None:
        """Raise LayerError where the bounds are not in order."""
        if self.lower > self.upper:
            raise LayerError(f"lower {self.lower} is more than upper {self.upper}", "lower", "swap them")

    def in_forward(self, x: Shape) -> Spelling:
        """Return the module, which knows whether it is being trained."""
        return self.spelling(x)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, or the output over it, and the slopes."""
        kept = OUTPUT if self.inplace else INPUT
        return kept._replace(own=(OwnTensor(run.x.size),))


@layer_type("identity")
class Identity(Activation):
    """Identity: passes its input on (Keras' linear activation)."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    def in_forward(self, x: Shape) -> Spelling:
        """Return the module: there is no function that does nothing."""
        return self.spelling(x)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the place of the input."""
        return overwritten(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING
