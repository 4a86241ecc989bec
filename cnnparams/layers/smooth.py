"""Smooth activations (PyTorch's GELU, SiLU, Sigmoid, Softmax and their kin)."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from cnnparams.layers.activation import Activation, InPlaceActivation
from cnnparams.layers.contract.base import Footprint
from cnnparams.layers.contract.memory import OUTPUT, ForwardPass, Placement, SavedForBackward, fresh
from cnnparams.layers.contract.reach import Reaches, same_places
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Real, Whole, setting
from cnnparams.layers.contract.shape import Shape, check_dim, dim_index
from cnnparams.layers.contract.spelling import Spelling, module


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


@layer_type("sigmoid")
class Sigmoid(Activation):
    """Sigmoid: 1 / (1 + exp(-x))."""

    home: ClassVar[str] = "torch"

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the output, which tells the slope."""
        return OUTPUT


@layer_type("tanh")
class Tanh(Activation):
    """Hyperbolic tangent."""

    home: ClassVar[str] = "torch"

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the output, which tells the slope."""
        return OUTPUT


@layer_type("softplus")
class Softplus(Activation):
    """Softplus: log(1 + exp(beta x)) / beta, a smooth ReLU."""

    beta: Real = setting("sharpness", 1.0, label="beta")
    threshold: Real = setting("above this the function is linear", 20.0)


@layer_type("elu")
class ELU(InPlaceActivation):
    """ELU: x where positive, else alpha (exp(x) - 1)."""

    copies_overwritten: ClassVar[bool] = False

    alpha: Real = setting("scale for negative inputs", 1.0, label="alpha")


@layer_type("selu")
class SELU(InPlaceActivation):
    """SELU: ELU scaled so that activations keep mean 0 and variance 1."""

    copies_overwritten: ClassVar[bool] = False


class OverDimension(Activation):
    """An activation that normalises along one dimension."""

    footprint: ClassVar[Footprint] = Footprint.NEW
    keras_settings: ClassVar[Mapping[str, str]] = {
        "axis": "write dim, which counts in PyTorch's order: of an image 1 is the channels, 2 the height"
    }

    dim: Whole | None = setting("dimension to normalise along; 0 is the batch", None, label="dim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where the dimension is none of a sample's."""
        if self.dim is not None:
            check_dim("dim", self.dim, x)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and the sum along `dim`, for which PyTorch takes the batch where a sample has two."""
        summed = {} if self.dim is None and len(x.dims) == 2 else {dim_index(self.dim or 1, x)}
        return (same_places(len(x.dims), frozenset(summed)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the module with the dimension that PyTorch takes where none is given, and warns about."""
        dim = (0 if len(x.dims) == 2 else 1) if self.dim is None else self.dim
        return Spelling(module(type(self).__name__, {"dim": dim}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return an output that is laid out anew."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the output."""
        return OUTPUT


@layer_type("softmax", example={"dim": -1}, example_input=(10,))
class Softmax(OverDimension):
    """Softmax: exp(x), scaled to a sum of 1."""


@layer_type("log_softmax", example={"dim": -1}, example_input=(10,))
class LogSoftmax(OverDimension):
    """The logarithm of softmax."""
