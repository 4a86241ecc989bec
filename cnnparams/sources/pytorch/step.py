"""What a model does, step by step, whichever way it was traced."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch

from cnnparams.sources.foreign import current_folder, is_foreign
from cnnparams.sources.reading import Gap

Chain = tuple[tuple[str, str], ...]
"""The modules that a step happens in, outermost first: for each call a key of its own, and the module's path."""

_IN_PLACE = frozenset({"iadd", "isub", "imul", "itruediv"})


class TracedStep(NamedTuple):
    """One step: an input, a tensor of the model, a call of a module that is a layer, or of a function, or the results.

    `name` is that of the input, the path of the tensor or the module, or the function's; `label` is what messages call
    it. `node` stands for its result in the `args` of later steps, `value` is that result, without data. A step that
    `overwrites` writes its result over its first argument.
    """

    kind: Literal["input", "tensor", "module", "function", "output"]
    name: str
    label: str
    node: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    value: Any
    chain: Chain = ()
    source: str | None = None
    overwrites: bool = False

    @property
    def path(self) -> str:
        """The module that does it."""
        return self.chain[-1][1] if self.chain else ""


class Program(NamedTuple):
    """A model's steps, and why there are no more of them, where its run came to no end."""

    steps: tuple[TracedStep, ...]
    failure: Gap | None = None


def line(filename: str, number: int | None) -> str | None:
    """Return a line of a model's code as file:line; None for one of torch or of cnnparams, or of no file."""
    if number is None or not is_foreign(filename):
        return None
    return f"{_shown(filename, current_folder())}:{number}"


@cache
def _shown(filename: str, here: str) -> str:
    path = Path(filename)
    return str(path.relative_to(here) if here and path.is_relative_to(here) else path)


def called(target: Any) -> tuple[str, str]:
    """Return the name of a function of torch, by which translations know it, and what messages call it.

    A function of another package has no name here that a translation knows.
    """
    if isinstance(target, str):
        return target, f"Tensor.{target}"
    if packet := getattr(target, "overloadpacket", None):
        return packet.__name__, f"aten.{packet.__name__}"
    module, name = getattr(target, "__module__", None) or "torch", getattr(target, "__name__", str(target))
    label = torch.overrides.resolve_name(target) or f"{module.lstrip('_')}.{name}"
    own = module.partition(".")[0] in ("torch", "_operator", "builtins")
    return (name, label) if own else (label, label)


def writes_over(name: str) -> bool:
    """Tell whether a function of that name writes its result over its first argument."""
    return name in _IN_PLACE or (name.endswith("_") and not name.endswith("__"))
