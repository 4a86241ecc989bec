"""What the readers of ONNX and PyTorch share, as any reader of single operations would: the spec's network, being made.

A reader goes through the operations of a model in order. For each it says which layer it is (`layer_of`), what that is
called (`LayerNames`) and which tensors it holds (`Holding`), and puts it behind what it reads (`Assembly.add`). Where
no layer does what the operation does, it raises NoLayerError, and a placeholder goes there (`Assembly.gap`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any, ClassVar, NamedTuple

from pydantic import ValidationError

from cnnparams.engine.network.builder import GraphBuilder, Placing, TooLargeError
from cnnparams.engine.network.graph import Graph, Node, Port
from cnnparams.errors import CnnparamsError, LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.layers.contract.settings import Dims, Whole, setting
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.reading import Gap

NOTHING_COUNTED = "it adds nothing to the counts: use an identity in its place"
"""The remedy for what works element by element."""


class NoLayerError(Exception):
    """What an operation does is not what any layer does: the fact, and what to do about it.

    `gives` is what it gives all the same, where the reader knows; `told` means that this follows from another gap.
    """

    def __init__(self, what: str, remedy: str | None = None, gives: Any = None, *, told: bool = False) -> None:
        self.what = what
        self.remedy = remedy
        self.gives = gives
        self.told = told
        super().__init__(what)


class Placeholder(Layer):
    """A layer that stands where a model has something that no layer says.

    Its type is the name of what it stands for, which no spec may use: a spec that has it cannot be counted.
    """

    least_inputs: ClassVar[int] = 0
    most_inputs: ClassVar[int | None] = None

    gives: Dims | None = setting("shape of what it gives", None)
    parameters: Whole | None = setting("parameters that it holds", None)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape that it gives; a vector of one feature where it gives nothing."""
        return Shape.of(self.gives or (1,))


@cache
def _placeholder_class(stands_for: str) -> type[Placeholder]:
    return type("Placeholder", (Placeholder,), {"__module__": __name__, "type": stands_for, "stem": "gap"})


class LayerNames:
    """Gives every layer a name of its own; a `reserved` name is only for who owns it, such as a module of the model."""

    def __init__(self, taken: Iterable[str], reserved: Iterable[str] = ()) -> None:
        self.reserved = {*reserved}
        self._taken = {*taken}
        self._next: dict[str, int] = {}

    def take(self, wanted: Iterable[str], own: str = "") -> str:
        """Return the first of these names that is free, for whom `own` is reserved; nobody else gets it."""
        name = self.free(wanted, own, self._taken)
        self._taken.add(name)
        return name

    def free(self, wanted: Iterable[str], own: str, taken: Collection[str]) -> str:
        """Return the first of these names that is neither taken nor reserved for others."""
        return next(name for name in wanted if name not in taken and (name == own or name not in self.reserved))

    def counted(self, stem: str, first: int) -> Iterator[str]:
        """Yield a stem with numbers: those after the last that was wanted, as the ones before are not free."""
        for number in count(self._next.get(stem, first)):
            self._next[stem] = number
            yield f"{stem}{number}"

    def release(self, name: str) -> None:
        """Let another layer have the name."""
        self._taken.discard(name)
        stem = name.rstrip("0123456789")
        number, following = name[len(stem) :], self._next.get(stem)
        if following and 0 < len(number) <= len(str(following)):  # and not from 1: many that fail would take too long
            self._next[stem] = min(int(number), following)


def _any_layer(_: Node) -> None:
    """Take any layer for one that holds these tensors."""


class Holding(NamedTuple):
    """The tensors of the model that a layer holds: `keys` tell each of them from all others.

    Layers that hold the same share them: all or none, and with the same `buffers`, which several layers may have all
    the same. `in_part` is the error, and its remedy, where it is only some. `check` raises NoLayerError where the
    tensors are not those of the layer.
    """

    keys: tuple[Hashable, ...] = ()
    trainable: bool = True
    buffers: tuple[Hashable, ...] = ()
    check: Callable[[Node], None] = _any_layer
    in_part: tuple[str, str | None] = ("shares only some of its tensors with another layer", None)


NOTHING_HELD = Holding()


