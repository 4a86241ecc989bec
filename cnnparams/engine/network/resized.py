"""A network at other sizes: what is known of it before it is spelt out node by node."""

from collections.abc import Callable, Sequence
from operator import mul
from typing import NamedTuple

from cnnparams.engine.network.graph import Graph, Node, Port
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape

TensorSlots = tuple[int, ...]
"""Places of tensors: the inputs of the network come first, then what each step gives."""
Shapes = tuple[Shape, ...]
SpatialSizes = tuple[int, ...]
Ask = Callable[[Layer, Shapes], int]


class LayerGroup(NamedTuple):
    """Nodes that are one layer at one shape: the first, how many there are, where it reads, and where the others do.

    `geometry` is the number of what decides the sizes of the image that it gives; None where it has to be asked.
    """

    node: Node
    members: int
    geometry: int | None
    reads: TensorSlots
    others: frozenset[TensorSlots]


class FlowSizes(NamedTuple):
    """The sizes of what each step gives, and for each with a geometry how many places these are; else 0."""

    sizes: Sequence[SpatialSizes]
    places: Sequence[int]


class Resized(NamedTuple):
    """A network at other sizes; `asked` has what steps without a geometry read and give, `rates` is the base's."""

    graph: Graph
    steps: Sequence[LayerGroup]
    slots: dict[str, int]
    rates: Callable[[Ask], Sequence[int]]
    inputs: tuple[Port, ...]
    flow: FlowSizes
    asked: dict[int, tuple[Shapes, Shape]]

    def total(self, ask: Ask) -> int:
        """Return the sum over all nodes of what is asked, which is as much for each place of an image by geometry."""
        answered: int = sum(map(mul, self.rates(ask), self.flow.places))
        rest = ((self.steps[i], read) for i, (read, _) in self.asked.items())
        return answered + sum(step.members * ask(step.node.layer, read) for step, read in rest)

    def shape(self, slot: int) -> Shape:
        """Return the shape of a tensor."""
        i = slot - len(self.inputs)
        if i < 0:
            return self.inputs[slot].shape
        if i in self.asked:
            return self.asked[i][1]
        return Shape((self.steps[i].node.output_shape.dims[0], *self.flow.sizes[i]), 0)

    def spelt_out(self) -> Graph:
        """Return the network, node by node."""
        first = len(self.inputs)
        gives = [self.shape(slot) for slot in range(first + len(self.steps))]
        reads = [tuple([gives[slot] for slot in step.reads]) for step in self.steps]
        reads = [self.asked[i][0] if i in self.asked else read for i, read in enumerate(reads)]
        nodes = []
        for node in self.graph.nodes:
            slot = self.slots[node.name]
            nodes.append(node._replace(input_shapes=reads[slot - first], output_shape=gives[slot]))
        outputs = [port._replace(shape=gives[self.slots[port.source]]) for port in self.graph.outputs]
        return Graph(self.graph.name, self.inputs, tuple(nodes), tuple(outputs), document=self.graph.document)
