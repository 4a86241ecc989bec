"""What autograd keeps of a forward pass until the backward pass, in bytes.

As PyTorch 2.13 keeps it on the CPU, which the tests ask by saved_tensors_hooks: every piece of memory once, however
many layers keep it or a view of it, as a whole where a view of a part is kept. Parameters are left out; the running
statistics of a batch norm are not, as PyTorch keeps them like any other tensor.
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.network.memo import Memo
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.strides import Strides, contiguous
from cnnparams.layers.contract.training import NOTHING, Kept, Pass, Place, Value


class Saved(NamedTuple):
    """The bytes that are kept, in total and by each node, and the layers of which they are an estimate.

    What several layers keep counts at the first of them, whichever layer made it. `buffers` are the bytes of the total
    that are buffers of the network, which are in memory anyway.
    """

    total: int
    per_node: tuple[int, ...]
    uncertain: tuple[str, ...]
    buffers: int


class _Tensor(NamedTuple):
    """A tensor: the number of its memory, its strides there (None: not known), and whether it needs a gradient."""

    piece: int
    strides: Strides | None
    needs_grad: bool


class _Step(NamedTuple):
    """What a layer, or the activation behind it, makes and keeps."""

    elements: int
    place: Place
    kept: Kept
    needs_grad: bool


def saved(graph: Graph, setting: Setting) -> Saved:
    """Return what is kept of a batch, with gradients for all that is trainable, and none for the network's input."""
    memory, steps_of = _Memory(setting.itemsize), _Steps(graph, setting)
    tensors = {}
    for port in graph.inputs:
        dims = (setting.batch, *port.shape.dims)
        tensors[port.source] = _Tensor(memory.new(math.prod(dims)), contiguous(dims), needs_grad=False)
    per_node: list[int] = []
    uncertain: list[str] = []
    buffers: dict[str, int] = {}
    for node in graph.nodes:
        inputs, added = [tensors[source] for source in node.inputs], 0
        for step in steps_of(node, inputs):
            output, more = memory.take(step, inputs)
            inputs, added = [output], added + more
            if step.kept.buffers and (owner := node.shares or node.name) not in buffers:
                buffers[owner] = step.kept.buffers * setting.itemsize
                added += buffers[owner]
            if not (step.kept.certain and step.place.certain) and node.name not in uncertain[-1:]:
                uncertain.append(node.name)
        tensors[node.name] = inputs[0]
        per_node.append(added)
    return Saved(sum(per_node), tuple(per_node), tuple(uncertain), sum(buffers.values()))


class _Memory:
    """Pieces of memory by number, each of which is kept once."""

    def __init__(self, itemsize: int) -> None:
        self.itemsize = itemsize
        self._elements: list[int] = []
        self._kept: set[int] = set()

    def new(self, elements: int) -> int:
        """Return the number of a new piece."""
        self._elements.append(elements)
        return len(self._elements) - 1

    def take(self, step: _Step, inputs: list[_Tensor]) -> tuple[_Tensor, int]:
        """Return what a step makes of its inputs, and the bytes that it adds to what is kept."""
        place, kept = step.place, step.kept
        made = inputs[0].piece if place.shared else self.new(step.elements)
        pieces = {*(inputs[i].piece for i in kept.inputs), *([made] if kept.output else [])} - self._kept
        self._kept |= pieces
        shared = sum(self._elements[piece] for piece in pieces) * (kept.itemsize or self.itemsize)
        own = sum(each.elements * (each.itemsize or self.itemsize) for each in kept.own)
        return _Tensor(made, place.strides, step.needs_grad), shared + own


class _Steps:
    """What the nodes of a graph do; equal layers in equal circumstances are asked once."""

    def __init__(self, graph: Graph, setting: Setting) -> None:
        self.setting = setting
        self._trainable = {node.name: node.trainable for node in graph.nodes}
        self._known = Memo[tuple[_Step, ...]]()

    def __call__(self, node: Node, inputs: list[_Tensor]) -> tuple[_Step, ...]:
        """Return the step of the layer, and that of its activation; what is shared learns where its owner does."""
        same = tuple([node.inputs.index(source) for source in node.inputs])
        trainable = self._trainable[node.shares or node.name]
        circumstances = tuple([(x.strides, x.needs_grad) for x in inputs])
        key = (node.input_shapes, circumstances, same, trainable)
        return self._known.of((node.layer, node.activation), key, partial(self._asked, node, inputs, same, trainable))

    def _asked(self, node: Node, inputs: list[_Tensor], same: tuple[int, ...], trainable: bool) -> tuple[_Step, ...]:
        batch, itemsize = self.setting.batch, self.setting.itemsize
        entering = zip(node.input_shapes, inputs, strict=True)
        values = tuple(Value(shape, batch, x.strides, x.needs_grad) for shape, x in entering)
        learns = trainable and any(tensor.learned for tensor in node.layer.tensors(*node.input_shapes))
        first = _step(node.layer, Pass(values, same, (batch, *node.output_shape.dims), learns, itemsize))
        if node.activation is None:
            return (first,)
        between = Value(node.output_shape, batch, first.place.strides, first.needs_grad)
        return first, _step(node.activation, Pass((between,), (0,), between.dims, learns=False, itemsize=itemsize))


def _step(layer: Layer, run: Pass) -> _Step:
    """Return what a layer does; with no gradient to pass on it keeps nothing."""
    needs_grad = run.learns or any(x.needs_grad for x in run.inputs)
    kept = layer.kept(run) if needs_grad else NOTHING
    return _Step(math.prod(run.output), layer.placed(run), kept, needs_grad)
