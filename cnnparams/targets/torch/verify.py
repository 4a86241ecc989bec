"""The proof: the network is built in PyTorch and run, and everything that can be asked of it is asked.

All of it on the meta device, which has shapes and no values: size does not matter, and nothing is computed. There,
PyTorch takes recurrent layers and attention apart into matrix products, so that its counter sees these too.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from cnnparams.engine.costs.quantity import number
from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Kind, LayerReport, TensorReport
from cnnparams.layers.contract.shape import Shape
from cnnparams.sources.pytorch.tensors import counts, held
from cnnparams.targets.torch.inputs import BATCH, batch_of, batches
from cnnparams.targets.torch.network import TorchNetwork
from cnnparams.targets.verification import Figure, LayerCheck, Verification, compared


class _LayerFigures(NamedTuple):
    """What PyTorch has of one layer; nothing but `refusal` where it refuses it."""

    output: Shape | str | None = None
    tensors: tuple[TensorReport, ...] = ()
    params: int | None = None
    macs: float | None = None
    refusal: str | None = None


def verify(graph: Graph) -> Verification:
    """Compare every figure of a network's report with PyTorch's."""
    report = measure(graph)
    counter = FlopCounterMode(display=False, custom_mapping={torch.ops.aten._trilinear: _bilinear_flops})
    with warnings.catch_warnings(action="ignore"), torch.device("meta"), torch.no_grad(), counter:
        network = TorchNetwork(graph).eval()
        seen = dict(_run(network, counter))
    macs = sum(figures.macs or 0 for figures in seen.values())
    totals = compared(report, {**counts(network), "total_macs": macs})
    return Verification(
        name=graph.name,
        other="PyTorch",
        torch_version=torch.__version__,
        totals=(*totals, _results(graph, seen)),
        layers=tuple(_check(layer, seen[layer.name]) for layer in report.layers),
    )


def _run(network: TorchNetwork, counter: Any) -> Iterator[tuple[str, _LayerFigures]]:
    """Yield what there is to see of each node.

    Where PyTorch differs, the next nodes read a tensor of our shape, so that each is judged by itself.
    """
    graph = network.graph
    values = dict(zip((port.source for port in graph.inputs), batches(graph, "meta"), strict=True))
    for node in graph.nodes:
        before, samples = counter.get_total_flops(), 1 if node.name in network.once else BATCH
        try:
            network.add(node)
            values[node.name] = network.step(
                node, values
            ).detach()  # the counter's hooks trip over a view of a parameter
            flops = counter.get_total_flops() - before
            seen = _seen(node, network.made(node), values[node.name], _macs(flops, samples), samples)
        except Exception as error:  # whatever PyTorch raises is its answer
            seen = _LayerFigures(refusal=" ".join(f"{type(error).__name__}: {error}".split()))
        if seen.output != node.output_shape:
            values[node.name] = batch_of(node.output_shape, "meta", samples=samples)
        yield node.name, seen


def _seen(node: Node, module: Any, value: Any, macs: float, samples: int) -> _LayerFigures:
    own = held(module) if module is not None and node.shares is None else ()
    params = sum(math.prod(tensor.shape) for tensor in own if tensor.role != "buffer")
    return _LayerFigures(sample_shape(value, node.output_shape, samples), own, params, macs)


def _macs(flops: int, samples: int) -> float:
    """Return the multiply-accumulates of one sample."""
    return number(Fraction(flops, 2 * samples))


def _bilinear_flops(first: Sequence[int], weight: Sequence[int], *_: Any, **__: Any) -> int:
    """Return those of a bilinear layer, which is one kernel that PyTorch's counter knows nothing of."""
    rows, (out, in1, in2) = first[0], weight
    return 2 * rows * out * in2 * (in1 + 1)


def _results(graph: Graph, seen: Mapping[str, _LayerFigures]) -> Figure:
    found = [seen[port.source].output if port.source in seen else port.shape for port in graph.outputs]
    return Figure("output_shapes", "Output", Kind.SHAPES, tuple(port.shape for port in graph.outputs), tuple(found))


def _check(layer: LayerReport, seen: _LayerFigures) -> LayerCheck:
    figures = (
        Figure("output_shape", "Output", Kind.SHAPE, layer.output_shape, seen.output),
        Figure("params", "Parameters", Kind.COUNT, layer.params, seen.params),
        Figure("macs", "MACs", Kind.COUNT, layer.macs, seen.macs),
    )
    tensors = Figure("tensors", "Tensors", Kind.TENSORS, layer.tensors, seen.tensors)
    return LayerCheck(layer.name, layer.type, figures, tensors, seen.refusal)


def sample_shape(tensor: Any, ours: Shape, samples: int = BATCH) -> Shape | str:
    """Return the shape of a sample of a batch, its channels where ours has them; as text, a shape without the batch."""
    dims = tuple(tensor.shape)
    if dims[:1] != (samples,):
        return f"{dims} for a batch of {samples}"
    return Shape(dims[1:], ours.channel_axis) if len(dims[1:]) == len(ours.dims) else Shape.of(dims[1:])
