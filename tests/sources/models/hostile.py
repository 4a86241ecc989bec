"""Networks that do what nobody expects of one, each in its own way: they are told of, or read."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Plain(nn.Module):
    """What the others are but for one thing."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Any:
        return self.conv(x)


class Around(nn.Module):
    """A module that holds another."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Any:
        return self.inner(x)


class Stopped(BaseException):
    """An error that is no Exception, and says nothing."""

    def __str__(self) -> str:
        raise self


class Raises(Plain):
    """A forward that raises it."""

    def forward(self, x: Tensor) -> Any:
        raise Stopped


class RaisesWhenTraced(Plain):
    """A forward that raises it where what enters is no tensor."""

    def forward(self, x: Tensor) -> Any:
        if not isinstance(x, Tensor) or torch.compiler.is_compiling():
            raise Stopped
        return self.conv(x)


class Calls(Plain):
    """A forward that calls itself without end."""

    def forward(self, x: Tensor) -> Any:
        return self(x + 1)


class Loops(Plain):
    """A forward without end."""

    def forward(self, x: Tensor) -> Any:
        while True:
            x = x + 1


class GivesNothing(Plain):
    """A forward that computes, and returns nothing."""

    def forward(self, x: Tensor) -> Any:
        self.conv(x)


class GivesItself(Plain):
    """A forward that returns a module beside its result."""

    def forward(self, x: Tensor) -> Any:
        return self.conv(x), self


class NoTruth(Plain):
    """A module that has neither truth nor length."""

    def __bool__(self) -> bool:
        raise Stopped

    def __len__(self) -> int:
        raise Stopped


class NoModules(Plain):
    """A module that does not say what is in it."""

    def named_modules(self, *_: Any, **__: Any) -> Any:
        raise Stopped


class NoForward(Plain):
    """A module that cannot be called."""

    forward: Any = None


class InC(Plain):
    """A module whose forward is a function that does not say what it takes."""

    forward = torch.relu


class NoInit(nn.Module):
    """A module that never was one."""

    def __init__(self) -> None:
        pass

    def forward(self, x: Tensor) -> Any:
        return x


def deep(levels: int) -> nn.Module:
    """Return a module in a module in a module."""
    model: nn.Module = nn.Conv2d(3, 3, 1)
    for _ in range(levels):
        model = Around(model)
    return model


def in_itself() -> nn.Module:
    """Return a module in which one inside holds the outermost."""
    model = Around(Around(nn.Conv2d(3, 3, 1)))
    model.inner.outer = model
    return model


def tangled() -> nn.Module:
    """Return a network of 120 modules, of which the innermost has 2 ** 40 names."""
    model: nn.Module = nn.Conv2d(3, 3, 1)
    for _ in range(40):
        outer = Around(Around(model))
        outer.other = Around(model)
        model = outer
    return model
