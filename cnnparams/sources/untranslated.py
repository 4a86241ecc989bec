"""A layer that stands where a model has something that no layer says."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.settings import Dims, Whole, setting
from cnnparams.layers.contract.shape import Shape


class Untranslated(Layer):
    """Its type is the name of what it stands for, which no spec may use: one that has it cannot be counted."""

    least_inputs: ClassVar[int] = 0
    most_inputs: ClassVar[int | None] = None

    gives: Dims | None = setting("shape of what it gives", None)
    parameters: Whole | None = setting("parameters that it holds", None)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape that it gives; a vector of one feature where it gives nothing."""
        return Shape.of(self.gives or (1,))


def untranslated(what: str, gives: tuple[int, ...] | None = None, parameters: int | None = None) -> Untranslated:
    """Return the layer that stands for something."""
    return _class(what)(gives=gives, parameters=parameters)


@cache
def _class(what: str) -> type[Untranslated]:
    return type("Untranslated", (Untranslated,), {"__module__": __name__, "type": what, "stem": "gap"})
