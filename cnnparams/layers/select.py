"""One tensor or another, element by element, as a third decides (PyTorch's where, masked_fill and lerp)."""

import math
from typing import ClassVar, Literal

from cnnparams.errors import LayerError
from cnnparams.layers.contract.memory import NOTHING, TRUTH, UNKNOWN, ForwardPass, OwnTensor, SavedForBackward
from cnnparams.layers.contract.registry import layer_type
from cnnparams.layers.contract.settings import Number, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.elementwise import Elementwise


def _truths(run: ForwardPass, condition: int) -> SavedForBackward:
    """Return true or false for each element of a condition: its own where it is that, or made of it."""
    return SavedForBackward(own=(OwnTensor(math.prod(run.inputs[condition].dims), TRUTH),), certain=False)


@layer_type("where", example_input=(16, 32, 32))
class Where(Elementwise):
    """Where: of the second and the third input, by whether the first is true, which is all but zero."""

    accepts_activation: ClassVar[bool] = False
    least_inputs: ClassVar[int] = 3
    most_inputs: ClassVar[int | None] = 3

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return torch.where."""
        return Spelling(None, Code("torch.where({x0}.bool(), {x1}, {x2})"))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the condition, where a gradient goes to one of the two; none goes to the condition."""
        return _truths(run, 0) if any(x.needs_grad for x in run.inputs[1:]) else UNKNOWN


@layer_type("masked_fill", example={"value": 0}, example_input=(16, 32, 32))
class MaskedFill(Elementwise):
    """Masked fill: a number where the second input is true, which is all but zero, and the first elsewhere."""

    accepts_activation: ClassVar[bool] = False
    most_inputs: ClassVar[int | None] = 2

    value: Number | Literal["inf", "-inf"] = setting("what to fill with; infinity too", label="value", always=True)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the method of a tensor."""
        number = "float({value})" if isinstance(self.value, str) else "{value}"
        return Spelling(None, Code(f"{{x0}}.masked_fill({{x1}}.bool(), {number})", {"value": self.value}))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the mask, where a gradient goes to what is not filled; none goes to the mask."""
        return _truths(run, 1) if run.x.needs_grad else UNKNOWN


@layer_type("lerp", example={"fraction": 0.5}, example_input=(16, 32, 32))
class Lerp(Elementwise):
    """Linear interpolation: start + fraction (end - start), where the fraction is a number or a third input.

    PyTorch calls it the weight, which in a spec is a tensor that a layer gets from another.
    """

    most_inputs: ClassVar[int | None] = 3

    fraction: Number | None = setting("how far to the second input; the third where not given", None, label="fraction")

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError also where there is no fraction, or there are two."""
        if (self.fraction is None) != (len(inputs) == 3):
            raise LayerError("needs a fraction, as a number or as a third input", "fraction", "write fraction: 0.5")
        super().check(*inputs)

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return torch.lerp."""
        weight = "{x2}" if self.fraction is None else "{fraction}"
        values = {} if self.fraction is None else {"fraction": self.fraction}
        return Spelling(None, Code(f"torch.lerp({{x0}}, {{x1}}, {weight})", values))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return nothing beside a number."""
        return UNKNOWN if self.fraction is None else NOTHING