class Assembly:
    """The layers so far, in order, which of them holds which tensor of the model, and what no layer says."""

    def __init__(self, names: LayerNames) -> None:
        self.names = names
        self.inputs: tuple[Port, ...] = ()
        self.network = GraphBuilder()
        self.gaps: list[Gap] = []
        self.origins: dict[str, str] = {}
        """Where in the model layers stand, by their names."""
        self.owners: dict[Hashable, str] = {}
        """For each tensor that a layer holds, the first that does."""
        self._held: dict[str, tuple[frozenset[Hashable], tuple[Hashable, ...]]] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The layers so far."""
        return tuple(self.network.order)

    def add(self, name: str, layer: Layer, x: Edges, holding: Holding = NOTHING_HELD, dtype: str | None = None) -> Edge:
        """Put a layer behind what it reads; raise NoLayerError where it cannot take that, or hold those tensors.

        Its name is then free again. Raise CnnparamsError where no spec has room for more.
        """
        length = len(self.network.order)
        try:
            owner = self._owner(holding)
            dtype = self.network.nodes[owner].dtype if owner else dtype
            (edge,) = self.network.add(Placing(name, (), holding.trainable, owner, dtype), layer, None, x)
            holding.check(self.network.order[-1])
        except TooLargeError as error:
            raise _too_large(error) from None
        except LayerError as error:
            self.names.release(name)
            raise NoLayerError(f"cannot be {layer.type}: {error}", error.hint) from None
        except NoLayerError:
            self.rewind(length)
            self.names.release(name)
            raise
        if owner is None and holding.keys:
            self._held[name] = frozenset(holding.keys), holding.buffers
            self.owners.update(dict.fromkeys(holding.keys, name))
        return edge

    def gap(
        self,
        name: str,
        stands_for: str,
        x: Edges = (),
        *,
        gap: Gap | None = None,
        gives: tuple[int, ...] | None = None,
        parameters: int | None = None,
    ) -> str:
        """Put a placeholder behind what it reads, or else the last layer or the input; note the gap, return the name.

        Raise CnnparamsError where no spec has room for more.
        """
        layer = _placeholder_class(stands_for)(gives=gives, parameters=parameters)
        last = tuple(Edge(node.name, node.output_shape) for node in self.network.order[-1:])
        first = tuple(Edge(port.source, port.shape) for port in self.inputs[:1])
        try:
            self.network.add(Placing(name, (), True, None), layer, None, x or last or first)
        except LayerError as error:
            raise _too_large(error) from None
        if gap:
            self.gaps.append(gap._replace(entry=name))
        return name

    def rewind(self, length: int) -> None:
        """Take back all layers but the first."""
        for node in self.network.order[length:]:
            del self.network.nodes[node.name]
            self.names.release(node.name)
            for key in self._held.pop(node.name, ((), ()))[0]:
                del self.owners[key]
        del self.network.order[length:]

    def _owner(self, holding: Holding) -> str | None:
        """Return the layer that holds these tensors already."""
        names = {self.owners.get(key) for key in holding.keys} or {None}
        if names == {None}:
            return None
        name = names.pop()
        if names or name is None or self._held[name] != (frozenset(holding.keys), holding.buffers):
            raise NoLayerError(*holding.in_part)
        return name


def _too_large(error: LayerError) -> CnnparamsError:
    hint = "import a part of the model, such as the module that it repeats"
    return CnnparamsError(f"the model is too large for a spec: {error}", hint)


def layer_of(type_: str, settings: Mapping[str, Any], remedy: str | None = None) -> Layer:
    """Return a layer; raise NoLayerError where it has no such settings."""
    declared = find_type(type_)
    if declared is None:
        hint = "layer types have 1 to 3 spatial axes" if find_type(f"{type_[:-2]}2d") else None
        raise NoLayerError(f"would be {type_}, which is not a layer type", hint)
    try:
        return layer_class(declared).model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NoLayerError(f"cannot be {type_}: {where and f'{where}: '}{first['msg']}", remedy) from None


def simplified(graph: Graph) -> Graph:
    """Return the network without layers that count nothing and lead nowhere, activations at the layers before them."""
    outputs = [port.source for port in graph.outputs]
    nodes, sources = _folded(tuple(_needed(graph.nodes, outputs)), outputs)
    ports = [port._replace(source=source) for port, source in zip(graph.outputs, sources, strict=True)]
    return graph._replace(nodes=nodes, outputs=tuple(ports))


def _needed(nodes: Sequence[Node], outputs: Sequence[str]) -> Iterator[Node]:
    used = set(outputs)
    kept = []
    for node in reversed(nodes):
        if node.name in used or _counts(node):
            used.update(node.inputs)
            kept.append(node)
    return reversed(kept)


def _counts(node: Node) -> bool:
    layer, shapes = node.layer, node.input_shapes
    return isinstance(layer, Placeholder) or bool(layer.tensors(*shapes) or layer.macs(*shapes))


def _folded(nodes: Sequence[Node], outputs: Sequence[str]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the nodes with every activation at the layer before it, where nothing else reads that."""
    readers = Counter([name for node in nodes for name in node.inputs] + list(outputs))
    by_name = {node.name: node for node in nodes}
    folds = {
        node.name: node.inputs[0]
        for node in nodes
        if node.layer.is_activation and _takes(by_name.get(node.inputs[0]), readers)
    }
    activations = {source: by_name[name].layer for name, source in folds.items()}
    kept = (
        node._replace(
            activation=activations.get(node.name), inputs=tuple(folds.get(name, name) for name in node.inputs)
        )
        for node in nodes
        if node.name not in folds
    )
    return tuple(kept), tuple(folds.get(name, name) for name in outputs)


def _takes(node: Node | None, readers: Counter[str]) -> bool:
    return node is not None and node.layer.accepts_activation and readers[node.name] == 1
