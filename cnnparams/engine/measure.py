"""Graph -> Report: what every node holds and computes, and the totals."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from cnnparams.engine.graph import Graph, Node
from cnnparams.engine.report import BYTES_FLOAT32, LayerReport, PortReport, Report, TensorReport
from cnnparams.layers.base import Hyperparameter, Tensor
from cnnparams.layers.shape import Shape

R = TypeVar("R", bound=Report)


def measure(graph: Graph) -> Report:
    """Return the report of a network. Buffers are no parameters; trainable and frozen ones add up to the total."""
    return measure_as(graph, Report)


def measure_as(graph: Graph, report: type[R]) -> R:
    """Return the report of a network as a subclass of Report."""
    costs = _costs(graph)
    total = sum(cost.params for cost in costs)
    layers = tuple([_layer(node, cost, total) for node, cost in zip(graph.nodes, costs, strict=True)])
    inputs, outputs = (
        tuple(PortReport(port.name, port.shape) for port in ports) for ports in (graph.inputs, graph.outputs)
    )
    return report(
        name=graph.name,
        input_shape=inputs[0].shape,
        output_shape=outputs[0].shape,
        inputs=inputs,
        outputs=outputs,
        layers=layers,
        total_params=total,
        trainable_params=sum(layer.trainable_params for layer in layers),
        frozen_params=sum(layer.frozen_params for layer in layers),
        buffers=sum(cost.buffers for cost in costs),
        float32_bytes=total * BYTES_FLOAT32,
        total_macs=sum(cost.macs for cost in costs),
    )


class _Cost(NamedTuple):
    """What a node holds and computes, however often a network has one like it."""

    params: int
    buffers: int
    macs: int
    tensors: tuple[TensorReport, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    groups: int | None


def _costs(graph: Graph) -> list[_Cost]:
    """Return the cost of each node. Nodes with the same layer at the same shapes are worked out once."""
    known: dict[tuple[int, tuple[Shape, ...], bool, bool], _Cost] = {}
    costs = []
    for node in graph.nodes:
        key = (id(node.layer), node.input_shapes, node.trainable, node.shares is None)
        costs.append(known.get(key) or known.setdefault(key, _cost(node)))
    return costs


def _cost(node: Node) -> _Cost:
    layer = node.layer
    tensors = layer.tensors(*node.input_shapes) if node.shares is None else ()
    hyperparameters = tuple(layer.hyperparameters())
    return _Cost(
        params=_elements(tensors, learned=True),
        buffers=_elements(tensors, learned=False),
        macs=layer.macs(*node.input_shapes),
        tensors=tuple(_tensor(tensor, node.trainable) for tensor in tensors),
        hyperparameters=hyperparameters,
        groups=next((setting.value for setting in hyperparameters if setting.name == "groups"), None),
    )


def _layer(node: Node, cost: _Cost, total: int) -> LayerReport:
    return LayerReport(
        name=node.name,
        type=node.layer.type,
        activation=node.activation.type if node.activation else None,
        hyperparameters=cost.hyperparameters,
        groups=cost.groups,
        inputs=node.inputs,
        input_shapes=node.input_shapes,
        output_shape=node.output_shape,
        params=cost.params,
        share=cost.params / total if total else 0.0,
        trainable_params=cost.params if node.trainable else 0,
        frozen_params=0 if node.trainable else cost.params,
        buffers=cost.buffers,
        macs=cost.macs,
        shares=node.shares,
        tensors=cost.tensors,
    )


def _elements(tensors: tuple[Tensor, ...], *, learned: bool) -> int:
    return sum(tensor.size for tensor in tensors if tensor.learned is learned)


def _tensor(tensor: Tensor, trainable: bool) -> TensorReport:
    if not tensor.learned:
        return TensorReport(tensor.name, tensor.shape, "buffer")
    return TensorReport(tensor.name, tensor.shape, "trainable" if trainable else "frozen")
