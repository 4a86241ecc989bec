"""An ONNX file as plain values: operations in order, and the tensors that are known without running it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

MOST_AXES = 64
"""The dimensions that a tensor may have, as in NumPy."""

FileDims = tuple[int, ...]
Declared = tuple[int | None, ...]
"""Dimensions as a file declares them, None where it gives a name or nothing."""


OF_SIZES = "sizes of the network"
"""In the place of a dtype: what is made of the sizes of tensors that depend on the input."""


class Origin(NamedTuple):
    """A tensor that the file holds: `stored` as an initializer, of a dtype, or else made by a node such as Constant."""

    name: str
    dims: FileDims
    stored: bool
    dtype: str | None = None

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.dims)

    @property
    def is_weight(self) -> bool:
        """Whether it may be learned: several floating point numbers."""
        return self.size > 1 and self.dtype is not None and "float" in self.dtype


class ConstantTensor(NamedTuple):
    """A tensor that does not depend on the input.

    `data` is a NumPy array where the tensor is small, else None; `origins` are the tensors that it is made of, and
    `reordered` tells whether its elements stand in another order than theirs.
    """

    dims: FileDims
    is_float: bool
    data: Any
    origins: frozenset[Origin] = frozenset()
    reordered: bool = False

    @property
    def full(self) -> FileDims:
        """The dimensions, as every value has them."""
        return self.dims

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.dims)

    @property
    def own(self) -> FileDims:
        """The dimensions of the tensor of the file that it is a view of; its own where it is no view of one."""
        (origin, *others) = self.origins or (None,)
        return origin.dims if origin and not (others or self.reordered) and origin.size == self.size else self.dims

    @property
    def is_whole(self) -> bool:
        """Whether it has every element of what it is made of once."""
        return self.size == sum(origin.size for origin in self.origins)


class Subgraph(NamedTuple):
    """A graph inside of a node, such as a branch: its nodes, the values that it gives, the tensors that it holds."""

    ops: tuple[OnnxNode, ...]
    outputs: tuple[str, ...]
    initializers: Mapping[str, ConstantTensor]

    @property
    def kind(self) -> str:
        """What the value of an attribute is that holds this."""
        return "graph"


class Unread(NamedTuple):
    """The value of an attribute that is no number, text, tensor or graph, or a list of these: what it is."""

    kind: str


class OnnxNode(NamedTuple):
    """A node: what it does, to which values, and what the values that it gives are called ("" for none).

    `scope` are the modules that it was exported from, outermost first; `parts` the nodes that it stands for;
    `captured` what the graphs inside of it, such as branches, read of the values outside.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    domain: str = ""
    scope: tuple[str, ...] = ()
    parts: tuple[OnnxNode, ...] = ()
    captured: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The values that it depends on."""
        return self.inputs + self.captured

    @property
    def called(self) -> str:
        """Its name, or else that of the first value that it gives."""
        return self.name or next(filter(None, self.outputs), "")

    @property
    def graphs(self) -> tuple[Subgraph, ...]:
        """The graphs inside of it."""
        return tuple(value for value in self.attributes.values() if isinstance(value, Subgraph))

    @property
    def written(self) -> str:
        """What the node does, as the file has it; the last one where it stands for several."""
        return self.parts[-1].kind if self.parts else self.kind


class FilePort(NamedTuple):
    """An input or an output of the file, its dimensions and what it holds, such as int64; None where it is not said.

    `batch` is the dimension that the file itself calls so.
    """

    name: str
    dims: Declared | None
    dtype: str | None = None
    batch: int | None = None

    @property
    def is_float(self) -> bool:
        """Whether it holds floating point numbers, as it does where nothing is said."""
        return self.dtype is None or "float" in self.dtype


def every_node(ops: Iterable[OnnxNode]) -> Iterator[OnnxNode]:
    """Yield nodes, and those of the graphs inside of them."""
    for op in ops:
        yield op
        yield from every_node(inner for graph in op.graphs for inner in graph.ops)


class Model(NamedTuple):
    """What a file holds: `declared` are the dimensions that it gives for values in between."""

    name: str
    opset: int
    inputs: tuple[FilePort, ...]
    outputs: tuple[FilePort, ...]
    ops: tuple[OnnxNode, ...]
    initializers: Mapping[str, ConstantTensor]
    declared: Mapping[str, Declared]
