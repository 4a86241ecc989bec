"""Smooth activations (PyTorch's GELU, SiLU, Sigmoid, Softmax and their kin)."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.activation import Activation, InPlaceActivation
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import (
    INPUT,
    NOTHING,
    OUTPUT,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_usual,
    fresh,
)
from cnnparams.layers.contract.reach import Reaches, moving, replaced, same_places, window_taps
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Real, Whole, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, dim_index
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


@layer_type("celu")
class CELU(InPlaceActivation):
    """CELU: ELU whose slope is 1 at 0 whatever alpha: alpha (exp(x / alpha) - 1) where negative."""

    copies_overwritten: ClassVar[bool] = False

    alpha: Real = setting("scale for negative inputs", 1.0, label="alpha")


class WithAnother(Activation):
    """An activation that keeps a tensor of its own on the way, as large as its input."""

    keeps: ClassVar[SavedForBackward]

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return that tensor, and what is declared."""
        return self.keeps._replace(own=(OwnTensor(run.x.size),))


@layer_type("softsign")
class Softsign(WithAnother):
    """Softsign: x / (1 + abs(x))."""

    keeps: ClassVar[SavedForBackward] = INPUT


@layer_type("tanhshrink")
class Tanhshrink(WithAnother):
    """Tanhshrink: x - tanh(x)."""

    keeps: ClassVar[SavedForBackward] = NOTHING


@layer_type("logsigmoid")
class LogSigmoid(WithAnother):
    """The logarithm of sigmoid."""

    keeps: ClassVar[SavedForBackward] = INPUT


@layer_type("glu", example_input=(32, 16, 16), example={"dim": 1})
class GLU(Layer):
    """Gated linear unit: one half of the channels times the sigmoid of the other (Dauphin et al., arXiv 1612.08083)."""

    dim: Whole = setting("dimension that is halved; 0 is the batch, 1 the channels, -1 the last", -1, label="dim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where the dimension is none of a sample's, or has no halves."""
        check_dim("dim", self.dim, x)
        if (n := x.dims[dim_index(self.dim, x)]) % 2:
            raise LayerError(f"dim {self.dim} has {n}, which has no halves", "dim", "give it an even number")

    def output_shape(self, x: Shape) -> Shape:
        """Return the shape with half of the dimension."""
        at = dim_index(self.dim, x)
        return x.with_size(at, x.dims[at] // 2)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place in both halves."""
        at = dim_index(self.dim, x)
        halves = window_taps(2, 1, 0, x.dims[at] // 2)
        return (replaced(same_places(len(x.dims)), at, moving(at, halves)),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input."""
        return INPUT

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the size that is halved."""
        at = dim_index(self.dim, x)
        return {f"{axis_name(x, at).letter}_in": x.dims[at]}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield half of it."""
        at = dim_index(self.dim, x)
        words, letter = axis_name(x, at)
        yield Step(f"output {words}", f"{letter}_out", f"{letter}_in / 2", x.dims[at] // 2)


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


@layer_type("softmin", example={"dim": -1}, example_input=(10,))
class Softmin(OverDimension):
    """Softmin: softmax of -x."""
