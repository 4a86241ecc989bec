"""Graph -> a model in PyTorch, node by node, each as its layer is spelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from cnnparams.engine.network.graph import Graph, Node, batchless, met_once
from cnnparams.layers.contract.spelling import Spelling

Forward = Callable[..., Any]
_NAMES = {"torch": torch, "nn": nn, "F": nn.functional}


class TorchNetwork(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A network of which nodes are added one by one, in order; all of them make the whole.

    Its tensors are called as in the spec: layer1.0.conv1.weight.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self._forwards: dict[str, Forward] = {}
        self.once = batchless(graph.nodes)

    @classmethod
    def of(cls, graph: Graph) -> TorchNetwork:
        """Return the whole network."""
        network = cls(graph)
        for node in graph.nodes:
            network.add(node)
        return network

    def add(self, node: Node) -> None:
        """Make what a node holds: modules of its own, or of the node whose tensors it shares."""
        spelling = node.layer.spelling(*node.input_shapes)
        module = _made(spelling)
        if module is not None:
            if node.shares:
                _tie(module, self._modules[node.shares])
            else:
                module.requires_grad_(node.trainable)
            self._modules[node.name] = module.train(self.training)  # add_module takes no dots, and not every word
        forward = _call(spelling, module, len(node.inputs))
        self._forwards[node.name] = _activated(node, forward) if node.activation else forward

    def made(self, node: Node) -> nn.Module | None:
        """Return the module that was made for a node, if any."""
        return self._modules.get(node.name)

    def step(self, node: Node, values: Mapping[str, Any]) -> Any:
        """Return what a node makes of the values that it reads."""
        inputs = [values[source] for source in node.inputs]
        alike = met_once(node, self.once)
        batch = max((len(x) for x in inputs), default=1)
        for place in alike:
            inputs[place] = inputs[place].expand(batch, *inputs[place].shape[1:])
        return self._forwards[node.name](*inputs)

    def forward(self, *inputs: Any) -> Any:
        """Return the result of a batch of each input; of several results, a tuple."""
        values = dict(zip((port.source for port in self.graph.inputs), inputs, strict=True))
        for node in self.graph.nodes:
            values[node.name] = self.step(node, values)
        results = tuple(values[port.source] for port in self.graph.outputs)
        return results[0] if len(results) == 1 else results


class _Bare(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A module around a parameter, a buffer or a tensor that is neither: the weight of its layer."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        self.weight = weight


def _made(spelling: Spelling) -> nn.Module | None:
    """Return the module that is made, if any."""
    made = _evaluated(spelling.make.text()) if spelling.make else None
    return _Bare(made) if isinstance(made, torch.Tensor) else made


def _call(spelling: Spelling, module: nn.Module | None, inputs: int) -> Forward:
    names = [f"x{i}" for i in range(inputs)]
    made = "made.weight" if isinstance(module, _Bare) else "made"  # looked up when called: it may move
    call: Forward = _evaluated(f"lambda {', '.join(names)}: {spelling.called(made, names)}", made=module)
    return call


def _activated(node: Node, forward: Forward) -> Forward:
    assert node.activation
    spelling = node.activation.spelling(node.output_shape)
    activate = _call(spelling, _made(spelling), 1)
    return lambda *inputs: activate(forward(*inputs))


def _tie(module: nn.Module, owner: nn.Module) -> None:
    """Let a module use the tensors of another; its settings, such as a stride, stay its own."""
    for name, part in module.named_modules():
        other = owner.get_submodule(name)
        for key, tensor in (*other._parameters.items(), *other._buffers.items()):
            setattr(part, key, tensor)


def _evaluated(text: str, **names: Any) -> Any:
    """Evaluate a spelling: it has numbers and words of layers in it, and no text of a user."""
    return eval(text, {**_NAMES, **names})
