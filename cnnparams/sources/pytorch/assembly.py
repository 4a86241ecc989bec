"""The network as far as a model has been read, and one step of the model as its translation sees it."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import EllipsisType
from typing import Any

from cnnparams.engine.network.context import joined
from cnnparams.engine.network.graph import Node
from cnnparams.layers.contract.base import Footprint, Layer
from cnnparams.layers.contract.folding import folding
from cnnparams.layers.contract.given import WEIGHT, Given, given_weight
from cnnparams.schema.structures import Edge, Edges
from cnnparams.sources.assembly import Assembly, Holding, NoLayerError, layer_of
from cnnparams.sources.pytorch.names import ModuleNames, spelled
from cnnparams.sources.pytorch.step import TracedStep
from cnnparams.sources.pytorch.values import BATCH, Batched, Implied, ModelTensor, TorchDims, Unsaid

_BARE = ("parameter", "tensor")
"""Types that hold one tensor, which a module made of the network has under the layer's own name."""

_REPEATING = ("matmul", "scaled_dot_product_attention")
"""Types that repeat leading dimensions of 1, beside those that work element by element."""


class TorchAssembly(Assembly):
    """Nodes in order, and which of them holds which tensor of the model."""

    names: ModuleNames

    def __init__(self, names: ModuleNames, tensors: Iterable[ModelTensor]) -> None:
        super().__init__(names)
        self.tensors = {held.path: held for held in tensors}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._sources: dict[int, Edge] = {}
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

    def source_of(self, name: str, held: ModelTensor) -> Edge:
        """Return a tensor of the model as it is, for layers to read; it enters the network once."""
        key = id(held.tensor)
        if key not in self._sources or self._sources[key].source not in self.network.nodes:
            kind = "parameter" if held.learned else "buffer"
            layer = layer_of("tensor", {"shape": list(held.tensor.shape), "kind": kind})
            self._sources[key] = self.put(name, layer, (), (held,))
        return self._sources[key]

    def is_source(self, held: ModelTensor) -> bool:
        """Tell whether a tensor of the model has entered the network by itself."""
        owner = self.owners.get(id(held.tensor))
        return owner is not None and self.network.nodes[owner].layer.type == "tensor"

    def renamed(self) -> Iterator[str]:
        """Yield the tensors of the model that have another name in a module that is made of the network."""
        for node in self.nodes:
            alone = node.layer.type in _BARE
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
        if isinstance(value, ModelTensor):
            return self._held(value)
        if isinstance(value, Unsaid) and value.constant is not None:
            shape = list(value.constant)
            batch = shape.index(BATCH) if BATCH in shape else None  # of the shape of a batch, each sample has the same
            if batch is not None:
                del shape[batch]
            return self.put("tensor", {"shape": shape, "kind": "constant"}, batch=None)._replace(batch=batch)
        raise _error(value)

    def _held(self, value: ModelTensor) -> Batched:
        """Return a tensor of the model, under the dimensions in which it is used."""
        name = self._own_name([value], alone=True)
        name = self.assembly.names.of_layer(name, name if name in self.assembly.names.own else self.name)
        x, wanted = Batched(self.assembly.source_of(name, value), None), value.repeated or value.shape
        own = (*[1] * (len(wanted) - len(value.shape)), *value.shape)
        if own not in (x.dims, ()):
            x = self.put("reshape", {"shape": list(own)}, x, batch=None)
        return x if wanted == own else self.expanded(x, wanted)

    def expanded(self, x: Batched, wanted: TorchDims) -> Batched:
        """Return a tensor whose sizes of 1 are repeated to those of a sample that are wanted."""
        size = [-1 if n == repeated else repeated for n, repeated in zip(x.dims, wanted, strict=True)]
        return self.put("expand", {"size": size}, x, batch=x.batch)

    def put(
        self,
        type_: str,
        settings: Mapping[str, Any],
        *inputs: Batched,
        held: Sequence[ModelTensor] = (),
        batch: int | EllipsisType | None = ...,
        weight: Batched | None = None,
    ) -> Batched:
        """Put a layer here, which wants the batch as this dimension; raise NoLayerError where it cannot stand.

        Where `batch` is not given, PyTorch has it first, and the layer sees nothing but what is behind that: dimensions
        folded into it are more samples. Beside tensors that have a batch there may be others that have none; it is then
        as the first has it where `batch` is None. The `weight` of a layer may be a tensor of the network.
        """
        layer = layer_of(type_, settings)
        if weight is None and len({each.tensor.requires_grad for each in held if each.learned}) > 1:
            held, weight = self._apart(held)
        if weight:
            if weight.batch is not None:
                raise NoLayerError("has another weight for each sample")
            layer, inputs = given_weight(layer), (*inputs, weight)
        sampled = [x for x in inputs if x.batch is not None]
        wanted, folded = _samples(sampled, 0 if isinstance(batch, EllipsisType) else batch)
        if isinstance(batch, EllipsisType) and inputs:
            layer = folding(layer, folded if sampled else 1)
        if sampled and (layer.footprint is Footprint.ELEMENTWISE or layer.type in _REPEATING):
            inputs = tuple(self.aligned(x, sampled[0]) for x in inputs)
        edge = self.assembly.put(self._name(layer, held), layer, tuple(x.edge for x in inputs), held)
        return Batched(edge, wanted, folded) if sampled else Batched(edge, None)

    def _apart(self, held: Sequence[ModelTensor]) -> tuple[list[ModelTensor], Batched | None]:
        """Return the tensors of a layer whose weight learns and whose others do not, or the reverse, and the weight."""
        weights = [each for each in held if each.path.rpartition(".")[2] == WEIGHT]
        others = [each for each in held if each not in weights]
        return (others, self._held(weights[0])) if len(weights) == 1 else (list(held), None)

    def aligned(self, x: Batched, like: Batched) -> Batched:
        """Return a tensor without a batch as it meets every sample of another: under as many dimensions."""
        if x.batch is not None or like.batch is None:
            return x
        own, behind = x.dims, len(like.full) - 1 - like.batch
        cut = len(own) - behind  # what is left of it meets the batch, and what stands before that
        if cut > 0 and own[cut - 1] != 1:
            raise NoLayerError(f"has something else for each sample of a batch: {list(own)} beside {list(like.full)}")
        before, after = own[: max(cut - 1, 0)], own[max(cut, 0) :]
        ones = [like.batch - len(before), like.folded + behind - len(after)]
        dims = (*[1] * ones[0], *before, *[1] * ones[1], *after)
        return x if dims == own else self.put("reshape", {"shape": list(dims)}, x, batch=None)

    def _name(self, layer: Layer, held: Sequence[ModelTensor]) -> str:
        names = self.assembly.names
        if self.step.kind == "module" and layer.type != "permute":  # which stands around a module, and is none
            return names.of_layer(self.name, self.name)
        if isinstance(layer, Given) and self.name:
            return names.of_layer(self.name, self.name)
        if held and (own := self._own_name(held, alone=layer.type in _BARE)):
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


def _samples(inputs: Sequence[Batched], wanted: int | None) -> tuple[int | None, int]:
    """Return where the samples lie of inputs that agree in that, and what is folded; raise NoLayerError for others."""
    if not inputs:
        return wanted, 0
    wanted = inputs[0].batch if wanted is None else wanted
    for x in inputs:
        if x.batch != wanted:
            raise NoLayerError(f"expects the batch as dimension {wanted}, but it is dimension {x.batch}")
        if x.folded != inputs[0].folded:
            raise NoLayerError("reads tensors of which one has dimensions folded into the batch, and another has not")
    return wanted, inputs[0].folded


def _error(value: Any) -> NoLayerError:
    if isinstance(value, Unsaid):
        return NoLayerError(f"uses {value.what}", told=value.told)
    return NoLayerError(f"uses {reprlib.repr(value)} where a tensor is due")
