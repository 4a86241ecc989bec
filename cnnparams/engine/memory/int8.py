"""What a network takes of a microcontroller in 8 bits: an estimate, after TensorFlow Lite for Microcontrollers.

Flash holds what TensorFlow Lite's converter writes (its 8-bit quantization specification: weights int8, biases int32):

- A weight of a convolution or a linear layer has a scale (float32) and a zero point (int64) for each output channel,
  and so has each bias. Convolutions always get a bias, of zeros if need be; a separable one gets two.
- A batch norm is folded into the convolution or linear layer before it, which then has a bias, where nothing else reads
  that and nothing shares its tensors. Else it stays as a product and a sum with int8 vectors of one scale each.
- Everything else that is learned (PReLU's slopes, embeddings, other norms) is int8, with one scale and zero point.
- A layer whose spec says another dtype stays in that: weights, biases and results, without scales; an input of another
  dtype is converted for it. A batch norm is folded only into a layer of its own dtype.
- STRUCTURE bytes a tensor for names, shapes and operations: 195 to 275 in the networks measured.

SRAM holds the results, a byte an element, planned by `arena`, and a multiplier and a shift (int32 each) for each
output channel of a weight (conv_common.cc, fully_connected_common.cc). relu and relu6 are part of the operation before
them, dropout is none, and a reshape is a copy (reshape.cc); nothing else is computed in place.

But for STRUCTURE this is to the byte what TensorFlow 2.21 writes and its interpreter allocates for seven networks, four
of them MLPerf Tiny's (tests/reference/tflm.json). The files of 2021 are within 15 % of `flash_bytes`; they have
longer names, and linear layers with a single scale. Not counted: the interpreter's code and its own SRAM (kilobytes),
the scratch memory of kernels made for a processor, padding that is not TensorFlow's `same` (an operation with a result
of its own), and results inside of what the converter makes several operations of: SiLU, norms that are not folded,
separable and 1d convolutions, attention. Recurrent layers are counted as if they were linear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from cnnparams.dtypes import DTYPES
from cnnparams.engine.memory.arena import Slot, arena_size, plan
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.network.graph import Graph, Node
from cnnparams.layers.contract.base import Footprint, Layer
from cnnparams.layers.contract.tensor import Tensor

INT8 = "int8"
BIAS = 4
SCALE = 4 + 8
MULTIPLIER = 4 + 4
STRUCTURE = 220

_FUSED = frozenset({"relu", "relu6"})


class QuantizedNode(NamedTuple):
    """What a node needs: bytes of weights, how many int32 biases, scales with zero points, channels with multipliers.

    The weights of a layer that is not in 8 bits are all of its tensors. `constants` are the tensors that these are in,
    and `into` is the node that a batch norm is folded into.
    """

    name: str
    weights: int = 0
    biases: int = 0
    scales: int = 0
    channels: int = 0
    constants: int = 0
    into: str | None = None

    @property
    def bytes(self) -> int:
        """Its bytes of flash, without the names and shapes."""
        return self.weights + BIAS * self.biases + SCALE * self.scales


class Quantized(NamedTuple):
    """A network in 8 bits: node by node, where its results are in SRAM, and the bytes of every part."""

    nodes: tuple[QuantizedNode, ...]
    slots: tuple[Slot, ...]
    weight_bytes: int
    bias_bytes: int
    scale_bytes: int
    structure_bytes: int
    arena_bytes: int
    multiplier_bytes: int

    @property
    def flash_bytes(self) -> int:
        """Flash for the network: weights, biases, scales and zero points, and roughly what says how they belong."""
        return self.weight_bytes + self.bias_bytes + self.scale_bytes + self.structure_bytes

    @property
    def sram_bytes(self) -> int:
        """SRAM for the network: the arena, and the multipliers of the output channels."""
        return self.arena_bytes + self.multiplier_bytes


def quantized(graph: Graph) -> Quantized:
    """Return what a network takes in 8 bits."""
    folded = _folded(graph)
    nodes = tuple(_quantized(node, folded) for node in graph.nodes)
    slots = plan(liveness(_converted(graph, folded), INT8, in_place=False).lifetimes)
    return Quantized(
        nodes,
        slots,
        weight_bytes=sum(node.weights for node in nodes),
        bias_bytes=BIAS * sum(node.biases for node in nodes),
        scale_bytes=SCALE * sum(node.scales for node in nodes),
        structure_bytes=STRUCTURE * (len(slots) + sum(node.constants for node in nodes)),
        arena_bytes=arena_size(slots),
        multiplier_bytes=MULTIPLIER * sum(node.channels for node in nodes),
    )


def _folded(graph: Graph) -> Mapping[str, str]:
    """Return for each batch norm that can be folded the node that it is folded into."""
    readers, shared = _readers(graph), {node.shares for node in graph.nodes}
    hosts = {
        node.name: node.dtype
        for node in graph.nodes
        if readers[node.name] == 1 and not node.activation and not node.shares and node.name not in shared
        if _weights(node) and (_kernels(node) or len(node.output_shape.dims) == 1)
    }
    norms = (node for node in graph.nodes if _statistics(node))
    return {node.name: node.inputs[0] for node in norms if hosts.get(node.inputs[0], ...) == node.dtype}


def _readers(graph: Graph) -> Counter[str]:
    read = Counter(name for node in graph.nodes for name in node.inputs)
    return read + Counter(port.source for port in graph.outputs)


def _tensors(node: Node) -> tuple[Tensor, ...]:
    return node.layer.tensors(*node.input_shapes)


def _statistics(node: Node) -> list[Tensor]:
    """Return the running mean and variance, of which a norm's scale and shift are made."""
    return [tensor for tensor in _tensors(node) if tensor.name.startswith("running_")]


