"""Functions of each element of one tensor (PyTorch's abs, sqrt, exp, clamp and their kin): no multiply-accumulates."""

from collections.abc import Hashable
from typing import ClassVar, NamedTuple, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from cnnparams.layers.contract.base import SAME_SIZES, Footprint, Layer
from cnnparams.layers.contract.memory import (
    INPUT,
    NOTHING,
    OUTPUT,
    TRUTH,
    ForwardPass,
    Placement,
    SavedForBackward,
    in_order,
)
from cnnparams.layers.contract.registry import layer_type, layer_types
from cnnparams.layers.contract.settings import Number, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.spelling import Code, Spelling


class UnaryFunction(NamedTuple):
    """A function of one element, as torch calls it: what it does, and what it keeps for the way back."""

    name: str
    does: str
    keeps: SavedForBackward


class Unary(Layer):
    """What functions of each element share: the shape stays as it is."""

    footprint: ClassVar[Footprint] = Footprint.ELEMENTWISE
    function: ClassVar[UnaryFunction]

    def geometry(self) -> Hashable | None:
        """Return that every size is kept."""
        return SAME_SIZES

    def spelling(self, x: Shape) -> Spelling:
        """Return the function of torch."""
        return Spelling(None, Code(f"torch.{self.type}({{x}})"))

    def placement(self, run: ForwardPass) -> Placement:
        """Return the order of the input."""
        return in_order(run.output, run.x.layout)

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return what is declared."""
        return self.function.keeps


@layer_types(
    UnaryFunction("abs", "Absolute value.", INPUT),
    UnaryFunction("neg", "Negation: -x.", NOTHING),
    UnaryFunction("sqrt", "Square root.", OUTPUT),
    UnaryFunction("rsqrt", "Reciprocal of the square root: 1 / sqrt(x).", OUTPUT),
    UnaryFunction("square", "Square: x * x.", INPUT),
    UnaryFunction("reciprocal", "Reciprocal: 1 / x.", OUTPUT),
    UnaryFunction("exp", "Exponential: e to the power of x.", OUTPUT),
    UnaryFunction("exp2", "Exponential to the base of 2: 2 to the power of x.", OUTPUT),
    UnaryFunction("expm1", "Exponential minus one: exp(x) - 1.", OUTPUT),
    UnaryFunction("log", "Natural logarithm.", INPUT),
    UnaryFunction("log2", "Logarithm to the base of 2.", INPUT),
    UnaryFunction("log10", "Logarithm to the base of 10.", INPUT),
    UnaryFunction("log1p", "Logarithm of one more: log(1 + x).", INPUT),
    UnaryFunction("sin", "Sine of an angle.", INPUT),
    UnaryFunction("cos", "Cosine of an angle.", INPUT),
    UnaryFunction("tan", "Tangent of an angle.", OUTPUT),
    UnaryFunction("asin", "Arc sine: the angle of a sine.", INPUT),
    UnaryFunction("acos", "Arc cosine: the angle of a cosine.", INPUT),
    UnaryFunction("atan", "Arc tangent: the angle of a tangent.", INPUT),
    UnaryFunction("sinh", "Hyperbolic sine.", INPUT),
    UnaryFunction("cosh", "Hyperbolic cosine.", INPUT),
    UnaryFunction("asinh", "Inverse hyperbolic sine.", INPUT),
    UnaryFunction("acosh", "Inverse hyperbolic cosine.", INPUT),
    UnaryFunction("atanh", "Inverse hyperbolic tangent.", INPUT),
    UnaryFunction("erf", "Error function.", INPUT),
    UnaryFunction("erfc", "Complementary error function: 1 - erf(x).", INPUT),
    UnaryFunction("floor", "The whole number below, or the same.", NOTHING),
    UnaryFunction("ceil", "The whole number above, or the same.", NOTHING),
    UnaryFunction("round", "The nearest whole number; of two, the even one.", NOTHING),
    UnaryFunction("trunc", "The whole number towards zero.", NOTHING),
    UnaryFunction("frac", "What trunc takes off: x - trunc(x).", NOTHING),
    UnaryFunction("sign", "Sign: -1, 0 or 1.", NOTHING),
)
class ElementFunction(Unary):
    """A function of each element: the shape stays as it is, and nothing is multiplied and accumulated."""


@layer_types(
    UnaryFunction("logical_not", "True where an element is zero, or false.", NOTHING),
    UnaryFunction("isnan", "True where an element is not a number.", NOTHING),
    UnaryFunction("isinf", "True where an element is infinite.", NOTHING),
)
class ElementTest(Unary):
    """A question to each element: true or false, through which no gradient flows."""

    passes_gradient: ClassVar[bool] = False
    output_itemsize: ClassVar[int | None] = TRUTH


@layer_type("clamp", example={"min": 0, "max": 1})
class Clamp(Unary):
    """Clamp: raises what is below min to min, and lowers what is above max to max."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["min"]}, {"required": ["max"]}]})

    min: Number | None = setting("least value", None, label="min")
    max: Number | None = setting("largest value", None, label="max")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.min is None and self.max is None:
            raise PydanticCustomError("clamp", "needs min or max", {"hint": "add min: 0"})
        return self

    def spelling(self, x: Shape) -> Spelling:
        """Return torch.clamp."""
        bounds = self.differing()
        written = ", ".join(f"{name}={{{name}}}" for name in bounds)
        return Spelling(None, Code(f"torch.clamp({{x}}, {written})", bounds))

    def saved_for_backward(self, run: ForwardPass) -> SavedForBackward:
        """Return the input, which tells what is not clamped."""
        return INPUT
