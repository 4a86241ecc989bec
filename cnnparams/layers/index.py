"""Elements by their index, and by their order (PyTorch's index_select, gather, topk and sort)."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    INDEX,
    INPUT,
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_usual,
    fresh,
)
from cnnparams.layers.contract.reach import Reach, Reaches, everything, replaced, same_places
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Whole, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling

Indices = Annotated[tuple[Annotated[Whole, Field(ge=0)], ...], Field(min_length=1)]


class AlongOne(Layer):
    """Some elements along one dimension, or all in another order."""

    dim: Whole = setting("dimension to go along; 1 is the first of a sample", 1, label="dim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where the dimension is none of a sample's."""
        check_dim("dim", self.dim, x)

    def kept(self, n: int) -> int:
        """Return how many of n elements there are in the output."""
        return n

    def output_shape(self, x: Shape) -> Shape:
        """Return the shape with so many along the dimension."""
        at = dim_index(self.dim, x)
        return x.with_size(at, self.kept(x.dims[at]))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the size along the dimension."""
        at = dim_index(self.dim, x)
        words, letter = axis_name(x, at)
        size = self.kept(x.dims[at])
        yield Step(f"output {words}", f"{letter}_out", str(size), size)


@layer_type("index_select", example={"dim": 1, "index": [0, 2, 4]})
class IndexSelect(AlongOne):
    """Index select: the elements along a dimension that a list names, in its order."""

    index: Indices = setting("which elements, counted from 0", label="index", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError also where there is no such element."""
        super().check(x)
        if max(self.index) >= (n := x.dims[dim_index(self.dim, x)]):
            raise LayerError(f"index {max(self.index)} is none of the {n}", "index", f"they run from 0 to {n - 1}")

    def kept(self, n: int) -> int:
        """Return how many are named."""
        return len(self.index)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return one element somewhere along the dimension."""
        at = dim_index(self.dim, x)
        return (replaced(same_places(len(x.dims)), at, Reach((at,), None)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the list as an index, behind one of everything for the batch and each dimension before."""
        before = ":, " * (1 + dim_index(self.dim, x))
        return Spelling(None, Code(f"{{x}}[{before}{{index}}]", {"index": list(self.index)}))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the list, as a tensor."""
        return SavedForBackward(own=(OwnTensor(len(self.index), INDEX),))


class ByOrder(AlongOne):
    """Elements along a dimension by their order, which is kept."""

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return everything along the dimension, which decides the order."""
        at = dim_index(self.dim, x)
        return (replaced(same_places(len(x.dims)), at, everything(x.dims[at])),)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return where in the input the elements are."""
        return SavedForBackward(own=(OwnTensor(math.prod(run.output), INDEX),))


@layer_type("topk", example={"k": 5, "dim": 1})
class TopK(ByOrder):
    """Top k: the k largest elements along a dimension, or the smallest, in order."""

    k: Whole = setting("how many", ge=1, label="k", always=True)
    largest: Flag = setting("whether the largest, or else the smallest", True, label="largest")

    def check(self, x: Shape) -> None:
        """Raise LayerError also where there are not so many."""
        super().check(x)
        if self.k > (n := x.dims[dim_index(self.dim, x)]):
            raise LayerError(f"k {self.k} is more than the {n} that there are", "k", f"use at most {n}")

    def kept(self, n: int) -> int:
        """Return k."""
        return self.k

    def spelling(self, x: Shape) -> Spelling:
        """Return the values of torch.topk."""
        values = {"k": self.k, "dim": self.dim, **({} if self.largest else {"largest": False})}
        smallest = "" if self.largest else ", largest={largest}"
        return Spelling(None, Code(f"torch.topk({{x}}, {{k}}, dim={{dim}}{smallest})[0]", values))


@layer_type("sort", example={"dim": 1})
class Sort(ByOrder):
    """Sort: the elements along a dimension in order."""

    descending: Flag = setting("whether the largest comes first", False, label="descending")

    def spelling(self, x: Shape) -> Spelling:
        """Return the values of torch.sort."""
        values = {"dim": self.dim, **({"descending": True} if self.descending else {})}
        down = ", descending={descending}" if self.descending else ""
        return Spelling(None, Code(f"torch.sort({{x}}, dim={{dim}}{down})[0]", values))


@layer_type("gather", example={"dim": 1}, example_input=(16, 32, 32))
class Gather(Layer):
    """Gather: the elements of the first input along a dimension whose indices the second input has."""

    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = 2

    dim: Whole = setting("dimension to go along; 1 is the first of a sample", 1, label="dim")

    def check(self, x: Shape, index: Shape) -> None:
        """Raise LayerError where the two do not go together."""
        check_dim("dim", self.dim, x)
        if len(x.dims) != len(index.dims):
            raise LayerError(f"needs inputs of the same number of dimensions, but gets {x} and {index}")
        at = dim_index(self.dim, x)
        if any(n > size for i, (n, size) in enumerate(zip(index.dims, x.dims, strict=True)) if i != at):
            raise LayerError(
                f"has indices {index}, which is more than there is in {x}", hint="slice the indices before"
            )

    def output_shape(self, x: Shape, index: Shape) -> Shape:
        """Return the shape of the indices."""
        return Shape(index.dims, x.channel_axis)

    def reach(self, x: Shape, index: Shape) -> tuple[Reaches, ...]:
        """Return everything along the dimension, and the index."""
        at = dim_index(self.dim, x)
        return replaced(same_places(len(x.dims)), at, everything(x.dims[at])), same_places(len(x.dims))

    def spelling(self, x: Shape, index: Shape) -> Spelling:
        """Return torch.gather."""
        return Spelling(None, Code("torch.gather({x0}, {dim}, {x1}.long())", {"dim": self.dim}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order."""
        return fresh(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input and the indices, which are its own where they were no indices before."""
        if not run.x.needs_grad:
            return NOTHING
        return INPUT._replace(own=(OwnTensor(math.prod(run.output), INDEX),), certain=False)

    def symbols(self, x: Shape, index: Shape) -> Mapping[str, float]:
        """Return the sizes of the indices."""
        return {f"{axis_name(x, at).letter}_index": n for at, n in enumerate(index.dims)}

    def shape_steps(self, x: Shape, index: Shape) -> Iterator[Step]:
        """Yield the sizes of the indices."""
        for at, n in enumerate(index.dims):
            words, letter = axis_name(x, at)
            yield Step(f"output {words}", f"{letter}_out", f"{letter}_index", n)
