"""Recurrent layers over (steps, features) (PyTorch's RNN, LSTM, GRU)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    FLOAT32,
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    rows_saved,
)
from cnnparams.layers.contract.reach import Reaches, everything
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Real, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor


class Recurrent(Layer):
    """What recurrent layers share; they differ in the number of gates."""

    gates: ClassVar[int]
    unlike_keras: ClassVar[str] = (
        "as in PyTorch, two biases for each gate (in Keras one, but for GRU), and the output at every step"
    )
    keras_settings: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("recurrent_activation", "recurrent_dropout", "go_backwards", "stateful", "unroll", "unit_forget_bias"),
            "it does not affect any count: leave it out",
        ),
        "reset_after": "leave it out",
        "return_sequences": "leave it out",
        "return_state": "leave it out",
    }
    legend: ClassVar[str] = (
        "T steps, I input_size, H hidden_size, G gates, D directions, O features that one direction puts out"
    )

    input_size: Whole | None = setting("features of a step; inferred", None, ge=1, label="in", always=True)
    hidden_size: Whole = setting("size of the hidden state", ge=1, label="hidden", always=True, keras="units")
    num_layers: Whole = setting("layers, one on top of the other", 1, ge=1, le=1000, label="layers")
    bias: Flag = setting("whether to learn the two biases of each gate", True, label="bias", keras="use_bias")
    batch_first: Flag = setting("where PyTorch puts the batch; shapes here have none", False)
    dropout: Real = setting("dropout between layers", 0.0, ge=0, le=1)
    bidirectional: Flag = setting("whether to run in both directions", False, label="bidirectional")

    @property
    def directions(self) -> int:
        """2 where bidirectional, else 1."""
        return 2 if self.bidirectional else 1

    @property
    def projection(self) -> int:
        """The size that the hidden state is projected to; 0 for none."""
        return 0

    def inferred(self, x: Shape) -> Mapping[str, Any]:
        """Infer input_size."""
        return {"input_size": x.dims[-1]}

    def check(self, x: Shape) -> None:
        """Raise LayerError where the input is not (steps, features)."""
        if len(x.dims) != 2:
            raise LayerError(f"needs an input of (steps, features), but gets {x}", hint="reshape it to two dimensions")

    def output_shape(self, x: Shape) -> Shape:
        """Return (steps, directions * features of a direction): the output at every step."""
        return Shape((x.dims[0], self.directions * self._features))

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return all steps: what the last one sees, or the first one backwards."""
        return (tuple(map(everything, x.dims)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the module, whose result is the output at every step and the last state."""
        batched = self.model_copy(update={"batch_first": True})
        return Spelling(batched.module(type(self).__name__, x), Code("{self}({x})[0]"))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the outputs of a step side by side: PyTorch goes through the steps with all samples at once."""
        batch, _, features = run.output
        return Placement((features, batch * features, 1))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, or a copy for each direction, what the steps keep, and what is between the layers."""
        steps, directions = run.x.shape.dims[0], self.directions
        first = rows_saved(run.x.steps_first, directions) if run.learns else NOTHING
        cells = OwnTensor(self.num_layers * directions * run.x.batch * self.saved_by_steps(steps, run.learns))
        between = OwnTensor(math.prod(run.output))
        masks = (OwnTensor(1) if self.dropout == 1 else between,) if self.dropout else ()
        more = (*masks, *((between,) if run.learns else ())) * (self.num_layers - 1)
        return first._replace(own=(*first.own, cells, *more))

    def saved_by_steps(self, steps: int, learns: bool) -> int:
        """Return the elements that the steps of one layer, in one direction, keep of one sample."""
        raise NotImplementedError

    def tensors(self, x: Shape) -> tuple[Tensor, ...]:
        """Return for each layer and direction weight_ih, weight_hh, bias_ih, bias_hh and weight_hr where projected."""
        ends = [f"_l{layer}{way}" for layer in range(self.num_layers) for way in ("", "_reverse")[: self.directions]]
        return tuple(tensor for end in ends for tensor in self._cell(end, x))

    def _cell(self, end: str, x: Shape) -> Iterator[Tensor]:
        gates = Axis(AxisRole.HIDDEN, self.gates * self.hidden_size, "G * H")
        state = Axis(AxisRole.STATE, self._features, "O")
        below = Axis(AxisRole.STATE, self.directions * self._features, "(D * O)")
        inputs = Axis(AxisRole.IN_CHANNELS, x.dims[1], "I") if end.startswith("_l0") else below
        yield Tensor(f"weight_ih{end}", (gates, inputs))
        yield Tensor(f"weight_hh{end}", (gates, state))
        if self.bias:
            yield from (Tensor(f"bias_{side}{end}", (gates,)) for side in ("ih", "hh"))
        if self.projection:
            yield Tensor(f"weight_hr{end}", (state, Axis(AxisRole.HIDDEN, self.hidden_size, "H")))

    def macs(self, x: Shape) -> int:
        """Return every weight once for each step."""
        return x.dims[0] * sum(tensor.size for tensor in self._weights(x))

    def macs_formula(self, x: Shape) -> str:
        """Return steps times weights."""
        return "T * weights"

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return T steps, I inputs, H hidden, G gates, D directions, O outputs of a direction, and all weights."""
        sizes = {"T": x.dims[0], "I": x.dims[1], "H": self.hidden_size}
        weights = sum(tensor.size for tensor in self._weights(x))
        return {**sizes, "G": self.gates, "D": self.directions, "O": self._features, "weights": weights}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the features of a step."""
        yield Step("output features", "features", "D * O", self.directions * self._features)

    @property
    def _features(self) -> int:
        return self.projection or self.hidden_size

    def _weights(self, x: Shape) -> list[Tensor]:
        return [tensor for tensor in self.tensors(x) if tensor.name.startswith("weight")]


@layer_type("rnn", example={"hidden_size": 64}, example_input=(28, 32))
class RNN(Recurrent):
    """Recurrent layer (Elman): one gate."""

    gates: ClassVar[int] = 1

    nonlinearity: Literal["tanh", "relu"] = setting("activation of the hidden state", "tanh")

    def saved_by_steps(self, steps: int, learns: bool) -> int:
        """Return every hidden state; for the weights also the one before the first step."""
        return (steps + learns) * self.hidden_size


@layer_type("lstm", example={"hidden_size": 64}, example_input=(28, 32))
class LSTM(Recurrent):
    """Long short-term memory: four gates, and a projection of the hidden state if asked for."""

    gates: ClassVar[int] = 4

    proj_size: Whole = setting("size to project the hidden state to; 0 for none", 0, ge=0, label="proj")

    @property
    def projection(self) -> int:
        """The size that the hidden state is projected to; 0 for none."""
        return self.proj_size

    def check(self, x: Shape) -> None:
        """Raise LayerError also where the projection is not smaller than the hidden state."""
        if self.proj_size >= self.hidden_size:
            raise LayerError(
                f"proj_size {self.proj_size} must be less than hidden_size {self.hidden_size}",
                "proj_size",
                "use a smaller one, or 0 for no projection",
            )
        super().check(x)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what PyTorch keeps step by step.

        Without a projection, and in float32 or narrower, it is oneDNN that runs all steps where PyTorch was built with
        it; then this is an estimate, as what oneDNN keeps instead is a workspace whose size it does not tell.
        """
        return super().saved_for_backward(run)._replace(certain=self.proj_size > 0 or run.itemsize > FLOAT32)

    def saved_by_steps(self, steps: int, learns: bool) -> int:
        """Return four gates, the cell before and its tanh; for the weights the state before, and what is projected."""
        weighted = self._features + (self.hidden_size if self.proj_size else 0)
        return steps * (6 * self.hidden_size + learns * weighted)


@layer_type("gru", example={"hidden_size": 64}, example_input=(28, 32))
class GRU(Recurrent):
    """Gated recurrent unit: three gates."""

    gates: ClassVar[int] = 3

    def saved_by_steps(self, steps: int, learns: bool) -> int:
        """Return three gates, a part of one, and the new state before and after; for the weights the state before."""
        return steps * (6 + learns) * self.hidden_size
