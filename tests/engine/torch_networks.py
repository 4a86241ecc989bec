"""What autograd keeps of a network in PyTorch as it is exported; and layers in PyTorch as their tests build them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from cnnparams.engine.network.graph import Graph
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.contract.windowed import WindowedLayer
from tests.layers.oracles import ORACLES
from tests.layers.oracles.case import Built, Case

_VIEWS = ("flatten", "reshape", "permute", "slice", "identity")


class TorchNetwork:
    """A network as it is exported and verified, on the CPU, with whatever weights memory holds, in training mode."""

    def __init__(self, torch: ModuleType, graph: Graph, dtype: str = "float32") -> None:
        from cnnparams.targets.torch.network import (
            TorchNetwork,  # it imports torch, without which the tests are skipped
        )

        self.torch = torch
        self.graph = graph
        self.dtype = getattr(torch, dtype)
        with torch.device("meta"), warnings.catch_warnings(action="ignore"):
            self.module = TorchNetwork.of(graph)
        self._give_memory()
        self.module.train()

    def _give_memory(self) -> None:
        """Give every tensor memory, once where modules share it, which PyTorch's to_empty does not see."""
        made: dict[int, Any] = {}
        for part in self.module.modules():
            for tensors in (part._parameters, part._buffers):
                for name, tensor in [(name, tensor) for name, tensor in tensors.items() if tensor is not None]:
                    if id(tensor) not in made:
                        dtype = self.dtype if tensor.is_floating_point() else tensor.dtype
                        empty = self.torch.empty_like(tensor, device="cpu", dtype=dtype)
                        learned = isinstance(tensor, self.torch.nn.Parameter)
                        made[id(tensor)] = self.torch.nn.Parameter(empty, tensor.requires_grad) if learned else empty
                    tensors[name] = made[id(tensor)]
            if isinstance(constant := vars(part).get("weight"), self.torch.Tensor):
                part.weight = self.torch.zeros_like(constant, device="cpu", dtype=self.dtype)

    def inputs(self, batch: int) -> dict[str, Any]:
        """Return a batch for each input: tokens where an embedding reads it."""
        tokens = set(_tokens(self.graph))
        dtypes = {port.source: self.torch.int64 if port.source in tokens else self.dtype for port in self.graph.inputs}
        ports = self.graph.inputs
        return {port.source: self.torch.zeros(batch, *port.shape.dims, dtype=dtypes[port.source]) for port in ports}

    def saved_bytes(self, batch: int) -> int:
        """Return the bytes of all memory that autograd keeps of a run, parameters left out."""
        kept: dict[int, Any] = {}

        def pack(tensor: Any) -> Any:
            storage = tensor.untyped_storage()
            kept[storage._cdata] = storage
            return tensor

        hooks = self.torch.autograd.graph.saved_tensors_hooks(pack, _as_it_is)
        with hooks, warnings.catch_warnings(action="ignore"):
            self.module(*self.inputs(batch).values())
        for parameter in self.module.parameters():
            kept.pop(parameter.untyped_storage()._cdata, None)
        return sum(storage.nbytes() for storage in kept.values())


def built_of(torch: ModuleType, layer: Layer, shapes: tuple[Shape, ...]) -> Built:
    """Return a layer in PyTorch, for any batch."""
    if own := _OWN.get(layer.type):
        return own(torch, layer, *shapes)
    if isinstance(layer, WindowedLayer) and layer.padding == "same":
        return _same(torch, layer, shapes[0])
    return _as_tested(torch, layer, shapes)


def _as_tested(torch: ModuleType, layer: Layer, shapes: tuple[Shape, ...]) -> Built:
    """Return the layer as the tests of layers build it."""
    settings = layer.model_dump(exclude_defaults=True)
    dims, *more = (shape.dims for shape in shapes)
    return ORACLES[layer.type].build(torch, Case(settings, dims, tuple(more)))


def _same(torch: ModuleType, layer: Any, x: Shape) -> Built:
    """Pad the odd row of "same" only, as PyTorch's convolutions do where the stride is 1; the layer pads the rest."""
    paddings = layer.paddings(x)
    odd = [after - before for before, after in paddings]
    if getattr(layer, "padding_mode", "zeros") != "zeros" or (not any(odd) and _is_own(layer)):
        return _as_tested(torch, layer, (x,))
    rest = layer.model_copy(update={"padding": tuple(before for before, _ in paddings)})
    larger = Shape.image(x.channels, tuple(n + more for n, more in zip(x.spatial, odd, strict=True)))
    built = _as_tested(torch, rest, (larger,))
    sides = [side for more in reversed(odd) for side in (0, more)]
    pad = torch.nn.functional.pad
    return built if not any(odd) else Built(built.module, lambda x: built.forward(pad(x, sides)))


def _is_own(layer: Any) -> bool:
    """Tell whether PyTorch has a word for "same" itself."""
    return "conv" in layer.type and set(layer.stride) == {1}


def _reshape(torch: ModuleType, layer: Any, x: Shape) -> Built:
    return Built(torch.nn.Identity(), lambda value: value.reshape(len(value), *layer.shape))


def _layer_scale(torch: ModuleType, layer: Layer, x: Shape) -> Built:
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(torch.ones(layer.tensors(x)[0].shape))
    return Built(module, lambda value: module.weight * value)


def _attention(torch: ModuleType, layer: Any, *shapes: Shape) -> Built:
    """Pass what is the same as the same: PyTorch projects it at once."""
    built = _as_tested(torch, layer.model_copy(update={"batch_first": True}), shapes)

    def forward(*inputs: Any) -> Any:
        query, key, value = (*inputs, inputs[-1], inputs[-1])[:3]
        return built.module(query, key, value)[0]

    return Built(built.module, forward)


_OWN: dict[str, Callable[..., Built]] = {
    "reshape": _reshape,
    "layer_scale": _layer_scale,
    "multihead_attention": _attention,
}


def _tokens(graph: Graph) -> Iterable[str]:
    """Yield the inputs that embeddings read, perhaps under other dimensions."""
    sources = {node.name: node.inputs[0] for node in graph.nodes if node.layer.type in _VIEWS}
    for node in graph.nodes:
        if node.layer.type == "embedding":
            source = node.inputs[0]
            while source in sources:
                source = sources[source]
            yield source


def _as_it_is(value: Any) -> Any:
    return value
