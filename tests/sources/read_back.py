"""Models read by the tool, and what their specs come to."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.report import Report
from cnnparams.render.yaml import spec_lines
from cnnparams.schema import zoo
from cnnparams.schema.input_shape import InputShape, shape_of
from cnnparams.sources.reading import Reading
from tests.layers import effort
from tests.specs import report_of

if TYPE_CHECKING:
    from cnnparams.sources.pytorch.mode import Mode

_MEMBERS = list(zoo.members())
_FAMILIES = {member.path: member.name for member in reversed(_MEMBERS)}.values()
NETWORKS = _FAMILIES if effort.factor == 1 else [member.name for member in _MEMBERS]
"""Networks of the zoo that make a round trip: one of each family, and with --thorough all."""


class Figures(NamedTuple):
    """What a network has and costs."""

    trainable: int
    frozen: int
    buffers: int
    macs: int
    outputs: tuple[tuple[int, ...], ...]


def figures(report: Report) -> Figures:
    """Return the figures of a report."""
    outputs = tuple(port.shape.dims for port in report.outputs)
    return Figures(report.trainable_params, report.frozen_params, report.buffers, report.total_macs, outputs)


def tensors(report: Report) -> Counter[tuple[tuple[int, ...], str]]:
    """Return the tensors of a report: how many there are of each shape and role."""
    return Counter((tensor.shape, tensor.role) for layer in report.layers for tensor in layer.tensors)


def torchs(model: Any, *inputs: Any) -> Figures:
    """Return what torch says of a model that is run on a batch of each input."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    torch.backends.mha.set_fastpath_enabled(False)  # whose MACs torch does not count
    try:
        with counter, sdpa_kernel(SDPBackend.MATH), warnings.catch_warnings(action="ignore"), torch.no_grad():
            results = model(*inputs)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    parameters = list(model.parameters())
    trainable, frozen = (sum(p.numel() for p in parameters if p.requires_grad is learns) for learns in (True, False))
    buffers = sum(buffer.numel() for buffer in model.buffers())
    macs = counter.get_total_flops() // (2 * len(inputs[0]))
    results = vars(results) if is_dataclass(results) else results
    parts = list(results.values()) if isinstance(results, dict) else results
    flat = [parts] if isinstance(parts, torch.Tensor) else parts
    return Figures(trainable, frozen, buffers, macs, tuple(tuple(result.shape[1:]) or (1,) for result in flat))


def named(path: str) -> Any:
    """Return a model, or what makes it, of tests/sources/models: module:name."""
    module, _, name = path.partition(":")
    return getattr(import_module(f"tests.sources.models.{module}"), name)


def read(model: Any, *inputs: str | InputShape, mode: Mode | None = None) -> Reading:
    """Return what the tool reads of a model."""
    from cnnparams.sources.pytorch.read import read as read_model

    return read_model(model, [shape_of(each) if isinstance(each, str) else each for each in inputs], "net", mode)


def text(reading: Reading) -> str:
    """Return the spec that was read."""
    return "".join(spec_lines(reading.spec))


def counted(reading: Reading) -> Figures:
    """Return what a spec that was read comes to, the tool itself reading it."""
    assert reading.gaps == ()
    return figures(report_of(text(reading)))


def read_back(graph: Graph) -> Reading:
    """Return what the tool reads of a spec's network in PyTorch."""
    import torch

    from cnnparams.targets.torch.inputs import dtypes
    from cnnparams.targets.torch.network import TorchNetwork

    wanted = dtypes(graph)
    with torch.device("meta"), warnings.catch_warnings(action="ignore"):
        network = TorchNetwork.of(graph)
    inputs: Sequence[InputShape] = [InputShape(port.shape.dims, dtype=wanted[port.source]) for port in graph.inputs]
    return read(network, *inputs, mode="evaluation")  # in training some norms want more than one value
