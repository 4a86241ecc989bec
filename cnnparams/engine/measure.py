"""Graph -> Report: what every node holds and computes, and the totals."""

from __future__ import annotations

from typing import TypeVar

from cnnparams.engine.graph import Graph, Node
from cnnparams.engine.report import BYTES_FLOAT32, LayerReport, Report, TensorReport
from cnnparams.layers.base import Tensor

R = TypeVar("R", bound=Report)


def measure(graph: Graph) -> Report:
    """Return the report of a network. Buffers are no parameters; trainable and frozen ones add up to the total."""
    return measure_as(graph, Report)


def measure_as(graph: Graph, report: type[R]) -> R:
    """Return the report of a network as a subclass of Report."""
    tensors = [node.layer.tensors(*node.input_shapes) for node in graph.nodes]
    total = sum(_elements(held, learned=True) for held in tensors)
    layers = tuple(_layer(node, held, total) for node, held in zip(graph.nodes, tensors, strict=True))
    return report(
        name=graph.name,
        input_shape=graph.input_shape,
        output_shape=graph.output_shape,
        layers=layers,
        total_params=total,
        trainable_params=sum(layer.trainable_params for layer in layers),
        frozen_params=sum(layer.frozen_params for layer in layers),
        buffers=sum(layer.buffers for layer in layers),
        float32_bytes=total * BYTES_FLOAT32,
        total_macs=sum(layer.macs for layer in layers),
    )


def _layer(node: Node, tensors: tuple[Tensor, ...], total: int) -> LayerReport:
    params = _elements(tensors, learned=True)
    hyperparameters = tuple(node.layer.hyperparameters())
    return LayerReport(
        name=node.name,
        type=node.layer.type,
        activation=node.activation.type if node.activation else None,
        hyperparameters=hyperparameters,
        groups=next((setting.value for setting in hyperparameters if setting.name == "groups"), None),
        inputs=node.inputs,
        input_shapes=node.input_shapes,
        output_shape=node.output_shape,
        params=params,
        share=params / total if total else 0.0,
        trainable_params=params if node.trainable else 0,
        frozen_params=0 if node.trainable else params,
        buffers=_elements(tensors, learned=False),
        macs=node.layer.macs(*node.input_shapes),
        tensors=tuple(_tensor(tensor, node.trainable) for tensor in tensors),
    )


def _elements(tensors: tuple[Tensor, ...], *, learned: bool) -> int:
    return sum(tensor.size for tensor in tensors if tensor.learned is learned)


def _tensor(tensor: Tensor, trainable: bool) -> TensorReport:
    if not tensor.learned:
        return TensorReport(tensor.name, tensor.shape, "buffer")
    return TensorReport(tensor.name, tensor.shape, "trainable" if trainable else "frozen")
