"""The Graph: nodes in execution order, each a layer at the shapes that enter and leave it."""

from __future__ import annotations

from typing import NamedTuple

from cnnparams.errors import Problem
from cnnparams.layers.base import Layer
from cnnparams.layers.shape import Shape
from cnnparams.schema.source import KeyPath


class Node(NamedTuple):
    """One layer of the network; `inputs` are the names of the nodes it reads, `path` is its place in the YAML.

    `shares` names the node whose tensors it uses, where they are not its own.
    """

    name: str
    layer: Layer
    activation: Layer | None
    trainable: bool
    shares: str | None
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    path: KeyPath


class Port(NamedTuple):
    """An input or a result of the network: its name, the node that gives it (an input is its own), its shape."""

    name: str
    source: str
    shape: Shape


class Graph(NamedTuple):
    """A network with every shape known. `remarks` are what is right but seldom meant."""

    name: str
    inputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Port, ...]
    remarks: tuple[Problem, ...] = ()
