"""Element by element over several tensors, with broadcasting: what such merges share, addition and multiplication."""

import math
from collections.abc import Hashable, Iterator, Mapping
from functools import reduce
from typing import ClassVar

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import SAME_SIZES, Footprint, Step
from cnnparams.layers.contract.memory import (
    NOTHING,
    ForwardPass,
    OwnTensor,
    Placement,
    SavedForBackward,
    in_order,
    one_by_one,
)
from cnnparams.layers.contract.reach import Reaches, repeated_reaches
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Number, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.contract.window import larger
from cnnparams.layers.merge import Merge, pair, typical


class Elementwise(Merge):
    """A merge element by element: sizes of 1 are repeated to fit (broadcasting)."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def _check_sizes(self, *inputs: Shape) -> None:
        widest = self.output_shape(*inputs).dims
        for x in inputs:
            for at, (n, size) in enumerate(zip(x.dims, widest, strict=True)):
                if n not in (1, size):
                    other = next(y for y in inputs if y.dims[at] == size)
                    found = pair(*sorted((x, other), key=inputs.index))
                    message = f"needs inputs of one shape, or with sizes of 1 to repeat, but gets {found}"
                    hint = "bring them to one shape before, as a 1x1 convolution with a stride does on a shortcut"
                    raise LayerError(message, hint=hint)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the common shape, in which a size of 1 gives way to another."""
        dims = (reduce(larger, sizes) for sizes in zip(*(x.dims for x in inputs), strict=True))
        return Shape(tuple(dims), typical(*inputs).channel_axis)

    def reach(self, *inputs: Shape) -> tuple[Reaches, ...]:
        """Return the same place; a size of 1 that is repeated is seen from everywhere."""
        sizes = self.output_shape(*inputs).dims
        return tuple(repeated_reaches(x.dims, sizes) for x in inputs)

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the inputs."""
        return one_by_one(run) if len(run.inputs) > 1 else in_order(run.output, run.x.layout)

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the sizes of each input where they differ."""
        return {name: n for at in self._repeating(*inputs) for name, n in self._sizes(at, *inputs).items()}

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield every size where some of them give way to others."""
        for at in self._repeating(*inputs):
            yield self._step(at, f"max({', '.join(self._sizes(at, *inputs))})", *inputs)

    def _repeating(self, *inputs: Shape) -> range:
        return range(len(inputs[0].dims) if len({x.dims for x in inputs}) > 1 else 0)


class WithNumber(Elementwise):
    """A merge in which a number may stand in place of all tensors but one."""

    other: Number | None = setting("number in place of another tensor", None, label="other")

    @property
    def fewest_inputs(self) -> int:
        """One, beside a number."""
        return self.least_inputs if self.other is None else 1

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError also where there is a number beside two tensors, or neither it nor a second tensor."""
        if self.other is not None and len(inputs) > 1:
            message = f"takes a number beside one tensor, but gets {len(inputs)} tensors and other"
            raise LayerError(message, "other", "put the number into an entry of its own, after this one")
        if len(inputs) < self.fewest_inputs:
            raise LayerError("needs two inputs, or one and a number", hint="write other: 2, or from: [conv1, conv2]")
        super().check(*inputs)


class Chain(WithNumber):
    """A function of two that is used between all inputs, one after another."""

    operator: ClassVar[str]

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the operator between the inputs, or between the input and the number."""
        sides = [f"{{x{i}}}" for i in range(len(inputs))] if self.other is None else ["{x}", "{other}"]
        values = {} if self.other is None else {"other": self.other}
        return Spelling(None, Code(f" {self.operator} ".join(sides), values))


@layer_type("add", keras="Add", example_input=(16, 32, 32))
class Add(Chain):
    """Addition, element by element; sizes of 1 are repeated to fit."""

    operator: ClassVar[str] = "+"

    alpha: Number = setting("factor of the second tensor", 1, label="alpha")

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError also where there is no second tensor, or a third, beside a factor."""
        super().check(*inputs)
        if self.alpha != 1 and len(inputs) != 2:
            raise LayerError(f"alpha goes with two inputs, but there are {len(inputs)}", "alpha", "leave it out")

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the operator, or the function where there is a factor."""
        if self.alpha == 1:
            return super().spelling(*inputs)
        return Spelling(None, Code("torch.add({x0}, {x1}, alpha={alpha})", {"alpha": self.alpha}))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing."""
        return NOTHING

    def remark(self, *inputs: Shape) -> str | None:
        """Remark on one channel that is added to each of many, as a shortcut without its convolution would be."""
        at = typical(*inputs).channel_axis
        channels = {x.dims[at] for x in inputs} if at is not None else {1}
        if 1 not in channels or len(channels) == 1:
            return None
        return f"adds one channel to each of {max(channels)}: is a convolution missing before it?"


@layer_type("multiply", keras="Multiply", example_input=(16, 32, 32))
class Multiply(Chain):
    """Multiplication, element by element; sizes of 1 are repeated to fit."""

    operator: ClassVar[str] = "*"

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return each factor whose other factor needs a gradient; of more than two also what they make one by one."""
        inputs, own, needs_grad, dims = [], [], run.x.needs_grad, run.x.dims
        for i, other in enumerate(run.inputs[1:], 1):
            if other.needs_grad and i == 1:
                inputs.append(0)
            elif other.needs_grad:
                own.append(OwnTensor(math.prod(dims)))
            if needs_grad:
                inputs.append(i)
            needs_grad, dims = needs_grad or other.needs_grad, tuple(map(max, dims, other.dims))
        return SavedForBackward(tuple(inputs), own=tuple(own))
