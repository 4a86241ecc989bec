"""Activations, element by element: no parameters (but PReLU's), no multiply-accumulates, the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.base import Layer, Tensor
from cnnparams.layers.checks import sample_dim
from cnnparams.layers.registry import layer_type
from cnnparams.layers.settings import Flag, Real, Whole, setting
from cnnparams.layers.shape import Shape


class Activation(Layer):
    """What the activations share: they may stand as `activation:` of a layer with weights."""

    is_activation: ClassVar[bool] = True


class InPlaceActivation(Activation):
    """An activation that may overwrite its input."""

    inplace: Flag = setting("whether to overwrite the input", False)


@layer_type("relu")
class ReLU(InPlaceActivation):
    """ReLU: max(0, x)."""


@layer_type("relu6")
class ReLU6(InPlaceActivation):
    """ReLU6: min(max(0, x), 6)."""


@layer_type("leaky_relu")
class LeakyReLU(InPlaceActivation):
    """Leaky ReLU: x where positive, else a small multiple of it."""

    negative_slope: Real = setting("slope for negative inputs", 0.01, label="negative_slope")


@layer_type("prelu", example={"num_parameters": 16})
class PReLU(Layer):
    """PReLU: leaky ReLU whose slope is learned, one for all channels or one for each."""

    num_parameters: Whole = setting("1, or the number of channels", 1, ge=1, label="num_parameters", always=True)
    init: Real = setting("initial slope", 0.25)

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Check num_parameters against the channels."""
        if self.num_parameters not in (1, x.channels):
            raise LayerError(
                f"num_parameters {self.num_parameters} is neither 1 nor the {x.channels} channels of the input",
                "num_parameters",
                f"write num_parameters: {x.channels}, or 1",
            )
        return {}

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return weight (num_parameters)."""
        return (Tensor("weight", (self.num_parameters,), "num_parameters"),)

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return num_parameters."""
        return {"num_parameters": self.num_parameters}


@layer_type("elu")
class ELU(InPlaceActivation):
    """ELU: x where positive, else alpha (exp(x) - 1)."""

    alpha: Real = setting("scale for negative inputs", 1.0, label="alpha")


@layer_type("selu")
class SELU(InPlaceActivation):
    """SELU: ELU scaled so that activations keep mean 0 and variance 1."""


@layer_type("gelu")
class GELU(Activation):
    """GELU: x times the normal distribution at x."""

    approximate: Literal["none", "tanh"] = setting("none, or tanh for the quick approximation", "none")


@layer_type("silu", keras="swish")
class SiLU(InPlaceActivation):
    """SiLU, also called swish: x times sigmoid(x)."""


@layer_type("mish")
class Mish(InPlaceActivation):
    """Mish: x times tanh(softplus(x))."""


@layer_type("hardswish")
class Hardswish(InPlaceActivation):
    """Hardswish: SiLU made of straight lines."""


@layer_type("hardsigmoid")
class Hardsigmoid(InPlaceActivation):
    """Hardsigmoid: sigmoid made of straight lines."""


@layer_type("sigmoid")
class Sigmoid(Activation):
    """Sigmoid: 1 / (1 + exp(-x))."""


@layer_type("tanh")
class Tanh(Activation):
    """Hyperbolic tangent."""


@layer_type("softplus")
class Softplus(Activation):
    """Softplus: log(1 + exp(beta x)) / beta, a smooth ReLU."""

    beta: Real = setting("sharpness", 1.0, label="beta")
    threshold: Real = setting("above this the function is linear", 20.0)


class OverDimension(Activation):
    """An activation that normalises along one dimension."""

    dim: Whole | None = setting("dimension to normalise along; 0 is the batch", None, label="dim")

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Check that the dimension is one of a sample."""
        if self.dim is not None:
            sample_dim("dim", self.dim, x)
        return {}


@layer_type("softmax", example={"dim": -1}, example_input=(10,))
class Softmax(OverDimension):
    """Softmax: exp(x), scaled to a sum of 1."""


@layer_type("log_softmax", example={"dim": -1}, example_input=(10,))
class LogSoftmax(OverDimension):
    """The logarithm of softmax."""


@layer_type("identity")
class Identity(Activation):
    """Identity: passes its input on (Keras' linear activation)."""
