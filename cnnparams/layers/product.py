"""Products of two inputs: of their matrices (PyTorch's matmul), or with learned weights between them (Bilinear)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.memory import (
    NOTHING,
    ForwardPass,
    SavedForBackward,
    matrices_saved,
    rows_saved,
    together,
)
from cnnparams.layers.contract.reach import Reaches, everything, moving, repeated_reaches, same_places
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Flag, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.strides import MemoryLayout, repeated_strides
from cnnparams.layers.contract.tensor import Axis, AxisRole, Tensor
from cnnparams.layers.contract.window import larger
from cnnparams.layers.merge import Merge, pair


def leading_dims(*inputs: Shape) -> tuple[int, ...]:
    """Return the dimensions before those of the matrices, in which a size of 1 gives way to another."""
    first, *others = (x.dims[:-2] for x in inputs)
    for other in others:
        first = tuple(larger(a, b) for a, b in zip(first, other, strict=True))
    return first


def check_matrices(*inputs: Shape) -> None:
    """Raise LayerError where inputs of one rank are no matrices, or not as many."""
    if len(inputs[0].dims) < 2:
        message = f"needs matrices, with two dimensions or more, but gets {pair(*inputs[:2])}"
        raise LayerError(message, hint="reshape a vector of n features to [1, n] or [n, 1] before")
    leading = leading_dims(*inputs)
    for other in inputs:
        if any(n not in (1, size) for n, size in zip(other.dims[:-2], leading, strict=True)):
            message = f"needs as many matrices of each input, or one to repeat, but gets {pair(*_unlike(*inputs))}"
            raise LayerError(message, hint="all dimensions but the last two must agree, or be 1")


def _unlike(*inputs: Shape) -> tuple[Shape, Shape]:
    """Return two inputs that do not have as many matrices."""
    pairs = ((a, b) for i, a in enumerate(inputs) for b in inputs[i + 1 :])
    facing = (((a, b), zip(a.dims[:-2], b.dims[:-2], strict=True)) for a, b in pairs)
    return next(found for found, sizes in facing if any(m != n and 1 not in (m, n) for m, n in sizes))


@layer_type("matmul", example_input=(4, 16, 16))
class Matmul(Merge):
    """Matrix product of two inputs along their last two dimensions, for each place of the dimensions before these."""

    most_inputs: ClassVar[int | None] = 2
    legend: ClassVar[str] = "N x K matrices times K x M matrices; products, how many there are of them"

    def _check_sizes(self, *inputs: Shape) -> None:
        check_matrices(*inputs)
        a, b = inputs
        if a.dims[-1] != b.dims[-2]:
            rank = len(a.dims)
            message = (
                f"needs as many columns of the first input as the second has rows, but gets {a.dims[-1]} and "
                f"{b.dims[-2]}: {list(a.dims)} times {list(b.dims)} in PyTorch's order"
            )
            swapped = [*range(1, rank - 1), rank, rank - 1]
            fits = a.dims[-1] == b.dims[-1] or a.dims[-2] == b.dims[-2]
            raise LayerError(message, hint=f"a permute with dims: {swapped} turns matrices" if fits else None)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (..., rows of the first, columns of the second)."""
        a, b = inputs
        last = len(a.dims) - 1
        kept = [axis for axis, summed in ((a.channel_axis, last), (b.channel_axis, last - 1)) if axis != summed]
        axis = next((axis for axis in kept if axis is not None), None)
        return Shape((*leading_dims(a, b), a.dims[-2], b.dims[-1]), axis)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return a row of the first input and a column of the second, which are seen whole."""
        (a, b), leading = inputs, leading_dims(*inputs)
        before = len(leading)
        rows = (*repeated_reaches(a.dims[:-2], leading), moving(before), everything(a.dims[-1]))
        columns = (*repeated_reaches(b.dims[:-2], leading), everything(b.dims[-2]), moving(before + 1))
        return rows, columns

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the operator."""
        return Spelling(None, Code("{x0} @ {x1}"))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return each factor whose other factor needs a gradient."""
        leading = run.output[:-2]
        first, second = (x.needs_grad for x in run.inputs)
        kept = [matrices_saved(run, i, leading) for i, needed in ((0, second), (1, first)) if needed]
        return together(NOTHING, *kept)

    def macs(self, *inputs: Shape) -> int:
        """Return a multiply-accumulate for each row, column, and number of these."""
        a, b = inputs
        return math.prod(leading_dims(a, b)) * a.dims[-2] * a.dims[-1] * b.dims[-1]

    def macs_formula(self, *inputs: Shape) -> str:
        """Return products times N K M."""
        return "N * K * M" if len(inputs[0].dims) == 2 else "products * N * K * M"

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the sizes of the matrices, how many there are, and what that comes from where inputs differ."""
        a, b = inputs
        sizes = {"N": a.dims[-2], "K": a.dims[-1], "M": b.dims[-1]}
        repeated = {name: n for at in self._repeating(a, b) for name, n in self._sizes(at, a, b).items()}
        many = {"products": math.prod(leading_dims(a, b))} if len(a.dims) > 2 else {}
        return {**repeated, **many, **sizes}

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield rows and columns, and before them the sizes that give way to others, if there are any."""
        a, b = inputs
        for at in self._repeating(a, b):
            yield self._step(at, f"max({', '.join(self._sizes(at, a, b))})", a, b)
        yield Step("output rows", "rows", "N", a.dims[-2])
        yield Step("output columns", "columns", "M", b.dims[-1])

    def _repeating(self, a: Shape, b: Shape) -> range:
        return range(len(a.dims) - 2 if a.dims[:-2] != b.dims[:-2] else 0)


@layer_type("bilinear", example={"out_features": 10}, example_input=(128,))
class Bilinear(Layer):
    """Bilinear layer: every output is a weighted sum of all products of a feature of one input and one of another."""

    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = 2
    accepts_activation: ClassVar[bool] = True
    legend: ClassVar[str] = "F features; rows, the product of the dimensions before the last"

    in1_features: Whole | None = setting("features of the first input; inferred", None, ge=1, label="in", always=True)
    in2_features: Whole | None = setting("features of the second input; inferred", None, ge=1, label="in2", always=True)
    out_features: Whole = setting("size of the output's last dimension", ge=1, label="out", always=True)
    bias: Flag = setting("whether to learn a bias for each output", True, label="bias")

    def inferred(self, *inputs: Shape) -> Mapping[str, Any]:
        """Infer the features of either input."""
        return {"in1_features": inputs[0].dims[-1], "in2_features": inputs[1].dims[-1]}

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError where the inputs have other rows."""
        a, b = inputs
        if a.dims[:-1] != b.dims[:-1]:
            message = f"needs inputs that agree in all but the last dimension, but gets {pair(a, b)}"
            raise LayerError(message, hint="reshape or flatten one of them before")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the inputs' shape with out_features as its last dimension."""
        x = inputs[0]
        return Shape((*x.dims[:-1], self.out_features), x.channel_axis)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return all features of the same row."""
        return tuple((*same_places(len(x.dims) - 1), everything(x.dims[-1])) for x in inputs)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the module, which is called with both."""
        return Spelling(self.module(type(self).__name__, *inputs), Code("{self}({x0}, {x1})"))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Return weight (out_features, in1_features, in2_features) and bias (out_features)."""
        outputs = Axis(AxisRole.OUT_CHANNELS, self.out_features, "F_out")
        features = (Axis(AxisRole.IN_CHANNELS, x.dims[-1], f"F_{i}") for i, x in enumerate(inputs, 1))
        weight = Tensor("weight", (outputs, *features))
        return (weight, Tensor("bias", (outputs,))) if self.bias else (weight,)

    def macs(self, *inputs: Shape) -> int:
        """Return rows times weights, and the products of what these give with the second input."""
        a, b = inputs
        return math.prod(a.dims[:-1]) * self.out_features * (a.dims[-1] * b.dims[-1] + b.dims[-1])

    def macs_formula(self, *inputs: Shape) -> str:
        """Return rows times weights and products."""
        return "rows * (weight + F_out * F_2)"

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the features and how many rows of them there are."""
        a, b = inputs
        rows = math.prod(a.dims[:-1])
        return {"F_1": a.dims[-1], "F_2": b.dims[-1], "F_out": self.out_features, "rows": rows}

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the output features."""
        yield Step("output features", "features", "F_out", self.out_features)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return each input, in plain rows, where the other or the weights need a gradient."""
        kept = []
        for i, x in enumerate(run.inputs):
            if run.learns or run.inputs[1 - i].needs_grad:
                dims = (run.output[0], *x.shape.dims)
                rows = rows_saved(x.layout and MemoryLayout(dims, repeated_strides(dims, x.layout)))
                kept.append(rows._replace(inputs=(i,) if rows.inputs else ()))
        return together(*kept)
