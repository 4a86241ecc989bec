"""The Graph: nodes in execution order, each a layer at the shapes that enter and leave it."""

from __future__ import annotations

from typing import NamedTuple

from cnnparams.errors import Problem
from cnnparams.layers.base import Layer
from cnnparams.layers.shape import Shape
from cnnparams.schema.source import KeyPath


class Node(NamedTuple):
    """One layer of the network; `inputs` are the names of the nodes it reads, `path` is its place in the YAML."""

    name: str
    layer: Layer
    activation: Layer | None
    trainable: bool
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    path: KeyPath


class Graph(NamedTuple):
    """A network with every shape known; `output` names the node whose tensor is the result.

    `remarks` are what is right but seldom meant.
    """

    name: str
    input_shape: Shape
    nodes: tuple[Node, ...]
    output: str
    remarks: tuple[Problem, ...] = ()

    @property
    def output_shape(self) -> Shape:
        """The shape of the result."""
        return next(node.output_shape for node in reversed(self.nodes) if node.name == self.output)
