"""The network as far as it has been laid out: nodes, and what each layer answered for its input."""

from functools import partial
from typing import NamedTuple

from cnnparams.engine.network.graph import Node
from cnnparams.engine.network.memo import Memo
from cnnparams.errors import LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import MOST_ELEMENTS, Shape
from cnnparams.schema.source import KeyPath
from cnnparams.schema.spec import Entry
from cnnparams.schema.structures import Edge, Edges, Extent

MOST_LAYERS = 100_000
MOST_ENTRIES = 4 * MOST_LAYERS
A_LOT = 100
"""Vars, characters of names and values, or sizes of shapes, that cost about as much as an entry."""

_COPIES = 10
"""How often the sizes of a shape are held where a layer is asked: as settings, in keys of what is remembered."""


class Placing(NamedTuple):
    """Where a layer goes: its name, its place in the YAML, whether it learns, whose tensors it uses, and its dtype."""

    name: str
    path: KeyPath
    trainable: bool
    shares: str | None
    dtype: str | None = None


class Remark(NamedTuple):
    """What a layer finds right but seldom meant."""

    name: str
    type: str
    path: KeyPath
    text: str


class EntryResult(NamedTuple):
    """A tensor that leaves an entry: the name of that entry in the network, and whether it reads the one before."""

    entry: Entry
    name: str
    follows: bool


class _LayerAnswer(NamedTuple):
    """What a layer says of its input."""

    layer: Layer
    read: tuple[Shape, ...]
    output: Shape
    remark: str | None


class TooLargeError(LayerError):
    """More than a network may have."""


class GraphBuilder:
    """Nodes in the order of execution. The same layer at the same shapes is asked once."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.order: list[Node] = []
        self.inputs: frozenset[str] = frozenset()
        self.remarks: dict[tuple[KeyPath, str], Remark] = {}
        self.results: dict[str, EntryResult] = {}
        """By the node that gives it, the outermost entry that a tensor leaves, but for side heads."""
        self.entries = 0
        self._answers = Memo[_LayerAnswer]()

    def count_entries(self, more: int) -> None:
        """Raise TooLargeError where a spec expands without end: it may say little, and mean too much."""
        self.entries += more
        if self.entries > MOST_ENTRIES:
            self.expect(Extent())

    def count_parts(self, more: int) -> None:
        """Count what is less than an entry, but may be much all the same: characters, say."""
        if more >= A_LOT:
            self.count_entries(more // A_LOT)

    def expect(self, extent: Extent) -> None:
        """Raise TooLargeError where so much more would be too much."""
        if len(self.order) + extent.layers > MOST_LAYERS:
            raise TooLargeError(f"the network has more than {MOST_LAYERS:,} layers", hint="repeat less")
        if self.entries + extent.entries > MOST_ENTRIES:
            raise TooLargeError(f"the spec expands to more than {MOST_ENTRIES:,} entries", hint="repeat less")

    @property
    def size(self) -> tuple[int, int]:
        """The numbers of nodes and of entries so far."""
        return len(self.order), self.entries

    def add(self, placing: Placing, layer: Layer, activation: Layer | None, x: Edges) -> Edges:
        """Put a layer behind what it reads; raise LayerError where it cannot take that."""
        shapes = tuple([edge.shape for edge in x])
        self.count_parts(sum([len(shape.dims) for shape in shapes]))
        answer = self._answers.of((layer, activation), shapes, partial(self._new, layer, activation, shapes))
        resolved, read, output, remark = answer
        name, path, trainable, shares, dtype = placing
        sources = tuple([edge.source for edge in x])
        self.put(Node(name, resolved, activation, trainable, shares, sources, read, output, path, dtype))
        if remark:
            self.remarks.setdefault((path, remark), Remark(name, layer.type, path, remark))
        return (Edge(name, output),)

    def _new(self, layer: Layer, activation: Layer | None, shapes: tuple[Shape, ...]) -> _LayerAnswer:
        answer = _ask(layer, activation, shapes)
        self.count_parts(_COPIES * sum([len(shape.dims) for shape in (*shapes, answer.output)]))
        return answer

    def put(self, node: Node) -> None:
        """Append a node; raise LayerError where its name is taken, or there are too many."""
        if node.name in self.nodes:
            raise LayerError(f"two layers have the name {node.name}", "name", "rename one of them")
        if node.name in self.inputs:
            raise LayerError(f"{node.name} is the name of an input", "name", "give the layer another name")
        if len(self.order) >= MOST_LAYERS:
            self.expect(Extent(layers=1))
        self.count_parts(len(node.name))
        self.nodes[node.name] = node
        self.order.append(node)


def _ask(layer: Layer, activation: Layer | None, shapes: tuple[Shape, ...]) -> _LayerAnswer:
    _check_number(layer, shapes)
    resolved = layer.resolve(*shapes)
    read = tuple(layer.reads(shape) for shape in shapes)
    output = output_of(resolved, activation, read)
    return _LayerAnswer(resolved, read, output, resolved.remark(*read))


def output_of(layer: Layer, activation: Layer | None, read: tuple[Shape, ...]) -> Shape:
    """Return what leaves a layer that has been checked; raise LayerError for too much, or by its activation."""
    output = layer.output_shape(*read)
    if output.size > MOST_ELEMENTS:
        raise LayerError("gives more elements than 64 bits can count", hint="check the sizes and strides so far")
    if activation:
        try:
            activation.resolve(output)
        except LayerError as error:
            raise LayerError(f"{activation.type}: {error}", "activation", error.hint) from None
    return output


def _check_number(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    least, most = layer.fewest_inputs, layer.most_inputs
    if len(shapes) < least:
        hint = "name what enters, such as from: [conv1, conv2]"
        raise LayerError(f"needs at least {least} inputs, but gets {len(shapes)}", hint=hint)
    if most == 0 and shapes:
        raise LayerError("reads nothing, but has inputs", "from", "leave from out")
    if most is not None and len(shapes) > most:
        hint = "put a concat, add or multiply before it, or name one layer with from"
        takes = "one input" if most == 1 else f"at most {most} inputs"
        raise LayerError(f"takes {takes}, but gets {len(shapes)}", hint=hint)
