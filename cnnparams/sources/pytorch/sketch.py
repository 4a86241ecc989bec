"""The network as far as a model has been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from cnnparams.engine.network.graph import Node
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.assembly import Assembly, Holding, NoLayerError
from cnnparams.sources.pytorch.names import ModuleNames, joined
from cnnparams.sources.pytorch.values import ModelTensor


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
        return f"shares {shared}, but not all its tensors", "a layer shares all tensors of another or none"


def around(path: str) -> Iterator[str]:
    """Yield the modules around a tensor, outermost first, by its path."""
    parts = path.split(".")
    yield from (".".join(parts[:i]) for i in range(1, len(parts)))


def _trainable(held: Sequence[ModelTensor]) -> bool:
    learning = {each.tensor.requires_grad for each in held if each.learned}
    if len(learning) > 1:
        frozen = next(each.path for each in held if each.learned and not each.tensor.requires_grad)
        raise NoLayerError(
            f"{frozen} is frozen, and the layer's other parameters are not", "a layer is frozen as a whole"
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
