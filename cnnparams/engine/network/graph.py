"""The Graph: nodes in execution order, each a layer at the shapes that enter and leave it."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import NamedTuple, TypeVar

from cnnparams.engine.network.memo import Memo
from cnnparams.errors import Problem
from cnnparams.layers.contract.base import Footprint, Layer
from cnnparams.layers.contract.given import Given
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.source import Document, KeyPath

T = TypeVar("T")


class Node(NamedTuple):
    """One layer of the network; `inputs` are the names of the nodes it reads, `path` is its place in the YAML.

    `shares` names the node whose tensors it uses, where they are not its own. `dtype` is that of the tensors that it
    holds and gives, where the spec says one; an input of another is converted for it.
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
    dtype: str | None = None


class Port(NamedTuple):
    """An input or a result of the network: its name, the node that gives it (an input is its own), its shape."""

    name: str
    source: str
    shape: Shape


class Graph(NamedTuple):
    """A network with every shape known. `remarks` are what is right but seldom meant.

    `document` is where the paths of the nodes lead; None where there was no YAML.
    """

    name: str
    inputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Port, ...]
    remarks: tuple[Problem, ...] = ()
    document: Document | None = None


def of_each(graph: Graph, ask: Callable[[Node], T]) -> list[T]:
    """Return what is asked of each node's layer at its shapes; one layer at one shape, of one dtype, is asked once."""
    memo = Memo[T]()
    return [memo.of((node.layer, node.input_shapes), node.dtype, partial(ask, node)) for node in graph.nodes]


def batchless(nodes: Iterable[Node]) -> frozenset[str]:
    """Return the nodes that depend on no sample: what is made of parameters and constants alone is made once."""
    found: set[str] = set()
    for node in nodes:
        if found.issuperset(node.inputs):
            found.add(node.name)
    return frozenset(found)


def met_once(node: Node, batchless: Collection[str]) -> tuple[int, ...]:
    """Return the places of inputs without a batch beside others, where a layer does not repeat them by itself."""
    inputs = node.inputs[:-1] if isinstance(node.layer, Given) else node.inputs  # a weight is the same for all anyway
    places = tuple(i for i, source in enumerate(inputs) if source in batchless)
    repeats = node.layer.footprint is Footprint.ELEMENTWISE or len(places) == len(inputs)
    return () if repeats else places


def channels_of(shape: Shape) -> int:
    """Return the channels of a tensor, as expressions count them; of what is no image, its last dimension."""
    return shape.dims[shape.channel_index]


def is_within(name: str, outer: str) -> bool:
    """Tell whether a layer has a name, or stands inside of what has it: layer1.0.conv1 is within layer1."""
    return name == outer or name.startswith(f"{outer}.")
