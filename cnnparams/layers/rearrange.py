"""The same elements elsewhere, or some of them (PyTorch's roll, flip, tril and triu), and dimensions of 1."""

from typing import TYPE_CHECKING

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import NOTHING, ForwardPass, Placement, SavedForBackward, as_usual
from cnnparams.layers.contract.reach import Reach, Reaches, replaced, same_places
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import DimNumbers, Whole, setting
from cnnparams.layers.contract.shape import Shape, check_dim, check_once, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.flatten import Regrouping


class Moved(Layer):
    """The same elements at other places along some dimensions."""

    if TYPE_CHECKING:  # no field of this class: each subclass orders and describes its own
        dims: DimNumbers

    def check(self, x: Shape) -> None:
        """Raise LayerError where a dimension is none of a sample's."""
        for dim in self.dims:
            check_dim("dims", dim, x)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return one element somewhere along each of the dimensions."""
        reaches = same_places(len(x.dims))
        for dim in self.dims:
            at = dim_index(dim, x)
            reaches = replaced(reaches, at, Reach((at,), None))
        return (reaches,)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING


@layer_type("roll", example={"shifts": [2, 2], "dims": [2, 3]})
class Roll(Moved):
    """Roll: moves elements along dimensions; those beyond the end come first again."""

    shifts: DimNumbers = setting("how far to move, along each of the dims", label="shifts", always=True)
    dims: DimNumbers = setting("dimension, or list of them; 1 is the first of a sample", label="dims", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError also for another number of shifts."""
        super().check(x)
        if len(self.shifts) != len(self.dims):
            message = f"shifts has {len(self.shifts)} numbers, but dims has {len(self.dims)}"
            raise LayerError(message, "shifts", "write one for each of the dims")

    def spelling(self, x: Shape) -> Spelling:
        """Return torch.roll."""
        return Spelling(None, Code("torch.roll({x}, {shifts}, {dims})", {"shifts": self.shifts, "dims": self.dims}))


@layer_type("flip", example={"dims": 3})
class Flip(Moved):
    """Flip: turns the order along dimensions around."""

    dims: DimNumbers = setting("dimension, or list of them; 1 is the first of a sample", label="dims", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError also for a dimension that is there twice."""
        super().check(x)
        check_once("dims", self.dims, x)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, which takes a number too."""
        return Spelling(None, Code("{x}.flip({dims})", {"dims": self.dims}))


class Triangle(Layer):
    """The part of each matrix on one side of a diagonal, and zeros elsewhere."""

    diagonal: Whole = setting(
        "which diagonal: 0 the main one, above it 1, 2 ..., below it -1, -2 ...", 0, label="diagonal"
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError where there are no matrices."""
        if len(x.dims) < 2:
            raise LayerError(f"needs two dimensions or more, but gets {x}", hint="reshape before")

    def spelling(self, x: Shape) -> Spelling:
        """Return the function of torch."""
        if not self.diagonal:
            return Spelling(None, Code(f"torch.{self.type}({{x}})"))
        return Spelling(None, Code(f"torch.{self.type}({{x}}, {{diagonal}})", {"diagonal": self.diagonal}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING


@layer_type("tril", example_input=(16, 16))
class Tril(Triangle):
    """The lower triangle of each matrix, along the last two dimensions: zeros above the diagonal."""


@layer_type("triu", example_input=(16, 16))
class Triu(Triangle):
    """The upper triangle of each matrix, along the last two dimensions: zeros below the diagonal."""


@layer_type("squeeze", example={"dim": 1}, example_input=(1, 32, 32))
class Squeeze(Regrouping):
    """Squeeze: takes dimensions of 1 away."""

    dim: DimNumbers = setting("dimension of 1, or list of them; 1 is the first of a sample", label="dim", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError where a dimension is not of 1."""
        for dim in self.dim:
            check_dim("dim", dim, x)
            if (n := x.dims[dim_index(dim, x)]) != 1:
                raise LayerError(f"dim {dim} has {n}, and squeeze takes away a dimension of 1", "dim", "leave it out")
        check_once("dim", self.dim, x)

    def output_shape(self, x: Shape) -> Shape:
        """Return the other dimensions; a sample has one at least."""
        return x.without({dim_index(dim, x) for dim in self.dim})

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor, but for the dimension that a sample has at least."""
        dims = tuple(sorted(dim_index(dim, x) + 1 for dim in self.dim))
        if len(dims) == len(x.dims):
            dims = dims[1:]
        if not dims:
            return Spelling(None, Code("{x}"))
        return Spelling(None, Code("{x}.squeeze({dims})", {"dims": dims[0] if len(dims) == 1 else dims}))


@layer_type("unsqueeze", example={"dim": 1})
class Unsqueeze(Regrouping):
    """Unsqueeze: puts a dimension of 1 in between."""

    dim: Whole = setting(
        "where the new dimension is; 1 is the first of a sample, -1 the last", label="dim", always=True
    )

    def check(self, x: Shape) -> None:
        """Raise LayerError where there is no such place."""
        check_dim("dim", self.dim, Shape((*x.dims, 1)))

    def output_shape(self, x: Shape) -> Shape:
        """Return the dimensions with one of 1 among them; of three or more the first count as channels."""
        return x.with_dim(dim_index(self.dim, Shape((*x.dims, 1))), 1)

    def spelling(self, x: Shape) -> Spelling:
        """Return the method of a tensor."""
        return Spelling(None, Code("{x}.unsqueeze({dim})", {"dim": self.dim}))
