"""A layer over an input with more leading dimensions than it takes: windows, frames, patches count as samples.

PyTorch folds them into the batch: x.flatten(0, 1) before the layer, unflatten behind it. Here that is said, and worked
out, in this one place: what the layer itself sees is without them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Self

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import BatchTensor, ForwardPass, Placement, SavedForBackward
from cnnparams.layers.contract.reach import UNKNOWN, Reach, Reaches, moving
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import Strides, view_strides
from cnnparams.layers.contract.wrapping import Wrapping, wrapping

BATCH_DIMS = "batch_dims"
_FOLDED = "folded"


def folding(layer: Layer, count: int) -> Layer:
    """Return a layer for which so many leading dimensions of a sample are samples too."""
    return wrapping(Folding, type(layer))(inner=layer, batch_dims=count) if count else layer


def unfolded(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Layer, tuple[Shape, ...], int]:
    """Return a layer as its type has it, the shapes that it sees, and how many dimensions are folded before it."""
    if not isinstance(layer, Folding):
        return layer, shapes, 0
    return layer.inner, layer.inside(*shapes), layer.batch_dims


class Folding(Wrapping):
    """A layer of any type, its leading dimensions folded into the batch."""

    batch_dims: int

    def inside(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Return the inputs without their leading dimensions."""
        return tuple(map(self.seen, inputs))

    def reads(self, x: Shape) -> Shape:  # type: ignore[override]  # how many dimensions there are, each layer says
        """Return an input as the layer takes it, behind its leading dimensions."""
        return self._around(self.inner.reads(self.seen(x)), x)

    def resolve(self, *inputs: Shape) -> Self:
        """Return the layer with its inner one resolved; raise LayerError where there are no such dimensions."""
        leading = {self._leading(x) for x in inputs}
        if any(len(x.dims) <= self.batch_dims for x in inputs) or len(leading) > 1:
            found = " and ".join(map(str, inputs))
            message = f"batch_dims {self.batch_dims} wants inputs with that many leading dimensions, but gets {found}"
            raise LayerError(message, BATCH_DIMS, "leave out batch_dims where a sample is one input of the layer")
        return super().resolve(*inputs)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return what the layer gives, behind the leading dimensions."""
        return self._around(super().output_shape(*inputs), inputs[0])

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same place along the leading dimensions, and what the layer sees of the others."""
        return tuple(map(self._behind, self.inner.reach(*self.inside(*inputs))))

    def macs(self, *inputs: Shape) -> int:
        """Return those of each, times how many there are."""
        return math.prod(self._leading(inputs[0])) * super().macs(*inputs)

    def macs_formula(self, *inputs: Shape) -> str:
        """Return the layer's formula, times how many there are."""
        formula = super().macs_formula(*inputs)
        return formula if formula == "0" else f"{_FOLDED} * ({formula})"

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the layer's symbols, and how many samples a sample is."""
        return {_FOLDED: math.prod(self._leading(inputs[0])), **super().symbols(*inputs)}

    def hyperparameters(self) -> Iterator[Hyperparameter]:
        """Yield the layer's, and how many dimensions are folded."""
        yield from super().hyperparameters()
        yield Hyperparameter(BATCH_DIMS, self.batch_dims, BATCH_DIMS, self.batch_dims)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the layer between flatten and unflatten."""
        made = self.inner.spelling(*self.inside(*inputs))
        names = [f"{{x{i}}}" for i in range(len(inputs))]
        template = made.call.template.replace("{x}", names[0]).replace("{inputs}", ", ".join(names))
        for name in names:
            template = template.replace(name, f"{name}.flatten(0, {self.batch_dims})")
        sizes = ", ".join(map(str, self._leading(inputs[0])))
        primary = template if template.startswith(("{self}(", "F.", "torch.")) else f"({template})"
        return made._replace(call=Code(f"{primary}.unflatten(0, (-1, {sizes}))", made.call.values))

    def placement(self, run: ForwardPass) -> Placement:
        """Return where the layer's output lies, under the leading dimensions again."""
        place = self.inner.placement(self._folded(run))
        if place.strides is None:
            return place
        first, *rest = place.strides
        steps = [first * math.prod(run.output[i + 1 : self.batch_dims + 1]) for i in range(self.batch_dims + 1)]
        return place._replace(strides=(*steps, *rest))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what the layer keeps; where an input has to be copied to be folded, that is an estimate."""
        folded = self._folded(run)
        copied = any(x.strides is None for x in folded.inputs)
        kept = self.inner.saved_for_backward(folded)
        return kept._replace(certain=kept.certain and not copied)

    def _folded(self, run: ForwardPass) -> ForwardPass:
        inputs = tuple(map(self._in_batch, run.inputs))
        count = math.prod(run.output[: self.batch_dims + 1])
        return run._replace(inputs=inputs, output=(count, *run.output[self.batch_dims + 1 :]))

    def _in_batch(self, x: BatchTensor) -> BatchTensor:
        batch, seen = x.batch * math.prod(self._leading(x.shape)), self.seen(x.shape)
        strides: Strides | None = view_strides(x.layout, (batch, *seen.dims)) if x.layout else None
        return x._replace(shape=seen, batch=batch, strides=strides)

    def _leading(self, x: Shape) -> tuple[int, ...]:
        return x.dims[: self.batch_dims]

    def seen(self, x: Shape) -> Shape:
        """Return an input without its leading dimensions."""
        dims, axis = x.dims[self.batch_dims :], x.channel_axis
        return Shape(dims, axis - self.batch_dims) if axis is not None and axis >= self.batch_dims else Shape.of(dims)

    def _around(self, y: Shape, x: Shape) -> Shape:
        """Return a shape behind the leading dimensions of an input."""
        axis = None if y.channel_axis is None else y.channel_axis + self.batch_dims
        return Shape((*self._leading(x), *y.dims), axis)

    def _behind(self, reaches: Reaches) -> Reaches:
        if reaches == UNKNOWN:
            return UNKNOWN
        moved = (Reach(tuple(dim + self.batch_dims for dim in own.dims), own.taps, own.statistics) for own in reaches)
        return (*map(moving, range(self.batch_dims)), *moved)
