"""What an oracle is made of: cases to draw, PyTorch's answer to each, and the differences that are meant.

Neither this nor the families beside it import torch: builders are given it, so that other tests can draw cases too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

Dims = tuple[int, ...]
Settings = dict[str, Any]

BATCH = 2


@dataclass(frozen=True, slots=True)
class Case:
    """Settings of a layer as a spec writes them, and the shape of a sample that enters it; `more` enter beside it."""

    settings: Settings
    dims: Dims
    more: tuple[Dims, ...] = ()

    @property
    def inputs(self) -> tuple[Dims, ...]:
        """The shapes of all inputs, in order."""
        return (self.dims, *self.more)

    def arguments(self) -> Settings:
        """Return the settings with tuples for lists, as PyTorch's modules want them."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in self.settings.items()}


@dataclass(frozen=True, slots=True)
class Built:
    """A layer built in PyTorch: the module that holds its tensors, and its forward pass over a batch of each input.

    `macs` stands for the count of FlopCounterMode where that leaves the layer out.
    """

    module: Any
    forward: Callable[..., Any]
    macs: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where cnnparams refuses on purpose what PyTorch takes, with a case that shows it."""

    reason: str
    applies: Callable[[Case], bool]
    example: Case


@dataclass(frozen=True, slots=True)
class Oracle:
    """Cases of a layer type, valid and invalid, and how to build them in PyTorch (whose refusal is any exception)."""

    cases: st.SearchStrategy[Case]
    build: Callable[[ModuleType, Case], Built]
    differences: tuple[Difference, ...] = ()
    dtype: str = "float32"
