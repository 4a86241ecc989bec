"""An ONNX file's nodes -> layers, one by one; a gap where a node does what no layer does, or is not what ONNX says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from cnnparams.engine.network.graph import Port
from cnnparams.errors import brief, quote
from cnnparams.layers.contract.shape import MOST_ELEMENTS
from cnnparams.schema.structures import Edge
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.extra import extra
from cnnparams.sources.onnx.assembly import (
    CUT,
    GraphTensor,
    KnownResult,
    OnnxAssembly,
    OnnxValue,
    UnsaidError,
    bracketed,
)
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.fold import fold_constants
from cnnparams.sources.onnx.inference import constant_results, inferred_results
from cnnparams.sources.onnx.model import ConstantTensor, Declared, Model, OnnxNode, Subgraph, Unread
from cnnparams.sources.onnx.names import FileNames, path_of, safe
from cnnparams.sources.onnx.operands import given, opaque
from cnnparams.sources.onnx.ops import Results, translator_of
from cnnparams.sources.onnx.prepare import prepared
from cnnparams.sources.reading import Gap

_AT_RUN_TIME = "export it with fixed sizes, so that nothing is decided at run time"
_PRODUCTS = ("Gemm", "Linear", "MatMul")
_MULTIPLIES = (
    *("AffineGrid", "CausalConvWithState", "DeformConv", "Einsum", "If", "LinearAttention", "Loop"),
    *("Scan", "SequenceMap"),
)
"""Operations of ONNX that multiply matrices, learn, or have a graph inside, and that no layer does."""
_REMEDIES = {"If": _AT_RUN_TIME, "Loop": _AT_RUN_TIME, "Scan": _AT_RUN_TIME}
_QUANTIZED = "import the network as it was before it was quantized"
_LEFT_OUT = "layers that follow an unsupported node are left out where the file does not declare their input shapes"
_AGAIN = "the file contradicts itself: export it again"
_NOT_GIVEN = "no layer gives that result: cut the file before it with onnx.utils.extract_model, or do without it"
_CHECK = "python -c 'import onnx; onnx.checker.check_model(FILE)' says whether the file is right; if it is, report this"
_DECLARED = "the file declares the wrong dimensions for these values; runtimes ignore that"


class Translation:
    """A network read node by node; what depends on a gap is left out, unless the file declares what the gap gives."""

    def __init__(self, model: Model, names: FileNames, inputs: Mapping[str, OnnxValue]) -> None:
        self.assembly = OnnxAssembly(model, names, inputs)
        self.done: list[OnnxNode] = []
        """The nodes that were read: of an If those of the branch that is taken."""
        self._lost: set[str] = set()
        self._refused: dict[str, str] = {}
        self._makers: dict[str, OnnxNode] = {}
        self._declared = {**model.declared, **{port.name: port.dims for port in model.outputs if port.dims}}

    def read(self, op: OnnxNode) -> None:
        """Translate a node."""
        if (branch := self._branch(op)) is not None:
            self._inline(op, branch)
            return
        self.done.append(op)
        if not self._lost.isdisjoint(op.reads):
            self._lost.update(filter(None, op.outputs))
            self.assembly.remark(_LEFT_OUT, op.written)
            return
        try:
            self._check_inputs(op)
            self._use_up(op)
            self._keep(op, self._results(op))
        except NoLayerError as error:
            if len(op.parts) < 2:
                self._refuse(op, error)
            for part in op.parts if len(op.parts) > 1 else ():  # nodes that are no layer together may be layers each
                self.read(part)

    def _results(self, op: OnnxNode) -> Results:
        """Return what a node gives; of a step that no layer says no more is known than that."""
        call = NodeContext(op, self.assembly)
        try:
            return _results(call)
        except UnsaidError as error:
            names = [name for name in op.outputs if name]
            results = {names[0]: error.gives} if error.gives and len(names) == 1 else self._inferred(op)
            if not all(name in results for name in names):
                raise
            return [opaque(call, results[name]) if name else None for name in op.outputs]

    def _branch(self, op: OnnxNode) -> Subgraph | None:
        """Return the branch that is taken, where it is known without running the network."""
        if op.kind != "If" or op.domain or not op.inputs:
            return None
        condition = self.assembly.values.get(op.inputs[0])
        if not isinstance(condition, ConstantTensor) or condition.data is None or condition.size != 1:
            return None
        self.assembly.read.update(condition.origins)
        branch = op.attributes.get("then_branch" if condition.data.item() else "else_branch")
        if not isinstance(branch, Subgraph) or len(branch.outputs) != len(op.outputs) or not self._is_apart(branch):
            return None
        return branch

    def _is_apart(self, graph: Subgraph) -> bool:
        """Tell whether a graph inside of a node gives its values other names than those around it, as it must."""
        given = {*graph.initializers, *(name for op in graph.ops for name in op.outputs if name)}
        return given.isdisjoint(self.assembly.values) and given.isdisjoint(self._lost)

    def _inline(self, op: OnnxNode, branch: Subgraph) -> None:
        """Translate the nodes of a branch in the place of an If."""
        assembly = self.assembly
        assembly.stored.update(branch.initializers)
        assembly.values.update(branch.initializers)
        given = {outer: inner for outer, inner in zip(op.outputs, branch.outputs, strict=True) if outer}
        known = {name: value for name, value in assembly.values.items() if isinstance(value, ConstantTensor)}
        for inner in prepared(branch.ops, given.values(), known):
            self.read(inner)
        for outer, inner_name in given.items():
            if inner_name in assembly.values:
                assembly.values[outer] = assembly.values[inner_name]
            elif inner_name in self._refused:
                self._refused[outer] = self._refused[inner_name]
            elif inner_name in self._lost:
                self._lost.add(outer)
            if inner_name in self._makers:
                self._makers[outer] = self._makers[inner_name]

    def outputs(self) -> Iterator[Port]:
        """Yield the results, each once; note a gap for one that no layer gives."""
        seen = set[str]()
        for port in self.assembly.model.outputs:
            value = self.assembly.values.get(port.name)
            if (
                isinstance(value, GraphTensor)
                and (found := self._settled(port.name, value))
                and found.source not in seen
            ):
                seen.add(found.source)
                yield Port(port.name, found.source, found.shape)
            elif isinstance(value, ConstantTensor):
                self.assembly.remark("outputs that do not depend on the input are left out", port.name)
                self.assembly.read.update(value.origins)
            elif value is None and port.name not in self._lost:
                what, remedy = self._why(port.name)
                gap = Gap("", f"the output {quote(port.name)} {what}", remedy=remedy)
                self.assembly.gap(self.assembly.names.numbered("gap"), "onnx.output", gap=gap)

    def _settled(self, name: str, value: GraphTensor) -> GraphTensor | None:
        try:
            return self.assembly.settle(value.with_batch(self._makers[name]) if name in self._makers else value)
        except NoLayerError as error:
            if value.view:
                self._refuse(value.view, error)
            return None

    def _check_inputs(self, op: OnnxNode) -> None:
        for name in op.reads:
            if name and name not in self.assembly.values:
                what, remedy = self._why(name)
                raise NoLayerError(f"reads {quote(name)}, which {what}", remedy)

    def _use_up(self, op: OnnxNode) -> None:
        """Note what was read of nodes that are one layer together: the numbers by which they are known."""
        for name in {name for part in op.parts for name in part.inputs} - {*op.inputs}:
            if isinstance(value := self.assembly.values.get(name), ConstantTensor):
                self.assembly.read.update(value.origins)

    def _why(self, name: str) -> tuple[str, str]:
        """Return why a value is not there, and what to do about it."""
        if name in self._refused:
            return self._refused[name], _NOT_GIVEN
        return "nothing before it gives", _AGAIN

    def _keep(self, op: OnnxNode, results: Results) -> None:
        """Note what a node gives; raise NoLayerError where sizes of it are not what the file says."""
        values = results if isinstance(results, list) else [results]
        for i, name in enumerate(op.outputs):
            value = values[i] if i < len(values) else None
            if not name:
                continue
            if isinstance(value, GraphTensor):
                value = value.unfolded()
            if value is None:
                self._refused[name] = f"is the output {i} of {_called(op)}, which no layer gives"
                continue
            self._check_declared(op, name, value)
            self.assembly.values[name], self._makers[name] = value, op

    def _check_declared(self, op: OnnxNode, name: str, value: OnnxValue) -> None:
        """Remark on a tensor that the file declares to have other sizes; those of the batch are free.

        onnxruntime goes by what nodes give, and only warns where a file is stale. Raise NoLayerError where onnx infers
        other sizes too: these are then a fault of ours.
        """
        declared = self._declared.get(name)
        if declared is None or isinstance(value, ConstantTensor):
            return
        own = [n for at, n in enumerate(value.full) if at != value.batch]
        said = [n for at, n in enumerate(declared) if at != value.batch]
        if len(value.full) == len(declared) and all(b in (None, a) for a, b in zip(own, said, strict=True)):
            return
        inferred = self._inferred(op).get(name)
        if inferred and inferred.dims != value.dims:
            expected = ["?" if n is None else n for n in declared]
            raise NoLayerError(f"gives {bracketed(value.full)}, but the file declares {bracketed(expected)}", _CHECK)
        self.assembly.remark(_DECLARED, name)

    def _refuse(self, op: OnnxNode, error: NoLayerError) -> None:
        """Note a gap, and put what marks it; go on behind it where it is known what the node gives."""
        read = [x for name in op.reads if isinstance(x := self.assembly.values.get(name), GraphTensor)]
        names = [name for name in op.outputs if name]
        gives = error.gives or self._given(op, read, names[0]) if len(names) == 1 else None
        edges = tuple(Edge(x.source, x.shape) for x in read)
        kind = f"{op.written} {error.what}"
        gap = Gap(path_of(op) or "", f"{_called(op)} {error.what}", remedy=error.remedy, kind=kind)
        dims = (gives and gives.dims) or None
        entry = self.assembly.gap(self.assembly.names.layer(op, (), "gap"), _type_of(op), edges, gap=gap, gives=dims)
        if gives:
            self.assembly.values[names[0]] = self._behind(entry, op, gives)
        else:
            self._lost.update(names)

    def _given(self, op: OnnxNode, read: list[GraphTensor], name: str) -> KnownResult | None:
        """Return what a node gives that no layer does: as the file declares it, or else as onnx infers it."""
        return _sample(read, self._declared.get(name)) or self._inferred(op).get(name)

    def _inferred(self, op: OnnxNode) -> Mapping[str, KnownResult]:
        return inferred_results(op, NodeContext(op, self.assembly).inputs(), self.assembly.model.opset)

    def _behind(self, entry: str, op: OnnxNode, gives: KnownResult) -> GraphTensor:
        """Return what a node gives that no layer does."""
        dims, number, batch, is_float = gives
        shape = self.assembly.network.nodes[entry].output_shape
        return GraphTensor(entry, shape, dims, number, batch, None if dims else op, is_float)


def _results(call: NodeContext) -> Results:
    """Return what a node gives."""
    op = call.op
    values = [call.value(i) for i in range(len(op.inputs)) if call.has(i)]
    known = [value for value in values if isinstance(value, ConstantTensor)]
    if op.domain:
        raise NoLayerError(f"is an operation of {quote(op.domain)}, not of ONNX itself", _remedy(call))
    for part in op.parts or (op,):
        check_signature(part, call.assembly.model.opset)
    if values and len(known) == len(values):
        return _of_constants(call, known)
    return _translated(call)


def _of_constants(call: NodeContext, known: Sequence[ConstantTensor]) -> Results:
    """Return what is worked out from tensors of the file; of what no arithmetic here does only the sizes."""
    folded = fold_constants(call.op, known)
    if folded is not None:
        call.assembly.read.update(*(one.origins - folded.origins for one in known))
        return folded
    if call.op.kind in _PRODUCTS:
        return _translated(_with_source(call))
    try:
        return _translated(call)
    except NoLayerError:
        sizes = constant_results(call.op, call.inputs(), call.assembly.model.opset)
        if not sizes:
            raise
        return [sizes.get(name) for name in call.op.outputs]


def _with_source(call: NodeContext) -> NodeContext:
    """Return a product of constants with weights as one whose first factor enters the graph: it counts once.

    So are biases of relative positions worked out, of which the offsets are a constant (Swin Transformer V2).
    """
    name = f"{call.op.called}:entering"
    call.assembly.values[name] = given(call, call.known(0))
    return call._replace(op=call.op._replace(inputs=(name, *call.op.inputs[1:])))


def _translated(call: NodeContext) -> Results:
    is_one = bool(call.op.parts) or extra("onnx").defs.has(call.op.kind)
    translator = translator_of(call.op.kind) if is_one else None
    if translator is None:
        if is_one and call.op.kind not in _MULTIPLIES:
            raise UnsaidError("has no matching layer type")
        at_run_time = call.op.kind in _REMEDIES
        raise NoLayerError(
            "is decided when the network runs" if at_run_time else "has no matching layer type", _remedy(call)
        )
    try:
        return translator(call)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {brief(' '.join(str(error).split()))}"
        raise NoLayerError(f"has inputs or attributes that do not go together ({what})", _CHECK) from error


def _remedy(call: NodeContext) -> str:
    op, numbers = call.op, [port.name for port in call.assembly.model.inputs if port.dims in ((), (1,))]
    if op.kind == "If" and numbers:
        return f"give the number that decides: --input {numbers[0]}=NUMBER"
    quantized = op.kind.startswith(("QLinear", "Quantize", "Dequantize", "DynamicQuantize")) or "Integer" in op.kind
    return _QUANTIZED if quantized else _REMEDIES.get(op.kind, CUT)


def _sample(read: list[GraphTensor], declared: Declared | None) -> KnownResult | None:
    """Return the dimensions of a sample as a file declares them; None where it does not, or not with the batch."""
    is_first = declared is not None and declared[:1] in ((None,), *((x.number,) for x in read[:1]))
    if not read or declared is None or not is_first or any(x.batch != 0 for x in read):
        return None
    dims = tuple(n for n in declared[1:] if n is not None)
    is_known = len(dims) == len(declared) - 1 and math.prod(dims) <= MOST_ELEMENTS
    return KnownResult(dims, read[0].number) if is_known else None


def _type_of(op: OnnxNode) -> str:
    """Return what stands for a node in a spec: its operation, with a dot, which no layer type has."""
    return safe([*(op.domain or "onnx").split("."), op.written]) or "onnx.unnamed"


def _called(op: OnnxNode) -> str:
    """Return what messages call a node."""
    if op.name:
        return f"node {quote(op.name)} ({quote(op.written)[1:-1]})"
    output = next(filter(None, op.outputs), "")
    return f"the {quote(op.written)[1:-1]} that gives {quote(output)}"


_TYPES: dict[type, str] = {float: "FLOAT", int: "INT", str: "STRING", ConstantTensor: "TENSOR"}
_READ = frozenset(_TYPES.values())


def check_signature(op: OnnxNode, opset: int) -> None:
    """Raise NoLayerError where a node is not what the operation of its name must be, in that version of ONNX."""
    schema = _schema(op.kind, opset)
    if schema is None or schema.deprecated:
        return
    problem = _inputs(op, schema) or _attributes(op, schema)
    if problem:
        raise NoLayerError(problem, "export it again")


def _inputs(op: OnnxNode, schema: Any) -> str | None:
    """Return what is wrong with the inputs and outputs of a node."""
    for i, formal in enumerate(schema.inputs[: schema.min_input]):
        if i >= len(op.inputs) or (not op.inputs[i] and formal.option.name == "Single"):
            return f"is missing its input {i}"
    for what, names, most in (("inputs", op.inputs, schema.max_input), ("outputs", op.outputs, schema.max_output)):
        if len(names) > most:
            return f"has {len(names)} {what}, but its operation takes at most {most}"
    return None


def _attributes(op: OnnxNode, schema: Any) -> str | None:
    """Return what is wrong with the attributes of a node."""
    for name, attribute in schema.attributes.items():
        if name in op.attributes and not _is_of(attribute.type.name, op.attributes[name]):
            return f"has a {name} of a wrong type: {_name(op.attributes[name])}"
        if attribute.required and name not in op.attributes:
            return f"is missing its {name}"
    return None


@cache
def _schema(kind: str, opset: int) -> Any:
    """Return what onnx says of an operation in a version, or else in the newest; None where it does not know it."""
    defs = extra("onnx").defs
    try:
        return defs.get_schema(kind, opset, "")
    except defs.SchemaError:
        return defs.get_schema(kind) if defs.has(kind) else None


def _is_of(wanted: str, value: Any) -> bool:
    """Tell whether an attribute's value is of a type."""
    if isinstance(value, Unread | Subgraph):
        return wanted.removesuffix("S") not in _READ or value.kind.upper() == wanted
    if type(value) is tuple:  # and not a tensor, which is a named tuple
        return wanted.endswith("S") and all(_TYPES[type(one)] == wanted[:-1] for one in value)
    return _TYPES[type(value)] == wanted


def _name(value: Any) -> str:
    return value.kind if isinstance(value, Unread | Subgraph) else _TYPES.get(type(value), "list").lower()
