"""A layer of any type in other circumstances than its type knows: what it is asked then, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Self, TypeVar

from pydantic import InstanceOf

from cnnparams.layers.contract.base import Layer, Step
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.tensor import Tensor

W = TypeVar("W", bound="Wrapping")


class Wrapping(Layer):
    """A layer around another, which says of itself what the type of the inner one does."""

    inner: InstanceOf[Layer]

    def inside(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Return what the inner layer sees of the inputs."""
        raise NotImplementedError

    def resolve(self, *inputs: Shape) -> Self:
        """Return the layer with its inner one resolved."""
        return self.model_copy(update={"inner": self.inner.resolve(*self.inside(*inputs))})

    def inferred(self, *inputs: Shape) -> Mapping[str, Any]:
        """Return what the inner layer infers."""
        return self.inner.inferred(*self.inside(*inputs))

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return what leaves the inner layer."""
        return self.inner.output_shape(*self.inside(*inputs))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Return the inner layer's tensors."""
        return self.inner.tensors(*self.inside(*inputs))

    def macs(self, *inputs: Shape) -> int:
        """Return the inner layer's."""
        return self.inner.macs(*self.inside(*inputs))

    def macs_formula(self, *inputs: Shape) -> str:
        """Return the inner layer's."""
        return self.inner.macs_formula(*self.inside(*inputs))

    def symbols(self, *inputs: Shape) -> Mapping[str, float]:
        """Return the inner layer's."""
        return self.inner.symbols(*self.inside(*inputs))

    def shape_steps(self, *inputs: Shape) -> Iterator[Step]:
        """Yield the inner layer's."""
        return self.inner.shape_steps(*self.inside(*inputs))

    def other_size_hint(self, written: object, *inputs: Shape) -> str | None:
        """Return what the inner layer says."""
        return self.inner.other_size_hint(written, *self.inside(*inputs))

    def remark(self, *inputs: Shape) -> str | None:
        """Return what the inner layer says."""
        return self.inner.remark(*self.inside(*inputs))

    def hyperparameters(self) -> Iterator[Hyperparameter]:
        """Yield the inner layer's."""
        return self.inner.hyperparameters()


@cache
def wrapping(around: type[W], inner: type[Layer]) -> type[W]:
    """Return the class of such layers around those of a type."""
    names = Layer.__class_vars__ - vars(around).keys()
    said = {name: getattr(inner, name) for name in names if hasattr(inner, name)}
    return type(inner.__name__, (around,), {"__module__": around.__module__, **said})
