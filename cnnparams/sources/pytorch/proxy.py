"""A tensor of a model as it is traced: what is done with it is noted, and it knows all but its values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensor
from torch.fx.proxy import Attribute


class ValuesNeededError(Exception):
    """A model asks for the values of a tensor, such as to decide by them what to do next."""


class TensorProxy(fx.Proxy):  # type: ignore[misc]  # torch is not typed here
    """A tensor for all that a model can tell; `value` is one of its shape, without data unless it is the model's."""

    def __init__(self, node: fx.Node, tracer: fx.Tracer, value: torch.Tensor) -> None:
        super().__init__(node, tracer)
        self.value = value

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.value, name)
        if isinstance(found, torch.Tensor):
            return self.tracer.create_proxy("call_function", getattr, (self, name), {})
        return Attribute(self, name) if callable(found) else found

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.unbind(0))

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.create_proxy("call_function", operator.setitem, (self, index, value), {})

    def __bool__(self) -> bool:
        return bool(self._values())

    def __int__(self) -> int:
        return int(self._values())

    def __float__(self) -> float:
        return float(self._values())

    def __index__(self) -> int:
        return int(self._values())

    def _values(self) -> torch.Tensor:
        if isinstance(self.value, FakeTensor):
            raise ValuesNeededError
        return self.value


def _in_place(target: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: self.tracer.create_proxy("call_function", target, (self, other), {})


for _target in (operator.iadd, operator.isub, operator.imul, operator.itruediv):
    setattr(TensorProxy, f"__{_target.__name__}__", _in_place(_target))
