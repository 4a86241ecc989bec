"""Functions over dimensions (PyTorch's sum, mean, amax, norm, std, argmax, cumsum and their kin)."""

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, NamedTuple

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    INDEX,
    INPUT,
    NOTHING,
    TRUTH,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    as_usual,
)
from cnnparams.layers.contract.reach import Reaches, everything, moving, same_places
from cnnparams.layers.contract.registry import layer_type, layer_types
from cnnparams.layers.contract.settings import DimNumbers, Flag, Number, Real, Whole, setting
from cnnparams.layers.contract.shape import Shape, axis_name, check_dim, check_once, dim_index
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import is_contiguous

_BOTH = SavedForBackward(inputs=(0,), output=True)


class ReducingFunction(NamedTuple):
    """A function over dimensions, as torch calls it: what it does, and what it keeps for the way back."""

    name: str
    does: str
    keeps: SavedForBackward = NOTHING


class OverDimensions(Layer):
    """What is taken over some dimensions, by default all of a sample, which are then gone, or 1."""

    function: ClassVar[ReducingFunction]

    dim: DimNumbers | None = setting(
        "dimension, or list of them, to go over; 1 is the first of a sample; all where not given", None, label="dim"
    )
    keepdim: Flag = setting("whether the dimensions stay, as 1", False, label="keepdim")

    def check(self, x: Shape) -> None:
        """Raise LayerError where a dimension is none of a sample's, or is there twice."""
        for dim in self.dim or ():
            check_dim("dim", dim, x)
        check_once("dim", self.dim or (), x)

    def output_shape(self, x: Shape) -> Shape:
        """Return the other dimensions; a single number is a dimension of 1, as a sample has one at least."""
        over = self._over(x)
        if self.keepdim:
            return Shape(tuple(1 if at in over else n for at, n in enumerate(x.dims)), x.channel_axis)
        return x.without(over)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return everything along what is gone over, and else the same place."""
        over = self._over(x)
        kept = [at for at in range(len(x.dims)) if self.keepdim or at not in over]
        return (tuple(everything(n) if at in over else moving(kept.index(at)) for at, n in enumerate(x.dims)),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the function of torch; a single number for a sample is a dimension of its own."""
        dims = tuple(at + 1 for at in sorted(self._over(x)))
        values = {**self.arguments(), "dim": dims[0] if len(dims) == 1 else dims}
        values |= {"keepdim": True} if self.keepdim else {}
        named = "".join(f", {name}={{{name}}}" for name in values)
        alone = not self.keepdim and len(dims) == len(x.dims)
        return Spelling(None, Code(f"{self.called}({{x}}{named}){'.unsqueeze(1)' if alone else ''}", values))

    @property
    def called(self) -> str:
        """The function of torch."""
        return f"torch.{self.type}"

    def arguments(self) -> Mapping[str, object]:
        """Return what the function is given beside the dimensions."""
        return {}

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared."""
        return self.function.keeps

    def symbols(self, x: Shape) -> Mapping[str, float]:
        """Return the sizes of the input."""
        return {f"{axis_name(x, at).letter}_in": n for at, n in enumerate(x.dims)}

    def shape_steps(self, x: Shape) -> Iterator[Step]:
        """Yield the sizes that are left."""
        over = self._over(x)
        left = [at for at in range(len(x.dims)) if self.keepdim or at not in over]
        for at in left:
            words, letter = axis_name(x, at)
            gone = at in over
            yield Step(f"output {words}", f"{letter}_out", "1" if gone else f"{letter}_in", 1 if gone else x.dims[at])
        if not left:
            yield Step("output features", "features", "1", 1)

    def _over(self, x: Shape) -> set[int]:
        return {dim_index(dim, x) for dim in self.dim} if self.dim else {*range(len(x.dims))}


@layer_types(
    ReducingFunction("sum", "Sum over dimensions."),
    ReducingFunction("mean", "Mean over dimensions."),
    ReducingFunction("amax", "Largest value over dimensions.", _BOTH),
    ReducingFunction("amin", "Smallest value over dimensions.", _BOTH),
    ReducingFunction("logsumexp", "Logarithm of the sum of exponentials over dimensions.", _BOTH),
    example={"dim": 1},
)
class Reduction(OverDimensions):
    """A number for all that dimensions have: what is gone over is then no dimension, or 1 with keepdim."""


@layer_types(
    ReducingFunction("any", "True where anything over dimensions is, which is all but zero."),
    ReducingFunction("all", "True where everything over dimensions is, which is all but zero."),
    example={"dim": 1},
)
class TruthReduction(OverDimensions):
    """A question to all that dimensions have: true or false, through which no gradient flows."""

    passes_gradient: ClassVar[bool] = False
    output_itemsize: ClassVar[int | None] = TRUTH


@layer_type("norm", example={"dim": 1})
class VectorNorm(OverDimensions):
    """Norm of vectors along dimensions: the p-th root of the sum of absolute values to the power of p."""

    p: Number | Literal["inf", "-inf"] = setting("power; inf for the largest absolute value", 2, label="p")

    @property
    def called(self) -> str:
        """The norm of vectors, whatever the number of dimensions."""
        return "torch.linalg.vector_norm"

    def arguments(self) -> Mapping[str, object]:
        """Return the power."""
        return {"ord": float(self.p) if isinstance(self.p, str) else self.p}

    def spelling(self, x: Shape) -> Spelling:
        """Return the function; infinity as Python writes it."""
        spelled = super().spelling(x)
        if not isinstance(self.p, str):
            return spelled
        template, values = spelled.call
        call = Code(template.replace("{ord}", "float({ord})"), {**values, "ord": self.p})
        return spelled._replace(call=call)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return input and output."""
        return _BOTH


