"""What functions and methods of torch are in layers, a file for each family."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from cnnparams.sources.pytorch.functions.registry import KNOWN, Translation
from cnnparams.sources.pytorch.step import TracedStep


def translation_of(step: TracedStep) -> Translation | None:
    """Return the translation of a step's function.

    In place or not (relu_), as an operator or not (__add__), it is one function; in ATen the arguments of some have
    another order.
    """
    _load()
    return KNOWN.get(step.label) or KNOWN.get(step.name.strip("_"))


@cache
def _load() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
