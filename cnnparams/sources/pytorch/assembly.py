"""The network as far as a model has been read, and one step of the model as its translation sees it."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from cnnparams.engine.network.context import joined
from cnnparams.engine.network.graph import Node
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.assembly import Assembly, Holding, NoLayerError, layer_of
from cnnparams.sources.pytorch.names import ModuleNames, spelled
from cnnparams.sources.pytorch.step import TracedStep
from cnnparams.sources.pytorch.values import Batched, Implied, ModelTensor, Unsaid


class TorchAssembly(Assembly):
    """Nodes in order, and which of them holds which tensor of the model."""

    names: ModuleNames

    def __init__(self, names: ModuleNames, tensors: Iterable[ModelTensor]) -> None:
        super().__init__(names)
        self.tensors = {held.path: held for held in tensors}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._within = Counter(part for path in self.tensors for part in around(path))

    def are_all(self, held: Sequence[ModelTensor], module: str) -> bool:
        """Tell whether these are all the tensors inside of a module."""
        paths = {each.path for each in held}
        return len(paths) == self._within[module] and all(path.startswith(f"{module}.") for path in paths)

    def put(self, name: str, layer: Layer, x: Edges, held: Sequence[ModelTensor] = ()) -> Edge:
        """Put a layer behind what it reads; raise NoLayerError where it cannot be what the model has."""
        keys = tuple(id(each.tensor) for each in held)
        check = partial(_check_tensors, held)
        edge = self.add(name, layer, x, Holding(keys, _trainable(held), check=check, in_part=self._in_part(held)))
        self._paths[name] = () if self.network.nodes[name].shares else tuple(each.path for each in held)
        return edge

    def renamed(self) -> Iterator[str]:
        """Yield the tensors of the model that have another name in a module that is made of the network."""
        for node in self.nodes:
            alone = node.layer.type == "parameter"
            own = (tensor.name for tensor in node.layer.tensors(*node.input_shapes))
            names = {node.name} if alone else {joined(node.name, name) for name in own}
            yield from (path for path in self._paths.get(node.name, ()) if path not in names)

    def _in_part(self, held: Sequence[ModelTensor]) -> tuple[str, str]:
        """Return what is wrong where a layer shares some of these tensors only, and the remedy."""
        owners = ((each.path, self.owners.get(id(each.tensor))) for each in held)
        shared = next((f"{path} with {owner}" for path, owner in owners if owner), "")
        return f"shares {shared}, but not all its tensors", "a layer shares all tensors of another layer, or none"


def around(path: str) -> Iterator[str]:
    """Yield the modules around a tensor, outermost first, by its path."""
    parts = path.split(".")
    yield from (".".join(parts[:i]) for i in range(1, len(parts)))


def _trainable(held: Sequence[ModelTensor]) -> bool:
    learning = {each.tensor.requires_grad for each in held if each.learned}
    if len(learning) > 1:
        frozen = next(each.path for each in held if each.learned and not each.tensor.requires_grad)
        raise NoLayerError(
            f"{frozen} is frozen, and the layer's other parameters are not", "a layer can only be frozen as a whole"
        )
    return learning != {False}


def _check_tensors(held: Sequence[ModelTensor], node: Node) -> None:
    """Raise NoLayerError where a layer holds other tensors than the model does."""
    own = Counter((tensor.shape, tensor.learned) for tensor in node.layer.tensors(*node.input_shapes))
    models = Counter((tuple(each.tensor.shape), each.learned) for each in held)
    for shape, learned in (models - own) + (own - models):
        kind = "a parameter" if learned else "a buffer"
        more, less = (
            ("the model", node.layer.type)
            if models[shape, learned] > own[shape, learned]
            else (node.layer.type, "the model")
        )
        raise NoLayerError(f"{more} holds {kind} of {list(shape)}, which {less} does not")


_MERGES = ("add", "concat", "multiply")


class StepContext:
    """The step, and the network so far."""

    def __init__(self, assembly: TorchAssembly, step: TracedStep) -> None:
        self.assembly = assembly
        self.step = step
        self.name = assembly.names.of_call(step.chain)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what the step gives, with the batch."""
        return tuple(self.step.value.shape)

    def flow(self, value: Any) -> Batched:
        """Return a value as a tensor on its way; raise NoLayerError where it is something else."""
        if isinstance(value, Batched):
            return value
        if isinstance(value, Implied):
            return value.put(self)
        raise _error(value)

    def put(
        self,
        type_: str,
        settings: Mapping[str, Any],
        *inputs: Batched,
        held: Sequence[ModelTensor] = (),
        batch: int = 0,
    ) -> Batched:
        """Put a layer here, which wants the batch as this dimension; raise NoLayerError where it cannot stand."""
        for x in inputs:
            if x.batch != batch:
                raise NoLayerError(f"expects the batch as dimension {batch}, but it is dimension {x.batch}")
        layer = layer_of(type_, settings)
        edges = tuple(x.edge for x in inputs)
        return Batched(self.assembly.put(self._name(layer, held), layer, edges, held), batch)

    def _name(self, layer: Layer, held: Sequence[ModelTensor]) -> str:
        names = self.assembly.names
        if self.step.kind == "module":
            return names.of_layer(self.name, self.name)
        if held and (own := self._own_name(held, alone=layer.type == "parameter")):
            return names.of_layer(own, own if own in names.own else self.name)
        if layer.type in _MERGES:  # as residual and parallel call it
            return names.of_layer(joined(self.name, layer.type), self.name)
        return names.numbered(layer.stem, self.name)

    def _own_name(self, held: Sequence[ModelTensor], *, alone: bool) -> str:
        """Return what a tensor that is `alone` is called; of several without the word weight, or else their module."""
        owner, _, own = held[0].path.rpartition(".")
        if not alone and self.assembly.are_all(held, owner):
            own = ""
        part = own if alone else own.removesuffix("weight").rstrip("_")
        name = self.name if owner == self.step.path else owner
        return spelled(joined(name, part) if part else name)


def _error(value: Any) -> NoLayerError:
    if isinstance(value, Unsaid):
        return NoLayerError(f"uses {value.what}", told=value.told)
    what = value.path if isinstance(value, ModelTensor) else reprlib.repr(value)
    return NoLayerError(f"uses {what} where a tensor is due that comes from the input")
