"""Several tensors into one: what merges share, and concatenation (PyTorch's cat)."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError, listed
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.keras import KerasReading
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward, fresh
from cnnparams.layers.contract.reach import Reach, Reaches, replaced, same_places
from cnnparams.layers.contract.registry import keras_word, layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import channels_last, suggests_channels_last


class Merge(Layer):
    """What merges share: two inputs or more, all of as many dimensions, and an activation where wanted."""

    accepts_activation: ClassVar[bool] = True
    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = None

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the inputs do not go together."""
        first = inputs[0]
        for other in inputs[1:]:
            if len(other.dims) != len(first.dims):
                message = f"needs inputs of the same number of dimensions, but gets {pair(first, other)}"
                raise LayerError(message, hint=_reshape_hint(first, other))
        self._check_sizes(*inputs)

    def _check_sizes(self, *inputs: Shape) -> None:
        """Raise LayerError where sizes do not go together."""
        raise NotImplementedError

    def _sizes(self, at: int, *inputs: Shape) -> dict[str, int]:
        """Return the sizes of the inputs along one dimension, by symbol: C_1, C_2, ..."""
        letter = axis_name(typical(*inputs), at).letter
        return {f"{letter}_{i}": x.dims[at] for i, x in enumerate(inputs, 1)}

    def _step(self, at: int, formula: str, *inputs: Shape) -> Step:
        """Return how a size of the output comes about."""
        words, letter = axis_name(typical(*inputs), at)
        return Step(f"output {words}", f"{letter}_out", formula, self.output_shape(*inputs).dims[at])


@layer_type("concat", keras="Concatenate", example_input=(16, 32, 32))
class Concat(Merge):
    """Concatenation: joins tensors along one dimension, the channels by default."""

    keras_settings: ClassVar[Mapping[str, str]] = {
        "axis": "write dim, which counts in PyTorch's order: of an image 1 is the channels, 2 the height"
    }
    dim: Whole = setting("dimension to join along; 0 is the batch, 1 the channels", 1, label="dim")

    def _check_sizes(self, *inputs: Shape) -> None:
        check_dim("dim", self.dim, inputs[0])
        first, at = inputs[0], dim_index(self.dim, inputs[0])
        for other in inputs[1:]:
            if any(a != b for i, (a, b) in enumerate(zip(first.dims, other.dims, strict=True)) if i != at):
                along = "the channels" if at == typical(*inputs).channel_axis else f"dimension {self.dim}"
                message = f"needs inputs that agree in all but {along}, but gets {pair(first, other)}"
                raise LayerError(message, hint="bring them to one size before, with padding, a pool or an upsample")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the inputs' shape with the sum of their sizes along `dim`."""
        at = dim_index(self.dim, inputs[0])
        return typical(*inputs).with_size(at, sum(x.dims[at] for x in inputs))

    def geometry(self) -> Hashable | None:
        """Return the dimension along which sizes add up."""
        return type(self), self.dim

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return torch.cat."""
        return Spelling(None, Code("torch.cat([{inputs}], dim={dim})", {"dim": self.dim}))

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same place, but along `dim` only somewhere an input's element."""
        at = dim_index(self.dim, inputs[0])
        return tuple(replaced(same_places(len(x.dims)), at, Reach((at,), None)) for x in inputs)

    def placement(self, run: ForwardPass) -> Placement:
        """Return an image whose channels are last in memory where those of all inputs are."""
        layouts = [x.layout for x in run.inputs]
        known = [layout for layout in layouts if layout]
        if known and all(map(suggests_channels_last, known)):
            return Placement(channels_last(run.output) if len(known) == len(layouts) else None)
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the sizes that are joined."""
        return self._sizes(dim_index(self.dim, inputs[0]), *inputs)

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the joined size."""
        yield self._step(dim_index(self.dim, inputs[0]), " + ".join(self.symbols(*inputs)), *inputs)


def typical(*inputs: Shape) -> Shape:
    """Return the first input of which it is known where its channels are, or else the first."""
    return next((x for x in inputs if x.channel_axis is not None), inputs[0])


def pair(a: Shape, b: Shape) -> str:
    """Write two shapes; where tables would write both alike, as PyTorch has them."""
    if str(a) != str(b):
        return f"{a} and {b}"
    return f"{listed([str(list(x.dims)) for x in (a, b)], 'and')} in PyTorch's order"


def _reshape_hint(a: Shape, b: Shape) -> str:
    vector, image = sorted((a, b), key=lambda x: len(x.dims))
    if len(vector.dims) == 1 and image.channel_axis == 0 and vector.dims[0] == image.channels:
        return f"reshape the vector to {[image.channels, *[1] * len(image.spatial)]} before: a number for each channel"
    return "reshape or flatten one of them before"


@keras_word("Concatenate")
class Concatenate(KerasReading, Concat):
    """Joins along the channels, which of anything but an image are the last dimension."""

    dim: Whole | None = setting("dimension to join along; 0 is the batch", None, label="dim")  # type: ignore[assignment]

    def check(self, *inputs: Shape) -> None:
        """Raise nothing: the dimension is found, wherever the channels are."""

    def settings(self, *inputs: Shape) -> dict[str, Any]:
        """Return the dimension."""
        at = typical(*inputs).channel_axis
        return {"dim": (-1 if at is None else at + 1) if self.dim is None else self.dim}
