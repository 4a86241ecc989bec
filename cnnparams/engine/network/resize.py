"""A network again, with inputs of other sizes, where nothing changes but sizes.

What a spec expands to depends on its inputs only through `channels`. Where these stay as they were, and every layer
takes its new input as it is, the layers are the same ones. Most say what decides the sizes that they give, their
geometry: networks that are alike but for their channels are worked out once for each size.
"""

import math
from collections.abc import Hashable, Sequence

from cnnparams.engine.network.builder import output_of
from cnnparams.engine.network.graph import Graph, Node, Port, channels_of
from cnnparams.engine.network.memo import Memo
from cnnparams.engine.network.resized import Ask, FlowSizes, LayerGroup, Resized, Shapes, SpatialSizes
from cnnparams.errors import LayerError
from cnnparams.layers.contract.shape import MOST_ELEMENTS, Shape

Places = tuple[int, tuple[SpatialSizes, ...]]


class KnownResults:
    """What has been worked out already: numbers for geometries and wirings, and flows by wiring and sizes."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.flows: dict[Places, FlowSizes] = {}

    def number(self, what: Hashable) -> int:
        """Return the number that stands for something."""
        return self.numbers.setdefault(what, len(self.numbers))


class Resizer:
    """A graph taken apart into steps, which are gone through again for other inputs."""

    def __init__(self, graph: Graph, known: KnownResults) -> None:
        self.graph, self.known = graph, known
        self.slots = {port.source: i for i, port in enumerate(graph.inputs)}
        alike = _alike(graph)
        for i, nodes in enumerate(alike, len(graph.inputs)):
            self.slots.update((node.name, i) for node in nodes)
        self.steps = [self._step(nodes) for nodes in alike]
        self.asked = [i for i, step in enumerate(self.steps) if step.geometry is None]
        self.wiring = known.number(tuple([step[2:] for step in self.steps]))
        self._pairs = _pairs(self.steps)
        unsure = {len(graph.inputs) + i for i in self.asked}
        self._unsure_pairs = [pair for pair in self._pairs if not unsure.isdisjoint(pair)]
        self.widest = max((step.node.output_shape.dims[0] for step in self.steps), default=0)
        self._rates: dict[Ask, Sequence[int]] = {}

    def _step(self, nodes: Sequence[Node]) -> LayerGroup:
        first, *others = [tuple([self.slots[source] for source in node.inputs]) for node in nodes]
        geometry = _geometry(nodes[0])
        number = None if geometry is None else self.known.number(geometry)
        return LayerGroup(nodes[0], len(nodes), number, first, frozenset(others) - {first})

    def rates(self, ask: Ask) -> Sequence[int]:
        """Return what all nodes of each step that has a geometry answer for one place."""
        if ask not in self._rates:
            self._rates[ask] = [0 if step.geometry is None else _rate(step, ask) for step in self.steps]
        return self._rates[ask]

    def resize(self, inputs: tuple[Port, ...]) -> Resized | None:
        """Return the network with these inputs; None where more than sizes changes, or a layer cannot take its own.

        Of what a layer cannot take, and of remarks, building the network tells.
        """
        if [_but_sizes(port.shape) for port in inputs] != [_but_sizes(port.shape) for port in self.graph.inputs]:
            return None
        key = self.wiring, tuple([port.shape.dims[1:] for port in inputs])
        try:
            flow = self.known.flows.get(key) or self.known.flows.setdefault(key, self._flow(inputs))
            resized = Resized(self.graph, self.steps, self.slots, self.rates, inputs, flow, {})
            for i in self.asked:
                step = self.steps[i]
                resized.asked[i] = _ask(step.node, tuple([resized.shape(slot) for slot in step.reads]))
        except LayerError:
            return None
        return resized if self._holds(resized) else None

    def _flow(self, inputs: Sequence[Port]) -> FlowSizes:
        """Ask every layer; raise LayerError where one would be another, or nodes are no longer alike."""
        shapes = [port.shape for port in inputs]
        for step in self.steps:
            shapes.append(_ask(step.node, tuple([shapes[slot] for slot in step.reads]))[1])
        if any(shapes[a] != shapes[b] for a, b in self._pairs):
            raise LayerError("layers that were alike are not at these sizes")
        sizes = [shape.dims[1:] for shape in shapes[len(inputs) :]]
        given = zip(self.steps, sizes, strict=True)
        return FlowSizes(sizes, [0 if step.geometry is None else math.prod(size) for step, size in given])

    def _holds(self, resized: Resized) -> bool:
        """Tell whether a flow that may be another network's is this one's: what was asked is as it was there."""
        if self.widest * max(resized.flow.places, default=0) > MOST_ELEMENTS:
            return False
        if any(resized.shape(a) != resized.shape(b) for a, b in self._unsure_pairs):
            return False
        return all(shape.dims[1:] == resized.flow.sizes[i] for i, (_, shape) in resized.asked.items())


def _alike(graph: Graph) -> list[list[Node]]:
    """Return the nodes of each layer at each shape; equal shapes that are one object count as one."""
    memo = Memo[list[Node]]()
    for node in graph.nodes:
        memo.of((node.layer, node.activation, node.input_shapes), None, list).append(node)
    return memo.answers()


def _pairs(steps: Sequence[LayerGroup]) -> set[tuple[int, int]]:
    """Return the tensors that must be of one shape for nodes to be alike."""
    read = ((step.reads, others) for step in steps for others in step.others)
    return {(a, b) for first, others in read for a, b in zip(first, others, strict=True) if a != b}


def _geometry(node: Node) -> Hashable | None:
    """Return the layer's geometry, where it makes an image of images and its activation takes every size."""
    images = all(shape.channel_axis == 0 for shape in (*node.input_shapes, node.output_shape))
    return node.layer.geometry() if images and not (node.activation and node.activation.geometry() is None) else None


def _rate(step: LayerGroup, ask: Ask) -> int:
    answer = ask(step.node.layer, step.node.input_shapes)
    return step.members * answer // math.prod(step.node.output_shape.dims[1:])


def _but_sizes(shape: Shape) -> tuple[int, int, int | None]:
    return shape.dims[0], len(shape.dims), shape.channel_axis


def _ask(node: Node, entering: Shapes) -> tuple[Shapes, Shape]:
    """Return what a layer reads and gives at other sizes; raise LayerError where it would be another layer."""
    layer = node.layer
    layer.check(*entering)
    layer.check_written(layer.inferred(*entering), *entering)
    read = tuple([layer.reads(shape) for shape in entering])
    output = output_of(layer, node.activation, read)
    if channels_of(output) != channels_of(node.output_shape):
        raise LayerError("gives other channels")
    return read, output
