"""Elements more than once (PyTorch's expand, repeat, repeat_interleave and stack)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Footprint, Layer, Step
from cnnparams.layers.contract.memory import (
    NOTHING,
    ForwardPass,
    Placement,
    SavedForBackward,
    as_usual,
    fresh,
)
from cnnparams.layers.contract.reach import Reach, Reaches, everything, moving
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Whole, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.merge import Merge, pair, typical

Counts = Annotated[tuple[Annotated[Whole, Field(ge=1)], ...], Field(min_length=1)]
_KEEP = -1
_Sizes = Annotated[tuple[Whole, ...], Field(min_length=1)]


class Repeating(Layer):
    """A layer whose output has an element more than once."""

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return one element somewhere along what is repeated, and else the same place."""
        sizes = self.output_shape(x).dims
        facing = enumerate(zip(x.dims, sizes, strict=True))
        return (tuple(moving(at) if n == size else Reach((at,), None) for at, (n, size) in facing),)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes of the input, and how often each is there."""
        sizes = self.output_shape(x).dims
        names = [axis_name(x, at).letter for at in range(len(x.dims))]
        each = {f"{name}_in": n for name, n in zip(names, x.dims, strict=True)}
        times = zip(names, x.dims, sizes, strict=True)
        return {**each, **{f"r_{name}": size // n for name, n, size in times}}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the sizes."""
        for at, size in enumerate(self.output_shape(x).dims):
            words, letter = axis_name(x, at)
            yield Step(f"output {words}", f"{letter}_out", f"{letter}_in * r_{letter}", size)


@layer_type("expand", example={"size": [-1, 32, 32]}, example_input=(16, 1, 1))
class Expand(Repeating):
    """Expand: repeats dimensions of 1 to a size, without memory of their own."""

    footprint: ClassVar[Footprint] = Footprint.VIEW

    size: _Sizes = setting("the dimensions of a sample; -1 keeps one", label="size", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError where a dimension of more than 1 would get another size."""
        if len(self.size) != len(x.dims):
            raise LayerError(f"size has {len(self.size)} numbers, but the input has {len(x.dims)} dimensions", "size")
        for n, size in zip(x.dims, self.size, strict=True):
            if size != _KEEP and (size < 1 or n not in (1, size)):
                message = f"size {list(self.size)} does not go with {list(x.dims)} in PyTorch's order"
                raise LayerError(message, "size", "only a dimension of 1 becomes another; -1 keeps one")

    def output_shape(self, x: Shape) -> Shape:
        """Return the sizes."""
        sizes = zip(x.dims, self.size, strict=True)
        return Shape(tuple(n if size == _KEEP else size for n, size in sizes), x.channel_axis)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, or everything along what is repeated."""
        facing = enumerate(zip(x.dims, self.output_shape(x).dims, strict=True))
        return (tuple(moving(at) if n == size else everything(n) for at, (n, size) in facing),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, whose first dimension is the batch."""
        return Spelling(None, Code("{x}.expand({size})", {"size": (_KEEP, *self.size)}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return a view of the input: what is repeated has a stride of 0."""
        if run.x.strides is None:
            return Placement(None, shared=True)
        facing = zip(run.x.dims, run.output, run.x.strides, strict=True)
        return Placement(tuple(stride if n == size else 0 for n, size, stride in facing), shared=True)


@layer_type("repeat", example={"repeats": [1, 2, 2]})
class Repeat(Repeating):
    """Repeat: the whole so many times along each dimension."""

    repeats: Counts = setting("how often, along each dimension of a sample", label="repeats", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError for another number of dimensions."""
        if len(self.repeats) != len(x.dims):
            message = f"repeats has {len(self.repeats)} numbers, but the input has {len(x.dims)} dimensions"
            raise LayerError(message, "repeats", "write 1 for what is there once")

    def output_shape(self, x: Shape) -> Shape:
        """Return the sizes, each so many times."""
        return Shape(tuple(n * times for n, times in zip(x.dims, self.repeats, strict=True)), x.channel_axis)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, whose first dimension is the batch."""
        return Spelling(None, Code("{x}.repeat({repeats})", {"repeats": (1, *self.repeats)}))


@layer_type("repeat_interleave", example={"repeats": 2, "dim": 1})
class RepeatInterleave(Repeating):
    """Repeat interleaved: each element so many times in a row along one dimension."""

    repeats: Whole = setting("how often", ge=1, label="repeats", always=True)
    dim: Whole = setting("dimension to repeat along; 1 is the first of a sample", 1, label="dim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where the dimension is none of a sample's."""
        check_dim("dim", self.dim, x)

    def output_shape(self, x: Shape) -> Shape:
        """Return the shape with a larger dimension."""
        at = dim_index(self.dim, x)
        return x.with_size(at, x.dims[at] * self.repeats)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor."""
        values = {"repeats": self.repeats, "dim": self.dim}
        return Spelling(None, Code("{x}.repeat_interleave({repeats}, {dim})", values))


@layer_type("stack", example={"dim": 1}, example_input=(16, 32))
class Stack(Merge):
    """Stack: lays tensors of one shape side by side along a dimension of their own."""

    dim: Whole = setting("where the new dimension is; 1 is the first of a sample, -1 the last", 1, label="dim")

    def _check_sizes(self, *inputs: Shape) -> None:
        check_dim("dim", self.dim, Shape((*inputs[0].dims, 1)))
        for other in inputs[1:]:
            if other.dims != inputs[0].dims:
                raise LayerError(f"needs inputs of one shape, but gets {pair(inputs[0], other)}", hint="use concat")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape with their number among the dimensions."""
        return typical(*inputs).with_dim(self._place(inputs[0]), len(inputs))

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same place, of one of the inputs."""
        at, rank = self._place(inputs[0]), len(inputs[0].dims)
        return (tuple(moving(dim + (dim >= at)) for dim in range(rank)),) * len(inputs)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return torch.stack."""
        return Spelling(None, Code("torch.stack([{inputs}], dim={dim})", {"dim": self.dim}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the size of the new dimension."""
        at = self._place(inputs[0])
        yield Step(f"output dimension {at + 1}", f"n{at + 1}_out", str(len(inputs)), len(inputs))

    def _place(self, x: Shape) -> int:
        return dim_index(self.dim, Shape((*x.dims, 1)))
