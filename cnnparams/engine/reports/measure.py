"""Graph -> Report: what every node is, and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Column, Total
from cnnparams.engine.costs.register import costs_of
from cnnparams.engine.network.graph import Graph, Node, Port
from cnnparams.engine.network.memo import Memo
from cnnparams.engine.reports.report import LayerReport, Layers, PortReport, Report, TensorReport
from cnnparams.engine.setting import USUAL, Setting
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.tensor import Tensor


def measure(graph: Graph, fields: Collection[str] = (), setting: Setting = USUAL) -> Report:
    """Return the report of a network, with the costs that are always measured and those that give these fields."""
    costs = costs_of(fields, setting)
    measured = [cost.measure(graph, setting) for cost in costs]
    columns = tuple(column for cost in costs for column in cost.COLUMNS)
    totals = tuple(total for cost in costs for total in cost.TOTALS)
    rows = zip(*(part.rows for part in measured), strict=True)
    inputs, outputs = map(_ports, (graph.inputs, graph.outputs))
    return Report(
        name=graph.name,
        input_shape=inputs[0].shape,
        output_shape=outputs[0].shape,
        inputs=inputs,
        outputs=outputs,
        layers=_layers(graph, _each_named(columns, rows)),
        columns=columns,
        totals=totals,
        costs=next(_each_named(totals, [[part.totals for part in measured]])),
    )


def _ports(ports: Iterable[Port]) -> tuple[PortReport, ...]:
    return tuple(PortReport(*port) for port in ports)


def _each_named(
    quantities: Sequence[Column | Total], rows: Iterable[Iterable[tuple[Any, ...]]]
) -> Iterator[dict[str, Any]]:
    """Yield the values of each row, which come cost by cost, by their fields."""
    names = [quantity.field for quantity in quantities]
    return (dict(zip(names, chain.from_iterable(parts), strict=True)) for parts in rows)


class _Looks(NamedTuple):
    """What a node shows of itself, however often a network has one like it."""

    tensors: tuple[TensorReport, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    activation_hyperparameters: tuple[Hyperparameter, ...]
    groups: int | None


def _layers(graph: Graph, rows: Iterable[Mapping[str, Any]]) -> Layers:
    memo = Memo[_Looks]()
    layers = []
    for node, costs in zip(graph.nodes, rows, strict=True):
        circumstances = (node.input_shapes, node.trainable, node.shares is None)
        looks = memo.of((node.layer, node.activation), circumstances, partial(_looks, node))
        layers.append(_layer(node, looks, costs))
    return Layers(layers)


def _looks(node: Node) -> _Looks:
    tensors = node.layer.tensors(*node.input_shapes) if node.shares is None else ()
    hyperparameters = tuple(node.layer.hyperparameters())
    of_activation = tuple(node.activation.hyperparameters()) if node.activation else ()
    groups = next((setting.value for setting in hyperparameters if setting.name == "groups"), None)
    return _Looks(tuple(_tensor(tensor, node.trainable) for tensor in tensors), hyperparameters, of_activation, groups)


def _layer(node: Node, looks: _Looks, costs: Mapping[str, Any]) -> LayerReport:
    return LayerReport(
        name=node.name,
        type=node.layer.type,
        activation=node.activation.type if node.activation else None,
        activation_hyperparameters=looks.activation_hyperparameters,
        hyperparameters=looks.hyperparameters,
        groups=looks.groups,
        inputs=node.inputs,
        input_shapes=node.input_shapes,
        output_shape=node.output_shape,
        shares=node.shares,
        tensors=looks.tensors,
        dtype=node.dtype,
        costs=costs,
    )


def _tensor(tensor: Tensor, trainable: bool) -> TensorReport:
    if not tensor.learned:
        return TensorReport(tensor.name, tensor.shape, "buffer")
    return TensorReport(tensor.name, tensor.shape, "trainable" if trainable else "frozen")
