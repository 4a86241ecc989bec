"""The values of an ONNX network and its layers while it is read: where the batch stands, what became of the weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cnnparams.engine.network.graph import Node
from cnnparams.errors import brief, quote
from cnnparams.layers.contract.folding import folding
from cnnparams.layers.contract.shape import Shape
from cnnparams.layers.recurrent import Recurrent
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import Assembly, Holding, NoLayerError, layer_of
from cnnparams.sources.onnx.model import ConstantTensor, FileDims, Model, OnnxNode, Origin
from cnnparams.sources.onnx.names import FileNames

_WIDEST = 60

NOT_OF_THE_INPUT = "computes what does not depend on the input"
CUT = "cut the file before it with onnx.utils.extract_model, or write the spec by hand"
FOLD = "export it with constants folded, or fold them with onnxsim"


class KnownResult(NamedTuple):
    """What a node gives that no layer does: dimensions without the batch, and where that stands."""

    dims: FileDims
    number: int
    batch: int | None = 0
    is_float: bool = True


class UnsaidError(NoLayerError):
    """A step that no layer type says, and that learns nothing and multiplies nothing: its result is all there is.

    `gives` is that result where it is known better than onnx infers it.
    """

    def __init__(self, what: str, gives: KnownResult | None = None) -> None:
        super().__init__(what, CUT, gives)


class GraphTensor(NamedTuple):
    """What depends on the input: the layer `source` gave it in `shape`, and it is seen in `dims`, without the batch.

    `batch` is where the batch stands and `number` how many samples it has; a batch of one may be dropped (None).
    `view` is the first node that saw it in other dimensions; `is_accumulated` tells of sums of products of whole
    numbers that are not scaled yet. `folds` are dimensions of a sample before `dims` that one node takes for samples,
    such as windows of an image, where the file has them in the place of a batch of one. A sample of no dimensions is a
    number; the layer's shape is then a vector of one feature.
    """

    source: str
    shape: Shape
    dims: FileDims
    number: int
    batch: int | None = 0
    view: OnnxNode | None = None
    is_float: bool = True
    is_accumulated: bool = False
    folds: FileDims = ()

    @property
    def full(self) -> FileDims:
        """The dimensions with the batch."""
        return self.dims if self.batch is None else (*self.dims[: self.batch], self.number, *self.dims[self.batch :])

    def viewed(self, full: FileDims, op: OnnxNode) -> GraphTensor:
        """Return the same elements in the same order under other dimensions; raise NoLayerError without the batch."""
        batch = self._batch_in(full)
        if batch is None and self.number != 1:
            raise NoLayerError("merges the batch with other dimensions", "keep the batch as a dimension of its own")
        return self.with_dims(full, batch, op)

    def with_dims(self, full: FileDims, batch: int | None, op: OnnxNode) -> GraphTensor:
        """Return the same elements under other dimensions, of which one is the batch."""
        dims = full if batch is None else (*full[:batch], *full[batch + 1 :])
        view = op if self.view is None or self.dims == self.shape.dims else self.view
        return self._replace(dims=dims, batch=batch, view=view)

    def with_batch(self, op: OnnxNode) -> GraphTensor:
        """Return the tensor with its first dimension as the batch, where a batch of one was dropped and may be that.

        A channel shuffle that lays the two halves of the channels side by side along the batch takes them apart so.
        """
        if self.batch is not None or self.number != 1 or self.dims[:1] != (1,):
            return self
        return self.with_dims(self.dims, 0, op)

    def folded(self) -> GraphTensor:
        """Return the tensor as a node takes it whose first dimension is the batch, and that has none: as samples."""
        return self._replace(dims=self.dims[1:], batch=0, folds=self.dims[:1])

    def unfolded(self) -> GraphTensor:
        """Return the tensor with what one node took for samples as a dimension of its own again."""
        return self._replace(dims=(*self.folds, *self.dims), batch=None, folds=()) if self.folds else self

    def _batch_in(self, full: FileDims) -> int | None:
        """Return where in other dimensions of the same elements the batch stands, None if nowhere."""
        before, seen = math.prod(self.full[: self.batch or 0]), 1
        for at, n in enumerate(full):
            if seen == before and n == self.number:
                return at
            seen *= n
        return None


OnnxValue = GraphTensor | ConstantTensor


def bracketed(numbers: Sequence[Any]) -> str:
    """Return numbers as messages show them."""
    return brief(str(list(numbers)), _WIDEST)


def axis_of(value: OnnxValue, axis: Any) -> int:
    """Return where a dimension stands, counted from 0; raise NoLayerError outside."""
    rank = len(value.full)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        raise NoLayerError(f"refers to dimension {axis}, but its input has {rank} dimensions")
    return axis % rank


def sample_axis(x: GraphTensor, axis: Any) -> int:
    """Return where in a sample a dimension stands; raise NoLayerError for the batch."""
    at = axis_of(x, axis)
    if at == x.batch:
        raise NoLayerError("works along the batch", "a spec describes a single sample: do not mix those of a batch")
    return at - (x.batch is not None and at > x.batch)


Settings = Mapping[str, Any]


class Weights(NamedTuple):
    """The tensors of the file that a layer holds, and those whose values decided what it is."""

    learned: tuple[ConstantTensor, ...] = ()
    buffers: tuple[ConstantTensor, ...] = ()
    read: tuple[ConstantTensor, ...] = ()


NOTHING = Weights()
_IN_PART = (
    "shares only some of its tensors with another layer",
    "export a trained network, or one whose equal tensors are not merged",
)
_BIASES = "by their dtype the biases of these layers have a byte for each number, where the file has four"
NUMBER = (1,)
"""The dimensions in a spec of a sample that is a number: a vector of one feature."""


class OnnxAssembly(Assembly):
    """The layers so far. A value that is None is not known, as no layer gives it."""

    names: FileNames

    def __init__(self, model: Model, names: FileNames, inputs: Mapping[str, OnnxValue]) -> None:
        super().__init__(names)
        self.model = model
        self.stored = {**model.initializers}
        """The tensors of the file, and those of the branches that are taken."""
        self.values: dict[str, OnnxValue | None] = {**model.initializers, **inputs}
        self.remarks: dict[str, list[str]] = {}
        self.learned: set[Origin] = set()
        self.buffers: set[Origin] = set()
        self.read: set[Origin] = set()
        self.quantized: set[Origin] = set()
        self.kept_in: Mapping[str, str] = {}
        """The dtypes of values that are kept as whole numbers with a scale."""
        self.apart: frozenset[str] = frozenset()
        """The tensors that several layers would have beside others: each is a layer of its own."""
        self._sources: dict[tuple[frozenset[Origin], str, FileDims], GraphTensor] = {}
        self._settled: dict[tuple[str, tuple[int, ...]], GraphTensor] = {}

    def put(
        self,
        op: OnnxNode,
        type_: str,
        settings: Settings,
        inputs: Sequence[GraphTensor],
        held: Weights = NOTHING,
        name: str = "",
    ) -> GraphTensor:
        """Put a layer behind what it reads; raise NoLayerError where it cannot take that."""
        x = [self.settle(tensor) for tensor in inputs]
        if any(tensor.batch != x[0].batch for tensor in x):
            raise NoLayerError("reads tensors whose batches stand at different dimensions")
        folds = x[0].folds if x else ()
        layer = folding(layer_of(type_, settings, "export it again"), len(folds))
        called = name or self.names.layer(op, held.learned, layer.stem)
        edges = tuple(Edge(tensor.source, tensor.shape) for tensor in x)
        edge = self.add(called, layer, edges, self._holding(held), self._dtype(op, held))
        if self.network.order[-1].dtype and any(len(known.dims) == 1 for known in held.learned):
            self.remark(_BIASES, edge.source)
        self.origins[edge.source] = f"node {'' if op.name else 'that gives '}{quote(op.called)}"
        self.learned.update(*(known.origins for known in held.learned))
        self.buffers.update(*(known.origins for known in held.buffers))
        self.read.update(*(known.origins for known in held.read))
        is_float = inputs[0].is_float or bool(held.learned)
        dims = edge.shape.dims[len(folds) :]
        made = GraphTensor(edge.source, edge.shape, dims, x[0].number, x[0].batch, None, is_float, folds=folds)
        made = made._replace(is_accumulated=any(tensor.is_accumulated for tensor in inputs))
        is_number = edge.shape.dims == NUMBER and not any(tensor.dims for tensor in inputs)
        return made._replace(dims=(), view=op) if is_number else made

    def source(self, op: OnnxNode, known: ConstantTensor, kind: str, dims: FileDims) -> GraphTensor:
        """Return a tensor of the file as a layer that reads nothing gives it; it is there once, whoever reads it."""
        key = (known.origins, kind, dims)
        if key not in self._sources:
            layer = layer_of("tensor", {"shape": dims, "kind": kind})
            held = Weights((known._replace(dims=dims),)) if kind == "parameter" else NOTHING
            one = len(known.origins) == 1
            name = self.names.tensor(op, known, layer.stem) if one else self.names.numbered(layer.stem)
            edge = self.add(name, layer, (), self._holding(held))
            self.learned.update(*(one.origins for one in held.learned))
            self._sources[key] = GraphTensor(
                edge.source, edge.shape, dims, 1, None, op if dims != edge.shape.dims else None
            )
        return self._sources[key]

    def settle(self, x: GraphTensor) -> GraphTensor:
        """Return a tensor whose layer gives the dimensions that it is seen in; where it must be, put one there."""
        if x.folds:
            return self.settle(x.unfolded()).folded()
        x = x._replace(dims=x.dims or NUMBER)
        if x.dims == x.shape.dims:
            return x
        if x.view is None:
            raise NoLayerError("needs a tensor in a layout that no earlier node gives")
        key = (x.source, x.dims)
        if key not in self._settled:
            self._settled[key] = self.put(x.view, *_regrouping(x), (x._replace(dims=x.shape.dims),))
        return self._settled[key]._replace(batch=x.batch)

    def remark(self, text: str, about: str) -> None:
        """Note what is right but not plain to see; what is said of several is told once."""
        self.remarks.setdefault(text, []).append(about)

    def _dtype(self, op: OnnxNode, held: Weights) -> str | None:
        """Return the dtype of a layer whose result and weights are kept as whole numbers, biases apart."""
        kept = self.kept_in.get(next(iter(op.outputs), ""))
        weights = (known for known in held.learned if len(known.dims) > 1)
        return kept if kept and all(known.origins <= self.quantized for known in weights) else None

    def _holding(self, held: Weights) -> Holding:
        keys = tuple(origin for known in held.learned for origin in known.origins)
        buffers = tuple(known.origins for known in held.buffers)
        return Holding(keys, True, buffers, lambda node: self._check_held(node, held), _IN_PART)

    def _check_held(self, node: Node, held: Weights) -> None:
        """Raise NoLayerError where tensors of the file are not those of a layer, each with the sizes of one of them.

        ONNX packs the gates and directions of a recurrence otherwise than PyTorch, so that only elements are compared.
        """
        layer = node.layer
        if node.shares and (type_ := self.network.nodes[node.shares].layer.type) != layer.type:
            raise NoLayerError(f"uses the tensors of {node.shares}, which is {type_}, not {layer.type}")
        needed = [tensor.shape for tensor in layer.tensors(*node.input_shapes) if tensor.learned]
        size, given, whole = sum(map(math.prod, needed)), sum(known.size for known in held.learned), _whole(held)
        packed = isinstance(layer, Recurrent)
        if not size == given == whole or not all(known.is_whole for known in (*held.learned, *held.buffers)):
            made = "" if given == whole else f", made of tensors that hold {whole:,},"
            hint = "fold what is computed of weights alone, as onnxsim and onnxruntime's optimizer do"
            raise NoLayerError(
                f"has {given:,} weights{made or ','} but {layer.type} has {size:,}", hint if made else None
            )
        file = [known.dims for known in held.learned]
        if not packed and Counter(map(_sizes, needed)) != Counter(map(_sizes, file)):
            text = " and ".join(str(list(dims)) for dims in file)
            raise NoLayerError(f"has weights of shape {text}, which do not fit {layer.type}", "export it again")


def _regrouping(x: GraphTensor) -> tuple[str, Settings]:
    """Return the layer that lays the same elements out otherwise: flatten where that is what it does."""
    given = x.shape.dims
    start = len(x.dims) - 1
    if len(x.dims) < len(given) and x.dims[:-1] == given[:start]:
        return "flatten", {"start_dim": start + 1}
    return "reshape", {"shape": x.dims}


def _sizes(dims: FileDims) -> FileDims:
    """Return the sizes of a tensor in whatever order, as exporters transpose weights and add dimensions of 1."""
    return tuple(sorted(n for n in dims if n != 1))


def _whole(held: Weights) -> int:
    return sum(origin.size for origin in frozenset().union(*(known.origins for known in held.learned)))
