"""What the operations of ONNX are as layers: a function for each, told apart by the operation's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from cnnparams.sources.onnx.assembly import OnnxValue
from cnnparams.sources.onnx.call import NodeContext

Results = OnnxValue | list[OnnxValue | None]
"""What a node gives: a value, or one for each of its outputs; None for what no layer gives."""

Translator = Callable[[NodeContext], Results]

FAMILIES = (
    "activation",
    "arithmetic",
    "arrange",
    "attention",
    "border",
    "constant",
    "conv",
    "einsum",
    "function",
    "linear",
    "join",
    "norm",
    "pick",
    "pool",
    "recurrent",
    "quantize",
    "reduce",
    "resize",
    "step",
)

_translators: dict[str, Translator] = {}


def translates(*kinds: str) -> Callable[[Translator], Translator]:
    """Declare a function as what translates the operations of these names."""

    def declare(translator: Translator) -> Translator:
        _translators.update(dict.fromkeys(kinds, translator))
        return translator

    return declare


def translator_of(kind: str) -> Translator | None:
    """Return what translates an operation; None where nothing does."""
    _load()
    return _translators.get(kind)


@cache
def _load() -> None:
    for family in FAMILIES:
        import_module(f"{__name__}.{family}")
