"""Whether a spec comes to what a model has: the last word before it is given to a user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.reports.measure import measure
from cnnparams.engine.reports.report import Report
from cnnparams.errors import SpecError
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.sources.reading import ModelTotals
from cnnparams.sources.tensor_difference import TensorKind, tensor_kind

_FIGURES = ("trainable", "frozen", "buffers", "outputs", "macs")


def spec_differences(text: str, totals: ModelTotals) -> Iterator[str]:
    """Yield what a spec, read and counted as any other, has other than the model; its problems where it gives none."""
    try:
        graph = build(parse(compose(Text("the spec", text))))
    except SpecError as error:
        yield str(error)
        return
    yield from graph_differences(graph, totals)


def graph_differences(graph: Graph, totals: ModelTotals) -> Iterator[str]:
    """Yield what a network has other than the model that it was read from."""
    report = measure(graph)
    outputs = tuple(port.shape.dims for port in report.outputs)
    found = ModelTotals(report.trainable_params, report.frozen_params, report.buffers, outputs, report.total_macs)
    for what, ours, models in zip(_FIGURES, found, totals, strict=False):
        if models is not None and ours != models:
            yield f"{what}: {ours} in the spec, {models} in the model"
    if totals.tensors is not None:
        yield from _other_tensors(report, totals.tensors, buffers=totals.buffers is not None)


def _other_tensors(report: Report, models: Mapping[TensorKind, int], *, buffers: bool) -> Iterator[str]:
    """Yield each kind of tensor of which a spec has more or fewer than the model."""
    own = (tensor for layer in report.layers if not layer.shares for tensor in layer.tensors)
    ours = Counter(tensor_kind(tensor) for tensor in own if buffers or tensor.role != "buffer")
    for shape, role in dict.fromkeys((*models, *ours)):
        spec, model = ours[shape, role], models.get((shape, role), 0)
        if spec != model:
            yield f"{role} tensors of shape {list(shape)}: {spec} in the spec, {model} in the model"
