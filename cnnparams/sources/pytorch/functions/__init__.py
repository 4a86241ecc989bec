"""What functions and methods of torch are in layers, a file for each family, which declares their translations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.step import TracedStep

Translate = Callable[..., Any]
T = TypeVar("T", bound=Translate)

KNOWN: dict[str, Translate] = {}
_FIRST = ("input", "self", "tensors")


def function(*names: str) -> Callable[[T], T]:
    """Declare the translation of functions; it takes the step and their arguments, and returns what they give."""

    def declare(translation: T) -> T:
        if taken := KNOWN.keys() & set(names):
            raise ValueError(f"two translations answer to {min(taken)}")
        KNOWN.update(dict.fromkeys(names, translation))
        return translation

    return declare


def invoke(translation: Translate, call: StepContext, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Return what a translation makes of its arguments; raise NoLayerError where it knows no such arguments.

    The first is called x, whatever torch calls it.
    """
    named = {"x" if name in _FIRST else name: value for name, value in kwargs.items()}
    try:
        bound = inspect.signature(translation).bind(call, *args, **named)
    except TypeError as error:
        raise NoLayerError(f"is called with arguments that are not supported: {error}") from None
    return translation(*bound.args, **bound.kwargs)


def translation_of(step: TracedStep) -> Translate | None:
    """Return the translation of a step's function.

    In place or not (relu_), as an operator or not (__add__), it is one function; in ATen the arguments of some have
    another order.
    """
    _load()
    return KNOWN.get(step.label) or KNOWN.get(step.name.strip("_"))


def knows(name: str) -> bool:
    """Tell whether a function of that name has a translation."""
    _load()
    return name in KNOWN


@cache
def _load() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
