"""What autograd keeps of a forward pass until the backward pass, in bytes.

As PyTorch 2.13 keeps it on the CPU, which the tests ask by saved_tensors_hooks: every piece of memory once, however
many layers keep it or a view of it, as a whole where a view of a part is kept. Parameters are left out; the running
statistics of a batch norm are not, as PyTorch keeps them like any other tensor. Where the spec says another dtype than
a layer's input has, the layer keeps what it reads: a copy in its own (x.to(dtype), which itself keeps nothing).
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from cnnparams.dtypes import DTYPES
from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.network.memo import Memo
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.memory import NOTHING, BatchTensor, ForwardPass, Placement, SavedForBackward, in_order
from cnnparams.layers.contract.strides import MemoryLayout, Strides, contiguous


class Saved(NamedTuple):
    """The bytes that are kept, in total and by each node, and the layers of which they are an estimate.

    What several layers keep counts at the first of them, whichever layer made it. `buffers` are the bytes of the total
    that are buffers of the network, which are in memory anyway.
    """

    total: int
    per_node: tuple[int, ...]
    uncertain: tuple[str, ...]
    buffers: int


class _TensorInMemory(NamedTuple):
    """A tensor: the number of its memory, its strides there (None: not known), its dtype, if it needs a gradient.

    What depends on no sample has a batch of 1.
    """

    piece: int
    strides: Strides | None
    dtype: str
    needs_grad: bool
    batch: int


class _SavingStep(NamedTuple):
    """What a layer, or the activation behind it, makes and keeps."""

    elements: int
    itemsize: int | None
    place: Placement
    kept: SavedForBackward
    needs_grad: bool
    batch: int


def saved(graph: Graph, setting: Setting) -> Saved:
    """Return what is kept of a batch, with gradients for all that is trainable, and none for the network's input."""
    memory, steps_of = _Pieces(), _Steps(graph, setting)
    tensors = {}
    for port in graph.inputs:
        dims = (setting.batch, *port.shape.dims)
        piece = memory.new(math.prod(dims), setting.dtype)
        tensors[port.source] = _TensorInMemory(
            piece, contiguous(dims), setting.dtype, needs_grad=False, batch=setting.batch
        )
    per_node: list[int] = []
    uncertain: list[str] = []
    buffers: dict[str, int] = {}
    for node in graph.nodes:
        dtype, added = node.dtype or setting.dtype, 0
        inputs = [tensors[source] for source in node.inputs]
        if node.layer.input_dtype is None and any(x.dtype != dtype for x in inputs):
            inputs = _copied(node, dtype, dict(zip(node.inputs, inputs, strict=True)), memory)
        for step in steps_of(node, inputs):
            output, more = memory.take(step, inputs, dtype)
            inputs, added = [output], added + more
            if step.kept.buffers and (owner := node.shares or node.name) not in buffers:
                buffers[owner] = step.kept.buffers * DTYPES[dtype]
                added += buffers[owner]
            if not (step.kept.certain and step.place.certain) and node.name not in uncertain[-1:]:
                uncertain.append(node.name)
        tensors[node.name] = inputs[0]
        per_node.append(added)
    return Saved(sum(per_node), tuple(per_node), tuple(uncertain), sum(buffers.values()))


def _copied(node: Node, dtype: str, tensors: dict[str, _TensorInMemory], memory: _Pieces) -> list[_TensorInMemory]:
    """Return the inputs as a layer reads them: what has another dtype as a copy, its elements in the same order."""
    for source, shape in zip(node.inputs, node.input_shapes, strict=True):
        x = tensors[source]
        if x.dtype != dtype:
            dims = (x.batch, *shape.dims)
            place = in_order(dims, None if x.strides is None else MemoryLayout(dims, x.strides))
            piece = memory.new(math.prod(dims), dtype)
            tensors[source] = _TensorInMemory(piece, place.strides, dtype, x.needs_grad, x.batch)
    return [tensors[source] for source in node.inputs]


class _Pieces:
    """Pieces of memory by number, each of which is kept once: their elements, and the bytes of each of these."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, int]] = []
        self._kept: set[int] = set()

    def new(self, elements: int, dtype: str, itemsize: int | None = None) -> int:
        """Return the number of a new piece, whose elements may be of another size than its dtype says."""
        self._pieces.append((elements, itemsize or DTYPES[dtype]))
        return len(self._pieces) - 1

    def take(self, step: _SavingStep, inputs: list[_TensorInMemory], dtype: str) -> tuple[_TensorInMemory, int]:
        """Return what a step makes of its inputs in a dtype, and the bytes that it adds to what is kept."""
        place, kept = step.place, step.kept
        made = inputs[0].piece if place.shared else self.new(step.elements, dtype, step.itemsize)
        pieces = {*(inputs[i].piece for i in kept.inputs), *([made] if kept.output else [])} - self._kept
        self._kept |= pieces
        held = (self._pieces[piece] for piece in pieces)
        shared = sum(elements * (kept.itemsize or itemsize) for elements, itemsize in held)
        own = sum(each.elements * (each.itemsize or DTYPES[dtype]) for each in kept.own)
        return _TensorInMemory(made, place.strides, dtype, step.needs_grad, step.batch), shared + own


class _Steps:
    """What the nodes of a graph do; equal layers in equal circumstances are asked once."""

    def __init__(self, graph: Graph, setting: Setting) -> None:
        self.setting = setting
        self._trainable = {node.name: node.trainable for node in graph.nodes}
        self._known = Memo[tuple[_SavingStep, ...]]()

    def __call__(self, node: Node, inputs: list[_TensorInMemory]) -> tuple[_SavingStep, ...]:
        """Return the step of the layer, and that of its activation; what is shared learns where its owner does."""
        same = tuple([node.inputs.index(source) for source in node.inputs])
        trainable = self._trainable[node.shares or node.name]
        circumstances = tuple([(x.strides, x.needs_grad, x.batch) for x in inputs])
        key = (node.input_shapes, circumstances, same, trainable, node.dtype)
        return self._known.of((node.layer, node.activation), key, partial(self._asked, node, inputs, same, trainable))

    def _asked(
        self, node: Node, inputs: list[_TensorInMemory], same: tuple[int, ...], trainable: bool
    ) -> tuple[_SavingStep, ...]:
        batch, itemsize = max((x.batch for x in inputs), default=1), self.setting.itemsize(node.dtype)
        entering = zip(node.input_shapes, inputs, strict=True)
        values = tuple(BatchTensor(shape, x.batch, x.strides, x.needs_grad) for shape, x in entering)
        learns = trainable and any(tensor.learned for tensor in node.layer.tensors(*node.input_shapes))
        first = _step(node.layer, ForwardPass(values, same, (batch, *node.output_shape.dims), learns, itemsize))
        if node.activation is None:
            return (first,)
        between = BatchTensor(node.output_shape, batch, first.place.strides, first.needs_grad)
        after = ForwardPass((between,), (0,), between.dims, learns=False, itemsize=itemsize)
        return first, _step(node.activation, after)


def _step(layer: Layer, run: ForwardPass) -> _SavingStep:
    """Return what a layer does; with no gradient to pass on it keeps nothing."""
    needs_grad = run.learns or any(x.needs_grad for x in run.inputs)
    kept = layer.saved_for_backward(run) if needs_grad else NOTHING
    place = layer.placement(run)
    elements, passes = 0 if place.held else math.prod(run.output), needs_grad and layer.passes_gradient
    return _SavingStep(elements, layer.output_itemsize, place, kept, passes, run.output[0])