def _weights(node: Node) -> list[Tensor]:
    """Return what a layer multiplies its input with and sums over."""
    learned = [tensor for tensor in _tensors(node) if tensor.learned and "bias" not in tensor.name]
    return [tensor for tensor in learned if len(tensor.shape) > 1] if node.layer.macs(*node.input_shapes) else []


def _kernels(node: Node) -> list[Tensor]:
    return [tensor for tensor in _weights(node) if len(tensor.shape) > 2]


def _quantized(node: Node, folded: Mapping[str, str]) -> QuantizedNode:
    if node.name in folded:
        return QuantizedNode(node.name, into=folded[node.name])
    row = _of_weights(node, is_host=node.name in folded.values()) if _weights(node) else _of_vectors(node)
    return QuantizedNode(node.name, channels=row.channels) if node.shares else row


def _of_vectors(node: Node) -> QuantizedNode:
    vectors = _statistics(node) or [tensor for tensor in _tensors(node) if tensor.learned]
    values = sum(tensor.size for tensor in vectors)
    if _stays(node):
        return QuantizedNode(node.name, values * DTYPES[str(node.dtype)], constants=len(vectors))
    return QuantizedNode(node.name, values, scales=len(vectors), constants=len(vectors))


def _of_weights(node: Node, *, is_host: bool) -> QuantizedNode:
    channels = list(_channels(node))
    biases = channels if _kernels(node) else _biases(node) or [node.output_shape.size] * is_host
    values = sum(tensor.size for tensor in _weights(node))
    if _stays(node):
        size = (values + sum(biases)) * DTYPES[str(node.dtype)]
        return QuantizedNode(node.name, size, constants=len(channels) + len(biases))
    scales = sum(channels) + sum(biases)
    return QuantizedNode(node.name, values, sum(biases), scales, sum(channels), len(channels) + len(biases))


def _stays(node: Node) -> bool:
    """Tell whether a layer is not made 8 bits, as its spec says another dtype."""
    return node.dtype not in (None, INT8)


def _channels(node: Node) -> Iterator[int]:
    """Yield the output channels of each weight: its first dimension, but the node's for its last kernel.

    (A transposed convolution's kernel has them second.)
    """
    *before, last = _weights(node)
    yield from (tensor.shape[0] for tensor in before)
    yield node.output_shape.channels if _kernels(node) else last.shape[0]


def _biases(node: Node) -> list[int]:
    return [tensor.size for tensor in _tensors(node) if "bias" in tensor.name]


class _Nothing(Layer):
    """What takes no operation: dropout, or what is part of the operation before it."""

    footprint: ClassVar[Footprint] = Footprint.VIEW


class _Copy(Layer):
    """A reshape."""


def _converted(graph: Graph, folded: Mapping[str, str]) -> Graph:
    """Return the network with one node for each operation that the converter makes."""
    readers, inputs = _readers(graph), {port.source for port in graph.inputs}
    alone = {name for name, count in readers.items() if count == 1} - inputs
    return graph._replace(nodes=tuple(_operation(node, folded, alone) for node in graph.nodes))


def _operation(node: Node, folded: Mapping[str, str], alone: set[str]) -> Node:
    is_fused = node.layer.type in _FUSED and node.inputs[0] in alone
    if node.activation and node.activation.type in _FUSED:
        node = node._replace(activation=None)
    if node.name in folded or is_fused:
        return node._replace(layer=_Nothing())
    is_reshape = node.layer.footprint is Footprint.VIEW and node.input_shapes[0].dims != node.output_shape.dims
    return node._replace(layer=_Copy()) if is_reshape else node
