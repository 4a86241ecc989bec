"""What enters a network in PyTorch."""

from __future__ import annotations

from typing import Any

import torch

from cnnparams.engine.network.graph import Graph
from cnnparams.errors import CnnparamsError
from cnnparams.layers.contract.shape import Shape

BATCH = 2
"""Samples of a pass: some norms want more than one value for a channel."""


def batches(graph: Graph, device: str) -> list[Any]:
    """Return a batch for each input; raise CnnparamsError where there is no room for it."""
    wanted = dtypes(graph)
    return [batch_of(port.shape, device, wanted[port.source]) for port in graph.inputs]


def batch_of(shape: Shape, device: str, dtype: str = "float32", samples: int = BATCH) -> Any:
    """Return a batch of zeros; raise CnnparamsError where there is no room for it."""
    try:
        return torch.zeros(samples, *shape.dims, dtype=getattr(torch, dtype), device=device)
    except RuntimeError:
        raise CnnparamsError(f"PyTorch has no room for a batch of {samples} x {shape.size:,} elements") from None


def dtypes(graph: Graph) -> dict[str, str]:
    """Return the dtype of each input, as PyTorch names it: indices where an embedding reads it, however reshaped."""
    wanted: dict[str, str] = {}
    for node in reversed(graph.nodes):
        learned = node.layer.tensors(*node.input_shapes)
        dtype = node.layer.input_dtype or (None if learned else wanted.get(node.name))
        if dtype:
            wanted.update(dict.fromkeys(node.inputs, dtype))
    return {port.source: wanted.get(port.source, "float32") for port in graph.inputs}
