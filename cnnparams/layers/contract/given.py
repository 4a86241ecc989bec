"""A layer whose weight is another tensor of the network: standardised, tied, transposed, or a fixed kernel.

It is the last of what enters. The layer does not hold it, and the tensors that it is made of count where they stand.
"""

from __future__ import annotations

from typing import Self

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import ForwardPass, Placement, SavedForBackward
from cnnparams.layers.contract.reach import Reaches, everything
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.tensor import Tensor
from cnnparams.layers.contract.wrapping import Wrapping, wrapping

WEIGHT = "weight"


def given_weight(layer: Layer) -> Given:
    """Return a layer that reads its weight from the network, behind its other inputs."""
    around: type[Given] = wrapping(Given, type(layer))
    return around(inner=layer)


class Given(Wrapping):
    """A layer of any type that has a weight, which enters behind the other inputs."""

    @property
    def least_inputs(self) -> int:  # type: ignore[override]  # one more than those of the type
        """One more, which is the weight."""
        return self.inner.least_inputs + 1

    @property
    def most_inputs(self) -> int | None:  # type: ignore[override]
        """One more, which is the weight."""
        return None if self.inner.most_inputs is None else self.inner.most_inputs + 1

    def inside(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Return the inputs but the weight."""
        return inputs[:-1]

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the weight has not the shape that the layer needs."""
        needed = next((tensor.shape for tensor in super().tensors(*inputs) if tensor.name == WEIGHT), None)
        if needed is None:
            raise LayerError(f"weight: {self.inner.type} has none that could be given", WEIGHT, "leave it out")
        if needed != inputs[-1].dims:
            raise LayerError(f"weight is {list(inputs[-1].dims)}, but has to be {list(needed)}", WEIGHT)

    def resolve(self, *inputs: Shape) -> Self:
        """Return the layer with its inner one resolved; raise LayerError where the weight does not fit."""
        resolved = super().resolve(*inputs)
        resolved.check(*inputs)
        return resolved

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Return the layer's tensors but the weight."""
        return tuple(tensor for tensor in super().tensors(*inputs) if tensor.name != WEIGHT)

    def symbols(self, *inputs: Shape) -> dict[str, float]:
        """Return the layer's symbols, and the size of the weight."""
        return {**super().symbols(*inputs), WEIGHT: inputs[-1].size}

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return what the layer sees, and all of the weight."""
        return (*self.inner.reach(*inputs[:-1]), tuple(map(everything, inputs[-1].dims)))

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the function that is given the weight; raise LayerError where torch has none."""
        name = _FUNCTIONS.get(self.inner.type.rstrip("d123"))
        if name is None:
            raise LayerError(f"{self.inner.type} with a weight of the network cannot be written as PyTorch code")
        held = self.tensors(*inputs)
        values = {"shape": held[0].shape if held else ()}
        make = Code('nn.ParameterDict({{"bias": nn.Parameter(torch.zeros({shape}))}})', values) if held else None
        known = type(self.inner).model_fields
        settings = {key: getattr(self.inner, key) for key in _SETTINGS if key in known}
        holes = "".join(f", {key}={{{key}}}" for key in settings)
        bias = '{self}["bias"]' if held else "None"
        return Spelling(make, Code(f"F.{self.inner.type}({{x0}}, {{x1}}[0], {bias}{holes})", settings))

    def placement(self, run: ForwardPass) -> Placement:
        """Return where the layer's output lies."""
        return self.inner.placement(_without_weight(run))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what the layer keeps; with the weight, that is an estimate."""
        return self.inner.saved_for_backward(_without_weight(run))._replace(certain=False)


_FUNCTIONS = {"conv": "conv", "conv_transpose": "conv_transpose", "linear": "linear"}
_SETTINGS = ("stride", "padding", "output_padding", "groups", "dilation")
"""Those that the functions take, by name."""


def _without_weight(run: ForwardPass) -> ForwardPass:
    return run._replace(inputs=run.inputs[:-1], same=run.same[:-1])
