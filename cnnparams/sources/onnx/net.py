"""A network on its way from ONNX: the layers laid out so far, and what has been used of the file's tensors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from cnnparams.engine.network.builder import GraphBuilder, Placing
from cnnparams.engine.network.graph import Node
from cnnparams.errors import LayerError
from cnnparams.layers.contract import registry
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.recurrent import Recurrent
from cnnparams.schema.structures import Edge
from cnnparams.sources.onnx.model import Dims, Known, Model, Op, Origin
from cnnparams.sources.onnx.names import Names
from cnnparams.sources.onnx.values import NoLayerError, Tensor, Value
from cnnparams.sources.unmatched import Kind
from cnnparams.sources.untranslated import untranslated

Settings = Mapping[str, Any]


class Held(NamedTuple):
    """The tensors of the file that a layer holds, and those whose values decided what it is."""

    learned: tuple[Known, ...] = ()
    buffers: tuple[Known, ...] = ()
    read: tuple[Known, ...] = ()


NOTHING = Held()
_ROLE = "trainable"  # of all that is learned, as ONNX does not tell what is frozen
_NUMBER = (1,)
"""The dimensions in a spec of a sample that is a number: a vector of one feature."""


class Net:
    """The layers so far. A value that is None is not known, as no layer gives it."""

    def __init__(self, model: Model, names: Names, inputs: Mapping[str, Tensor]) -> None:
        self.model = model
        self.names = names
        self.network = GraphBuilder()
        self.values: dict[str, Value | None] = {**model.initializers, **inputs}
        self.remarks: dict[str, list[str]] = {}
        self.learned: set[Origin] = set()
        self.buffers: set[Origin] = set()
        self.read: set[Origin] = set()
        self.quantized: set[Origin] = set()
        self.tensors: Counter[Kind] = Counter()
        self._entered = tuple(inputs.values())
        self._owners: dict[tuple[frozenset[Origin], ...], Node] = {}
        self._settled: dict[tuple[str, tuple[int, ...]], Tensor] = {}

    def add(
        self, op: Op, type_: str, settings: Settings, inputs: Sequence[Tensor], held: Held = NOTHING, name: str = ""
    ) -> Tensor:
        """Put a layer behind what it reads; raise NoLayerError, or LayerError where it cannot take that."""
        x = [self.settle(tensor) for tensor in inputs]
        if any(tensor.batch != x[0].batch for tensor in x):
            raise NoLayerError("reads tensors whose batches stand at different dimensions")
        layer, owner = make(type_, settings), self._owner(type_, held)
        called = name or self.names.layer(op, held.learned, layer.stem)
        placing = Placing(called, (), True, owner.name if owner else None)
        edges = tuple(Edge(tensor.source, tensor.shape) for tensor in x)
        try:
            (edge,) = self.network.add(placing, layer, None, edges)
            self._hold(self.network.order[-1], held)
        except LayerError as error:
            self.names.release(called)
            raise NoLayerError(f"cannot be {type_}: {error}", error.hint) from None
        except NoLayerError:
            self._take_back(called)
            raise
        is_float = inputs[0].is_float or bool(held.learned)
        made = Tensor(edge.source, edge.shape, edge.shape.dims, x[0].number, x[0].batch, is_float=is_float)
        is_number = edge.shape.dims == _NUMBER and not any(tensor.dims for tensor in inputs)
        return made._replace(dims=(), view=op) if is_number else made

    def settle(self, x: Tensor) -> Tensor:
        """Return a tensor whose layer gives the dimensions that it is seen in; where it must be, put one there."""
        x = x._replace(dims=x.dims or _NUMBER)
        if x.dims == x.shape.dims:
            return x
        if x.view is None:
            raise NoLayerError("lays out a tensor as no node before it does")
        key = (x.source, x.dims)
        if key not in self._settled:
            self._settled[key] = self.add(x.view, *_regrouping(x), (x._replace(dims=x.shape.dims),))
        return self._settled[key]._replace(batch=x.batch)

    def gap(
        self,
        name: str,
        what: str,
        inputs: Sequence[Tensor] = (),
        gives: Dims | None = None,
        parameters: int | None = None,
    ) -> str:
        """Put something that no layer says behind what it reads, or else the last layer; return its name."""
        last = self.network.order[-1:]
        edges = [Edge(x.source, x.shape) for x in inputs or (() if last else self._entered[:1])]
        edges = edges or [Edge(node.name, node.output_shape) for node in last]
        self.network.add(Placing(name, (), True, None), untranslated(what, gives, parameters), None, tuple(edges))
        return name

    def remark(self, text: str, about: str) -> None:
        """Note what is right but not plain to see; what is said of several is told once."""
        self.remarks.setdefault(text, []).append(about)

    def _owner(self, type_: str, held: Held) -> Node | None:
        """Return the layer whose tensors these are; raise NoLayerError where only some of them are."""
        if not held.learned:
            return None
        owner = self._owners.get(_key(held))
        if owner is None and any(known.origins & self.learned for known in held.learned):
            raise NoLayerError(
                "uses some tensors of another layer, and some of its own",
                "export a trained network, or one whose equal tensors are not merged",
            )
        if owner and owner.layer.type != type_:
            raise NoLayerError(f"uses the tensors of {owner.name}, which is {owner.layer.type}, not {type_}")
        return owner

    def _take_back(self, name: str) -> None:
        """Remove the last layer."""
        self.network.order.pop()
        del self.network.nodes[name]
        self.names.release(name)

    def _hold(self, node: Node, held: Held) -> None:
        """Note whose tensors these are; raise NoLayerError where they are not what the layer holds."""
        needed = [tensor.shape for tensor in node.layer.tensors(*node.input_shapes) if tensor.learned]
        self._check_held(node.layer, needed, held)
        if self._owners.setdefault(_key(held), node) is node:
            self.tensors.update((shape, _ROLE) for shape in needed)
        self.learned.update(*(known.origins for known in held.learned))
        self.buffers.update(*(known.origins for known in held.buffers))
        self.read.update(*(known.origins for known in held.read))

    def _check_held(self, layer: Layer, needed: Sequence[Dims], held: Held) -> None:
        """Raise NoLayerError where tensors of the file are not those of a layer, each with the sizes of one of them.

        ONNX packs the gates and directions of a recurrence otherwise than PyTorch, so that only elements are compared.
        """
        size, given, whole = sum(map(math.prod, needed)), sum(known.size for known in held.learned), _whole(held)
        packed = isinstance(layer, Recurrent)
        if not size == given == whole or not all(known.is_whole for known in (*held.learned, *held.buffers)):
            made = "" if given == whole else f", made of tensors that hold {whole:,},"
            hint = "fold what is computed of weights alone, as onnxsim and onnxruntime's optimizer do"
            raise NoLayerError(f"has {given:,} weights{made} where {layer.type} has {size:,}", hint if made else None)
        file = [known.dims for known in held.learned]
        if not packed and Counter(map(_sizes, needed)) != Counter(map(_sizes, file)):
            text = " and ".join(str(list(dims)) for dims in file)
            raise NoLayerError(f"has weights of {text}, which are not those of {layer.type}", "export it again")


def make(type_: str, settings: Settings) -> Layer:
    """Return a layer; raise NoLayerError where it has no such settings."""
    declaration = registry.find(type_)
    if declaration is None:
        raise NoLayerError(f"would be {type_}, which is no layer type", "layers know 1 to 3 spatial axes")
    try:
        return registry.layer_class(declaration)(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise NoLayerError(f"cannot be {type_}: {field}: {first['msg']}", "export it again") from None


def _regrouping(x: Tensor) -> tuple[str, Settings]:
    """Return the layer that lays the same elements out otherwise: flatten where that is what it does."""
    given = x.shape.dims
    start = len(x.dims) - 1
    if len(x.dims) < len(given) and x.dims[:-1] == given[:start]:
        return "flatten", {"start_dim": start + 1}
    return "reshape", {"shape": x.dims}


def _sizes(dims: Dims) -> Dims:
    """Return the sizes of a tensor in whatever order, as exporters transpose weights and add dimensions of 1."""
    return tuple(sorted(n for n in dims if n != 1))


def _key(held: Held) -> tuple[frozenset[Origin], ...]:
    return tuple(known.origins for known in (*held.learned, *held.buffers))


def _whole(held: Held) -> int:
    return sum(origin.size for origin in frozenset().union(*(known.origins for known in held.learned)))
