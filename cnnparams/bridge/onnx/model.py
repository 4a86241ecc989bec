"""An ONNX file as plain values: operations in order, and the tensors that are known without running it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

MOST_AXES = 64
"""The dimensions that a tensor may have, as in NumPy."""

Dims = tuple[int, ...]
Declared = tuple[int | None, ...]
"""Dimensions as a file declares them, None where it gives a name or nothing."""


class Origin(NamedTuple):
    """A tensor that the file holds: `stored` as an initializer, or else made by a node such as Constant."""

    name: str
    size: int
    stored: bool


class Known(NamedTuple):
    """A tensor that does not depend on the input.

    `data` is a NumPy array where the tensor is small, else None; `origins` are the tensors that it is made of.
    """

    dims: Dims
    is_float: bool
    data: Any
    origins: frozenset[Origin] = frozenset()

    @property
    def full(self) -> Dims:
        """The dimensions, as every value has them."""
        return self.dims

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.dims)

    @property
    def is_whole(self) -> bool:
        """Whether it has every element of what it is made of once."""
        return self.size == sum(origin.size for origin in self.origins)


class Op(NamedTuple):
    """A node: what it does, to which values, and what the values that it gives are called ("" for none).

    `scope` are the modules that it was exported from, outermost first; `parts` the nodes that it stands for.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    domain: str = ""
    scope: tuple[str, ...] = ()
    parts: tuple[Op, ...] = ()

    @property
    def written(self) -> str:
        """What the node does, as the file has it; the last one where it stands for several."""
        return self.parts[-1].kind if self.parts else self.kind


class Port(NamedTuple):
    """An input or an output of the file, and its dimensions; None where nothing is said of them."""

    name: str
    dims: Declared | None


class Model(NamedTuple):
    """What a file holds: `declared` are the dimensions that it gives for values in between."""

    name: str
    opset: int
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    ops: tuple[Op, ...]
    initializers: Mapping[str, Known]
    declared: Mapping[str, Declared]
