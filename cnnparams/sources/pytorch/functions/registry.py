"""From the name of a function or method of torch to its translation, which families declare."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext

Translation = Callable[..., Any]
T = TypeVar("T", bound=Translation)

KNOWN: dict[str, Translation] = {}
_FIRST = ("input", "self", "tensors")


def function(*names: str) -> Callable[[T], T]:
    """Declare the translation of functions; it takes a Call and their arguments, and returns what they give."""

    def declare(translation: T) -> T:
        if taken := KNOWN.keys() & set(names):
            raise ValueError(f"two translations answer to {min(taken)}")
        KNOWN.update(dict.fromkeys(names, translation))
        return translation

    return declare


def invoke(translation: Translation, call: StepContext, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Return what a translation makes of its arguments; raise NoLayerError where it knows no such arguments.

    The first is called x, whatever torch calls it.
    """
    named = {"x" if name in _FIRST else name: value for name, value in kwargs.items()}
    try:
        bound = inspect.signature(translation).bind(call, *args, **named)
    except TypeError as error:
        raise NoLayerError(f"is called in a way that is not understood: {error}") from None
    return translation(*bound.args, **bound.kwargs)
