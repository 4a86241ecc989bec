"""A network beside a model that someone else wrote: what both hold, and what both give for the same input."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn
from torch.func import functional_call

from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Kind, Report, TensorReport
from cnnparams.errors import quote
from cnnparams.sources.foreign import ForeignError, doing, failed, foreign
from cnnparams.sources.pytorch.tensors import counts, held, result_tensors
from cnnparams.sources.pytorch.tree import check_tree
from cnnparams.sources.tensor_difference import unmatched
from cnnparams.targets.torch.inputs import batches
from cnnparams.targets.torch.verify import sample_shape
from cnnparams.targets.verification import Figure, Verification, compared


def compare(graph: Graph, model: nn.Module, name: str) -> Verification:
    """Compare a network with a model, which `name` stands for; raise CnnparamsError where it cannot be run.

    A model that cannot be run, but holds other tensors, differs: that is an answer.
    """
    with doing(f"comparing with {quote(name)}", with_ours=True):
        check_tree(model)
        return _compared(graph, model, name)


def _compared(graph: Graph, model: nn.Module, name: str) -> Verification:
    report, failure, results = measure(graph), None, ()
    try:
        with foreign():
            results = tuple(result_tensors(_run(model, graph)))
    except ForeignError as raised:
        failure = failed(f"running {quote(name)} on {_described(graph)}", raised.error)
    if failure and any(map(nn.parameter.is_lazy, model.parameters())):
        raise failure
    only_ours, only_theirs = unmatched(_named(report), held(model))
    if failure and not (only_ours or only_theirs):
        raise failure
    return Verification(
        name=graph.name,
        other=name,
        torch_version=torch.__version__,
        totals=(*compared(report, counts(model)), *([] if failure else [_results(graph, results)])),
        only_ours=only_ours,
        only_theirs=only_theirs,
        failure=str(failure) if failure else None,
    )


def _run(model: nn.Module, graph: Graph) -> Any:
    """Run a model as it is evaluated: on the meta device, where size does not matter, or as it is."""
    model.eval()
    with warnings.catch_warnings(action="ignore"), torch.no_grad():
        try:
            tensors = (*model.named_parameters(), *model.named_buffers())
            placed = {name: tensor.to("meta") for name, tensor in tensors}
            return functional_call(model, placed, tuple(batches(graph, "meta")))
        except (Exception, SystemExit):  # it may look at values, or hold tensors that are not its parameters
            return model(*batches(graph, "cpu"))


def _named(report: Report) -> list[TensorReport]:
    return [tensor._replace(name=f"{layer.name}.{tensor.name}") for layer in report.layers for tensor in layer.tensors]


def _results(graph: Graph, results: tuple[Any, ...]) -> Figure:
    shapes = tuple(port.shape for port in graph.outputs)
    found = (sample_shape(result, shapes[min(i, len(shapes) - 1)]) for i, result in enumerate(results))
    return Figure("output_shapes", "Output", Kind.SHAPES, shapes, tuple(found))


def _described(graph: Graph) -> str:
    return " and ".join("x".join(map(str, port.shape.dims)) for port in graph.inputs)
