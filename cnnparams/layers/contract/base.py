"""The contract of a layer type, and what one answers about itself.

A layer is a frozen pydantic model whose fields are its YAML keys, in PyTorch's words. For the shapes that enter it,
it answers: the shape that leaves, the tensors it holds, its multiply-accumulates, and how each of these comes about.
It knows nothing of files, tables, bytes or other layers.
"""

from collections.abc import Hashable, Iterator, Mapping
from enum import Enum, auto
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import ConfigDict

from cnnparams.errors import LayerError
from cnnparams.layers.contract.memory import TrainingMemory
from cnnparams.layers.contract.reach import Reaches, same_places
from cnnparams.layers.contract.settings import Hyperparameter, brief_value, displays
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Spelled
from cnnparams.layers.contract.tensor import Tensor

PARAMETERS = "parameters"
BUFFERS = "buffers"
MACS = "MACs"
SAME_SIZES = "same sizes"
"""The geometry of a layer that gives an image of the size that it gets."""


class Footprint(Enum):
    """What memory a layer's output needs when the network is used: its own, none, or its input's if that is free.

    What a layer holds is in memory with the model, whether it is read or not.
    """

    NEW = auto()
    HELD = auto()
    VIEW = auto()
    ELEMENTWISE = auto()


class Step(NamedTuple):
    """One line of a derivation: `symbol` = `formula`, which for this layer's symbols is `result`."""

    quantity: str
    symbol: str
    formula: str
    result: int
    note: str | None = None

    @property
    def named(self) -> bool:
        """Whether the symbol says more than the words of the quantity."""
        return self.symbol not in (self.quantity, *self.quantity.split())


class Derivation(NamedTuple):
    """How a layer's numbers come about: the values of its symbols, and the steps that use them."""

    symbols: Mapping[str, float]
    steps: tuple[Step, ...]


class Layer(TrainingMemory, Spelled):
    """What every layer type is. The defaults here are those of a layer that learns nothing and keeps its shape.

    The methods take the shapes that enter, in order; all but `inferred` and `resolve` expect a layer whose settings
    `resolve` has filled in. `check` says what the layer refuses. What it computes for shapes that `check` lets pass is
    arithmetic over their sizes and the settings, by operators alone: a size may be a whole number, an array of them, or
    a symbol. So nothing there converts a size, or branches on one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, validate_default=True)

    type: ClassVar[str]
    stem: ClassVar[str]
    legend: ClassVar[str] = ""
    """What the symbols of the formulas stand for, where that is not plain."""
    accepts_activation: ClassVar[bool] = False
    is_activation: ClassVar[bool] = False
    least_inputs: ClassVar[int] = 1
    most_inputs: ClassVar[int | None] = 1
    footprint: ClassVar[Footprint] = Footprint.NEW
    unlike_keras: ClassVar[str] = ""
    """How Keras' layer of the same name counts otherwise; the word is PyTorch's."""
    keras_settings: ClassVar[Mapping[str, str]] = {}
    """Settings that Keras' layer has and this one has not, under no name, each with what to do."""

    @property
    def fewest_inputs(self) -> int:
        """How many inputs a layer with these settings takes at least."""
        return self.least_inputs

    @classmethod
    def reads(cls, x: Shape) -> Shape:
        """Return an input as the layer takes it, where it sees an image in any dimensions."""
        return x

    def inferred(self, *inputs: Any, **_: Any) -> Mapping[str, Any]:
        """Return the settings that the input decides, such as in_channels, whatever the layer makes of that input."""
        return {}

    def check(self, *inputs: Any, **_: Any) -> None:
        """Raise LayerError where the layer cannot take its input, or would give nothing."""

    def resolve(self, *inputs: Shape) -> Self:
        """Return the layer with what its input decides filled in; raise LayerError where it does not go with that."""
        found = self.inferred(*inputs)
        resolved = self.model_copy(update=found) if found else self
        resolved.check(*inputs)
        self.check_written(found, *inputs)
        return resolved

    def check_written(self, found: Mapping[str, Any], *inputs: Shape) -> None:
        """Raise LayerError where a setting was written with another value than the input decides."""
        for name, value in found.items():
            written = getattr(self, name)
            if written is not None and written != value:
                hint = self.other_size_hint(written, *inputs) or f"write {name}: {value}, or leave it out"
                raise LayerError(f"{name} is {written}, but the input has {value}", name, hint)

    def output_shape(self, *inputs: Any, **_: Any) -> Shape:
        """Return the shape that leaves the layer."""
        shape: Shape = inputs[0]
        return shape

    def geometry(self) -> Hashable | None:
        """Return what decides an output image's sizes beside those of the inputs; None where channels, say, do too.

        The output's channels then depend on the inputs' channels alone.
        """
        return None

    def reach(self, *inputs: Any, **_: Any) -> tuple[Reaches, ...]:
        """Return what a place of the output sees of each input, by default the same place."""
        return tuple(same_places(len(x.dims)) for x in inputs)

    def tensors(self, *inputs: Any, **_: Any) -> tuple[Tensor, ...]:
        """Return the parameters and buffers, in PyTorch's order."""
        return ()

    def macs(self, *inputs: Any, **_: Any) -> int:
        """Return the multiply-accumulates for one sample."""
        return 0

    def macs_formula(self, *inputs: Any, **_: Any) -> str:
        """Return `macs` as a formula over `symbols` and the sizes of the tensors by name."""
        return "0"

    def symbols(self, *inputs: Any, **_: Any) -> Mapping[str, float]:
        """Return the values of the symbols that the layer's formulas use."""
        return {}

    def shape_steps(self, *inputs: Any, **_: Any) -> Iterator[Step]:
        """Yield how the output's sizes come about; nothing where the shape stays as it was."""
        yield from ()

    def provenance(self, *inputs: Any, **_: Any) -> str | None:
        """Return why the output has the size it has, where users stumble over that (flatten)."""
        return None

    def other_size_hint(self, written: object, *inputs: Any, **_: Any) -> str | None:
        """Return what may have been meant by a size that is not the input's."""
        return None

    def remark(self, *inputs: Any, **_: Any) -> str | None:
        """Return what is right but seldom meant."""
        return None

    def derivation(self, *inputs: Shape) -> Derivation:
        """Return how the output's sizes, the parameters, the buffers and the MACs come about."""
        tensors = self.tensors(*inputs)
        steps = [
            *self.shape_steps(*inputs),
            *(Step(tensor.name, tensor.symbol, tensor.formula, tensor.size) for tensor in tensors),
            _sum_of(PARAMETERS, [tensor for tensor in tensors if tensor.learned]),
            *([_sum_of(BUFFERS, buffers)] if (buffers := [t for t in tensors if not t.learned]) else []),
            Step(MACS, MACS, self.macs_formula(*inputs), self.macs(*inputs)),
        ]
        return Derivation({**self.symbols(*inputs), **{tensor.symbol: tensor.size for tensor in tensors}}, tuple(steps))

    def hyperparameters(self) -> Iterator[Hyperparameter]:
        """Yield every setting."""
        for name, shown, default in displays(type(self)):
            value = getattr(self, name)
            short = value if shown.each_axis else brief_value(self, name)
            worth = shown.always or short not in (None, default)
            yield Hyperparameter(name, value, shown.label if worth else None, short)


def _sum_of(quantity: str, tensors: list[Tensor]) -> Step:
    formula = " + ".join(tensor.symbol for tensor in tensors) or "0"
    return Step(quantity, quantity, formula, sum(tensor.size for tensor in tensors))
