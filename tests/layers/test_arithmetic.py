"""What a layer computes is arithmetic over sizes: given several sizes at once, it gives the several results."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.registry import layer_class
from cnnparams.layers.contract.shape import Shape
from tests.layers.answers import TYPES, Refusal, ours, samples
from tests.layers.effort import examples
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Dims

MOST = 4
"""Sizes that are tried at once."""


class Several:
    """Several whole numbers in place of one, as an array has them: there is no order among such, and no truth."""

    def __init__(self, *values: int) -> None:
        self.values = values

    def _with(self, other: object, operation: Callable[[Any, Any], Any]) -> Several:
        others = other.values if isinstance(other, Several) else (other,) * len(self.values)
        return Several(*map(operation, self.values, others))

    def __add__(self, other: object) -> Several:
        return self._with(other, operator.add)

    def __sub__(self, other: object) -> Several:
        return self._with(other, operator.sub)

    def __mul__(self, other: object) -> Several:
        return self._with(other, operator.mul)

    def __floordiv__(self, other: object) -> Several:
        return self._with(other, operator.floordiv)

    def __rsub__(self, other: int) -> Several:
        return self._with(other, lambda a, b: b - a)

    def __rfloordiv__(self, other: int) -> Several:
        return self._with(other, lambda a, b: b // a)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Several:
        return Several(*(-value for value in self.values))

    def __abs__(self) -> Several:
        return Several(*map(abs, self.values))

    def __floor__(self) -> Several:
        return Several(*map(math.floor, self.values))

    def _refuse(self, *_: object) -> bool:
        raise AssertionError("a size decides what is computed, or becomes an int")

    __bool__ = __int__ = __index__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class Computed(NamedTuple):
    """What a layer computes: the output's sizes, the tensors' shapes, the multiply-accumulates."""

    output: tuple[Any, ...]
    tensors: tuple[tuple[Any, ...], ...]
    macs: Any

    @classmethod
    def by(cls, layer: Layer, inputs: tuple[Shape, ...]) -> Computed:
        """Return what a layer computes for its inputs."""
        shapes = tuple(tensor.shape for tensor in layer.tensors(*inputs))
        return cls(layer.output_shape(*inputs).dims, shapes, layer.macs(*inputs))

    def at(self, i: int) -> Computed:
        """Return what is computed for the size of this number."""

        def one(value: Any) -> Any:
            return value.values[i] if isinstance(value, Several) else value

        tensors = tuple(tuple(map(one, shape)) for shape in self.tensors)
        return Computed(tuple(map(one, self.output)), tensors, one(self.macs))


def together(shapes: list[Shape]) -> Shape:
    """Return the shape of several sizes at once."""
    dims = tuple(Several(*sizes) for sizes in zip(*(shape.dims for shape in shapes), strict=True))
    return Shape(dims, shapes[0].channel_axis)  # type: ignore[arg-type]  # that is the point


@st.composite
def resized(draw: st.DrawFn, inputs: tuple[Dims, ...]) -> tuple[Shape, ...]:
    """Draw other sizes for inputs, along some dimensions: what was alike stays so, what was not does not become so."""
    factor, more = draw(st.integers(1, 3)), draw(st.sampled_from((0, 0, 1)))
    at = draw(st.sets(st.integers(0, max(map(len, inputs)) - 1)))
    changed = [tuple(n * factor + more if i in at and n > 1 else n for i, n in enumerate(dims)) for dims in inputs]
    return tuple(Shape(dims, 0 if len(dims) > 1 else None) for dims in changed)


@pytest.mark.parametrize("name", ORACLES)
@given(data=st.data())
@examples(30)
def test_several_sizes_at_once_give_what_each_gives(name: str, data: st.DataObject) -> None:
    case = data.draw(ORACLES[name].cases)
    assume(not isinstance(ours(name, case), Refusal))
    written = layer_class(TYPES[name]).model_validate(case.settings)
    tried = [samples(case), *data.draw(st.lists(resized(case.inputs), max_size=MOST - 1))]
    alone = []
    for inputs in tried:
        try:
            alone.append((inputs, written.resolve(*inputs)))
        except LayerError:
            continue
    layer = alone[0][1]
    entering = tuple(together(list(shapes)) for shapes in zip(*(inputs for inputs, _ in alone), strict=True))
    computed = Computed.by(layer, entering)
    for i, (inputs, own) in enumerate(alone):
        assert computed.at(i) == Computed.by(own, inputs)
