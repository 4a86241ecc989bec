"""Functions of two tensors, or of a tensor and a number (PyTorch's - / ** % // and comparisons)."""

import math
from typing import ClassVar, NamedTuple

from cnnparams.errors import LayerError
from cnnparams.layers.contract.memory import TRUTH, ForwardPass, OwnTensor, SavedForBackward
from cnnparams.layers.contract.registry import layer_types
from cnnparams.layers.contract.settings import Flag, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.layers.elementwise import Elementwise, WithNumber


class BinaryFunction(NamedTuple):
    """A function of two elements as torch calls it: what it does, and what it keeps for the way back.

    That is told by letters: x and y are the tensors, r the result, o another tensor of its shape. `first` and `second`
    is what is kept where the gradient goes to x, or to y; `number` what is kept beside a number that comes second,
    `reverse` beside one that comes first. An operator of Python's stands between the two.
    """

    name: str
    does: str
    operator: str = ""
    first: str = ""
    second: str = ""
    number: str = ""
    reverse: str = ""

    def code(self, x: str, y: str) -> str:
        """Return how torch writes it."""
        return f"{x} {self.operator} {y}" if self.operator else f"torch.{self.name}({x}, {y})"


class OfTwo(Elementwise):
    """A function of two tensors, element by element."""

    function: ClassVar[BinaryFunction]
    most_inputs: ClassVar[int | None] = 2

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the operator between the inputs, or the function of torch."""
        return Spelling(None, Code(self.function.code("{x0}", "{x1}")))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared for each input that needs a gradient."""
        first, second = run.inputs
        function = self.function
        return kept((function.first if first.needs_grad else "") + (function.second if second.needs_grad else ""), run)


def kept(letters: str, run: ForwardPass) -> SavedForBackward:
    """Return what is kept as it is declared by letters."""
    own = (OwnTensor(math.prod(run.output)),) if "o" in letters else ()
    return SavedForBackward(tuple(i for i, letter in enumerate("xy") if letter in letters), "r" in letters, own)


class OrNumber(WithNumber, OfTwo):
    """A function of two tensors, or of a tensor and a number."""

    reverse: Flag = setting("whether the number comes first: 1 - x", False, label="reverse")

    def check(self, *inputs: Shape) -> None:
        """Raise LayerError also where there is no number to come first."""
        super().check(*inputs)
        if self.reverse and self.other is None:
            raise LayerError("reverse is about a number, and there is none", "reverse", "swap the names in from")

    def spelling(self, *inputs: Shape) -> Spelling:
        """Return the operator between the two; a negative number that comes first in parentheses, for powers."""
        if self.other is None:
            return super().spelling(*inputs)
        first = "({other})" if self.other < 0 else "{other}"
        sides = (first, "{x}") if self.reverse else ("{x}", "{other}")
        return Spelling(None, Code(self.function.code(*sides), {"other": self.other}))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared, of a number or of two tensors."""
        if self.other is None:
            return super().saved_for_backward(run)
        return kept(self.function.reverse if self.reverse else self.function.number, run)


@layer_types(
    BinaryFunction("subtract", "Subtraction, of a tensor or a number.", "-"),
    BinaryFunction("divide", "Division, by a tensor or a number.", "/", "y", "xy", reverse="o"),
    BinaryFunction("pow", "Power, to a tensor or a number.", "**", "xyr", "xyr", number="x", reverse="xr"),
    BinaryFunction("remainder", "Remainder of a division, with the divisor's sign.", "%", second="xy"),
    BinaryFunction("floor_divide", "Division, rounded down.", "//"),
)
class Arithmetic(OrNumber):
    """Arithmetic of two tensors, or a tensor and a number, element by element; sizes of 1 are repeated to fit."""


@layer_types(
    BinaryFunction("eq", "True where two are equal.", "=="),
    BinaryFunction("ne", "True where two are not equal.", "!="),
    BinaryFunction("lt", "True where the first is less.", "<"),
    BinaryFunction("le", "True where the first is less, or equal.", "<="),
    BinaryFunction("gt", "True where the first is greater.", ">"),
    BinaryFunction("ge", "True where the first is greater, or equal.", ">="),
)
class Compared(OrNumber):
    """A comparison of two tensors, or a tensor and a number: true or false, through which no gradient flows."""

    passes_gradient: ClassVar[bool] = False
    output_itemsize: ClassVar[int | None] = TRUTH


@layer_types(
    BinaryFunction("maximum", "The larger of two, element by element.", "", "xy", "xy"),
    BinaryFunction("minimum", "The smaller of two, element by element.", "", "xy", "xy"),
    BinaryFunction("atan2", "The angle of a point with these two coordinates, y first.", "", "xy", "xy"),
)
class OfPairs(OfTwo):
    """A function of two tensors, element by element; sizes of 1 are repeated to fit."""


@layer_types(
    BinaryFunction("logical_and", "True where both are."),
    BinaryFunction("logical_or", "True where one is, or both."),
    BinaryFunction("logical_xor", "True where one is, and not both."),
)
class Logic(OfTwo):
    """A question to two tensors, whose elements count as true unless they are zero; no gradient flows through."""

    passes_gradient: ClassVar[bool] = False
    output_itemsize: ClassVar[int | None] = TRUTH