@layer_types(
    ReducingFunction("std", "Standard deviation over dimensions.", _BOTH),
    ReducingFunction("var", "Variance over dimensions.", INPUT),
    example={"dim": 1},
)
class Deviation(OverDimensions):
    """Standard deviation or variance over dimensions."""

    correction: Whole = setting("what is taken off the number of elements: 1 for a sample's, 0 for all's", 1, ge=0)

    def arguments(self) -> Mapping[str, object]:
        """Return the correction."""
        return {"correction": self.correction}


class OverOne(OverDimensions):
    """What goes over one dimension alone, or over all of a sample laid out as one."""

    def check(self, x: Shape) -> None:
        """Raise LayerError also for several dimensions, or for all that are to stay."""
        super().check(x)
        if len(self.dim or (1,)) > 1:
            raise LayerError(f"takes one dim, or none for all, but gets {list(self.dim or ())}", "dim", "write one")
        if self.dim is None and self.keepdim and len(x.dims) > 1:
            raise LayerError("keeps one dim alone, and none is given", "keepdim", "write dim, or leave keepdim out")

    def spelling(self, x: Shape) -> Spelling:
        """Return the function, after a flatten where it goes over all."""
        if self.dim or len(x.dims) == 1:
            return super().spelling(x)
        return Spelling(None, Code(f"{self.called}({{x}}.flatten(1), dim=1, keepdim=True)"))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared; what is laid out as one may be a copy."""
        kept = super().saved_for_backward(run)
        plain = self.dim or (run.x.layout and is_contiguous(run.x.layout))
        return kept if plain or kept == NOTHING else kept._replace(certain=False)


@layer_types(ReducingFunction("prod", "Product over a dimension.", _BOTH), example={"dim": 1})
class OneReduction(OverOne):
    """A number for all that a dimension has."""


@layer_types(
    ReducingFunction("argmax", "Index of the largest value over a dimension."),
    ReducingFunction("argmin", "Index of the smallest value over a dimension."),
    example={"dim": 1},
)
class IndexReduction(OverOne):
    """An index for all that a dimension has, through which no gradient flows."""

    passes_gradient: ClassVar[bool] = False
    output_itemsize: ClassVar[int | None] = INDEX


class AlongDimension(Layer):
    """What is computed along one dimension, and keeps the shape."""

    function: ClassVar[ReducingFunction]

    dim: Whole = setting("dimension to go along; 1 is the first of a sample", 1, label="dim", always=True)

    def check(self, x: Shape) -> None:
        """Raise LayerError where the dimension is none of a sample's."""
        check_dim("dim", self.dim, x)

    def reach(self, x: Shape) -> tuple[Reaches, ...]:
        """Return the same place, and what there is along the dimension."""
        return (same_places(len(x.dims), frozenset({dim_index(self.dim, x)})),)

    def spelling(self, x: Shape) -> Spelling:
        """Return the function of torch."""
        return Spelling(None, Code(f"torch.{self.type}({{x}}, dim={{dim}})", {"dim": self.dim}))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the usual order, of what is in it."""
        return as_usual(run)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared."""
        return self.function.keeps


@layer_types(
    ReducingFunction("cumsum", "Sums of all up to each place along a dimension."),
    ReducingFunction("cumprod", "Products of all up to each place along a dimension.", _BOTH),
    ReducingFunction("logcumsumexp", "Logarithms of the sums of exponentials up to each place.", _BOTH),
    example={"dim": 1},
)
class Scan(AlongDimension):
    """What comes of all up to each place along a dimension; the shape stays as it is."""


@layer_type("normalize", example={"dim": 1})
class Normalize(AlongDimension):
    """Normalize: divides vectors along a dimension by their norm."""

    p: Number = setting("power of the norm", 2, label="p")
    eps: Real = setting("least norm to divide by", 1e-12, ge=0)

    def spelling(self, x: Shape) -> Spelling:
        """Return the functional normalize."""
        values = {"dim": self.dim, **self.differing()}
        named = "".join(f", {name}={{{name}}}" for name in values)
        return Spelling(None, Code(f"F.normalize({{x}}{named})", values))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, its norms, and these once more: none is less than eps."""
        norms = math.prod(run.x.dims) // run.x.shape.dims[dim_index(self.dim, run.x.shape)]
        return INPUT._replace(own=(OwnTensor(norms),) * 2)
