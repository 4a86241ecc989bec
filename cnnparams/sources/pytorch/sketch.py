"""The network as far as a model has been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cnnparams.engine.network.builder import GraphBuilder, Placing
from cnnparams.engine.network.graph import Node
from cnnparams.errors import CnnparamsError, LayerError
from cnnparams.layers.contract.base import Layer
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.pytorch.names import Names, joined
from cnnparams.sources.pytorch.values import Held, TranslationError
from cnnparams.sources.untranslated import untranslated


class Sketch:
    """Nodes in order, and which of them holds which tensor of the model."""

    def __init__(self, names: Names, tensors: Iterable[Held]) -> None:
        self.names = names
        self.tensors = {held.path: held for held in tensors}
        self.network = GraphBuilder()
        self.owners: dict[int, str] = {}
        self._holding: dict[str, list[int]] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._within = Counter(part for path in self.tensors for part in around(path))

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The layers so far."""
        return tuple(self.network.order)

    def are_all(self, held: Sequence[Held], module: str) -> bool:
        """Tell whether these are all the tensors inside of a module."""
        paths = {each.path for each in held}
        return len(paths) == self._within[module] and all(path.startswith(f"{module}.") for path in paths)

    def add(self, name: str, layer: Layer, x: Edges, held: Sequence[Held] = ()) -> Edge:
        """Put a layer behind what it reads; raise TranslationError where it cannot be what the model has."""
        owner, trainable = self._owner(held), _trainable(held)
        try:
            (edge,) = self.network.add(Placing(name, (), trainable, owner), layer, None, x)
        except LayerError as error:
            raise TranslationError(f"{layer.type}: {error}", error.hint) from None
        _check_tensors(self.network.nodes[name], held)
        self._paths[name] = () if owner else tuple(each.path for each in held)
        for each in map(id, (each.tensor for each in held)):
            if self.owners.setdefault(each, name) == name:
                self._holding.setdefault(name, []).append(each)
        return edge

    def renamed(self) -> Iterator[str]:
        """Yield the tensors of the model that have another name in a module that is made of the network."""
        for node in self.nodes:
            alone = node.layer.type == "parameter"
            own = (tensor.name for tensor in node.layer.tensors(*node.input_shapes))
            names = {node.name} if alone else {joined(node.name, name) for name in own}
            yield from (path for path in self._paths.get(node.name, ()) if path not in names)

    def gap(
        self, name: str, what: str, x: Edges, gives: tuple[int, ...] | None = None, parameters: int | None = None
    ) -> str:
        """Put something that no layer says; return its name. Raise CnnparamsError where no spec has room for more."""
        layer = untranslated(what, gives, parameters)
        last = [Edge(node.name, node.output_shape) for node in self.network.order[-1:]]
        try:
            self.network.add(Placing(name, (), True, None), layer, None, x or tuple(last))
        except LayerError as error:
            hint = "import a part of the model, such as the module that it repeats"
            raise CnnparamsError(f"the model is too large for a spec: {error}\n  hint: {hint}") from None
        return name

    def rewind(self, length: int) -> None:
        """Take back all layers but the first."""
        for node in self.network.order[length:]:
            del self.network.nodes[node.name]
            self.names.release(node.name)
            for tensor in self._holding.pop(node.name, ()):
                self.owners.pop(tensor, None)
        del self.network.order[length:]

    def _owner(self, held: Sequence[Held]) -> str | None:
        """Return the layer that holds these tensors already."""
        owners = {each.path: self.owners.get(id(each.tensor)) for each in held}
        first, *others = set(owners.values()) or {None}
        if others:
            shared = next(f"{path} with {owner}" for path, owner in owners.items() if owner)
            raise TranslationError(
                f"shares {shared}, but not all its tensors", "a layer shares all tensors of another or none"
            )
        return first


def around(path: str) -> Iterator[str]:
    """Yield the modules around a tensor, outermost first, by its path."""
    parts = path.split(".")
    yield from (".".join(parts[:i]) for i in range(1, len(parts)))


def _trainable(held: Sequence[Held]) -> bool:
    learning = {each.tensor.requires_grad for each in held if each.learned}
    if len(learning) > 1:
        frozen = next(each.path for each in held if each.learned and not each.tensor.requires_grad)
        raise TranslationError(
            f"{frozen} is frozen, and the layer's other parameters are not", "a layer is frozen as a whole"
        )
    return learning != {False}


def _check_tensors(node: Node, held: Sequence[Held]) -> None:
    """Raise TranslationError where a layer holds other tensors than the model does."""
    own = Counter((tensor.shape, tensor.learned) for tensor in node.layer.tensors(*node.input_shapes))
    models = Counter((tuple(each.tensor.shape), each.learned) for each in held)
    for shape, learned in (models - own) + (own - models):
        kind = "a parameter" if learned else "a buffer"
        more, less = (
            ("the model", node.layer.type)
            if models[shape, learned] > own[shape, learned]
            else (node.layer.type, "the model")
        )
        raise TranslationError(f"{more} holds {kind} of {list(shape)}, which {less} does not")
