"""From the path of an ONNX file to its spec: what enters, what each node is, and whether every weight is in a layer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from cnnparams.engine.network.graph import Graph, Port
from cnnparams.engine.network.orientation import oriented
from cnnparams.engine.network.stack import stack
from cnnparams.errors import quote, some
from cnnparams.inert import title
from cnnparams.layers.contract.shape import MOST_ELEMENTS, Shape
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.keys import INPUT
from cnnparams.sources.assembly import simplified
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxAssembly
from cnnparams.sources.onnx.file import fail
from cnnparams.sources.onnx.model import Declared, FileDims, FilePort, Model, OnnxNode
from cnnparams.sources.onnx.names import FileNames
from cnnparams.sources.onnx.ops.recurrent import steps_of
from cnnparams.sources.onnx.prepare import prepared
from cnnparams.sources.onnx.proto import read_model
from cnnparams.sources.onnx.translate import Translation
from cnnparams.sources.reading import Gap, ModelTotals, Reading, unsaid_dtypes


def reading(path: str, given: Sequence[InputShape]) -> Reading:
    """Return the spec of a file, the gaps, and what is right but not plain to see."""
    model = read_model(path)
    ops = prepared(model)
    samples = input_samples(path, model, ops, given)
    names = FileNames(model)
    called = {port.name: INPUT if len(samples) == 1 else names.port(port.name) for port in samples}
    ports = tuple(Port(called[port.name], called[port.name], Shape.of(dims)) for port, dims in samples.items())
    entered = (_entered(port, said) for port, said in zip(ports, samples, strict=True))
    translation = Translation(model, names, dict(zip(called, entered, strict=True)))
    assembly = translation.assembly
    assembly.inputs = ports
    for op in ops:
        translation.read(op)
    outputs = tuple(translation.outputs())
    if not outputs and not assembly.gaps:
        fail(path, "has no output that depends on its input", "export it again")
    if not assembly.gaps:
        note_unheld(assembly, ops)
    gaps = tuple(assembly.gaps)
    graph = Graph(title(model.name), ports, assembly.nodes, outputs or _last(assembly, ports))
    graph = graph._replace(inputs=oriented(graph))
    spec = stack(graph if gaps else simplified(graph))  # what leads nowhere may be due behind a gap
    totals = None if gaps else _totals(assembly, outputs)
    return Reading(spec, gaps, tuple(_remarks(assembly)), totals, origins=assembly.origins)


def _entered(port: Port, said: FilePort) -> GraphTensor:
    """Return an input as nodes see it: with as many samples as the file says, or one."""
    number = said.dims[said.batch] if said.dims else None
    return GraphTensor(port.source, port.shape, port.shape.dims, number or 1, said.batch, is_float=said.is_float)


def _totals(assembly: OnnxAssembly, outputs: tuple[Port, ...]) -> ModelTotals:
    """Return what the weights of the file come to, and the tensors that they are."""
    learned = sum(origin.size for origin in assembly.learned)
    own = (tensor for node in assembly.nodes if not node.shares for tensor in node.layer.tensors(*node.input_shapes))
    tensors = Counter((tensor.shape, "trainable") for tensor in own if tensor.learned)  # ONNX tells nothing frozen
    return ModelTotals(learned, frozen=0, outputs=tuple(port.shape.dims for port in outputs), tensors=tensors)


def _last(assembly: OnnxAssembly, ports: tuple[Port, ...]) -> tuple[Port, ...]:
    """Return the last layer as the result, where no layer gives any."""
    order = assembly.network.order
    return (Port("", order[-1].name, order[-1].output_shape),) if order else ports[:1]


def _remarks(assembly: OnnxAssembly) -> Iterator[str]:
    yield from (f"warning: {text}: {some(map(quote, about))}" for text, about in assembly.remarks.items())
    yield from unsaid_dtypes({origin.dtype for origin in assembly.learned if origin.dtype})


_TYPICAL = 224


def input_samples(
    path: str, model: Model, ops: Sequence[OnnxNode], given: Sequence[InputShape]
) -> dict[FilePort, FileDims]:
    """Return the inputs that matter, each with the dimensions of a sample: the file's, or those that are given.

    Raise SpecError where the file leaves them open, or says otherwise.
    """
    read = {name for op in ops for name in op.reads} | {port.name for port in model.outputs}
    ports = [port._replace(batch=_batch_of(port, ops)) for port in model.inputs if port.name in read]
    if not ports:
        fail(path, "has no input that its outputs depend on", "export it again")
    matched = _matched(path, [port.name for port in ports], given)
    return {port: _sample(path, port, matched.get(port.name), alone=len(ports) == 1) for port in ports}


def _batch_of(port: FilePort, ops: Sequence[OnnxNode]) -> int:
    """Return which dimension is the batch: the first; behind the steps where recurrent nodes alone read it so."""
    readers = [op for op in ops if port.name in op.reads]
    return int((port.dims is None or len(port.dims) == 3) and all(steps_of(op) == port.name for op in readers))


def _matched(path: str, names: list[str], given: Sequence[InputShape]) -> dict[str, InputShape]:
    """Return the sizes that are given, by the names of inputs: where none is said, in order."""
    named = {each.name: each for each in given if each.name}
    others = [each for each in given if not each.name]
    rest = [name for name in names if name not in named]
    called = f"{len(names)} input{'s' if len(names) > 1 else ''} ({some(map(quote, names))})"
    if unknown := next((name for name in named if name not in names), None):
        fail(path, f"has {called}, and none is {quote(unknown)}", "check the name")
    if others and len(others) != len(rest):
        fail(path, f"has {called}, not {len(given)}", "give --input once for each, in this order, or by name")
    return {**named, **dict(zip(rest, others, strict=False))}


def _sample(path: str, port: FilePort, said: InputShape | None, *, alone: bool) -> FileDims:
    """Return the dimensions of a sample of an input, which may be the only one."""
    called, declared, given = f"its input {quote(port.name)}", port.dims, said.dims if said else None
    if said and said.dtype and port.dtype not in (None, said.dtype):
        fail(path, f"{called} holds {port.dtype}, not {said.dtype}", "leave out the type: the file declares it")
    if declared is None and given is not None:
        declared = (None,) * (len(given) + 1)
    if declared is None:
        fail(path, f"does not declare the shape of {called}", "give the shape of one sample, such as --input 3x224x224")
    if len(declared) < 2:
        hint = "export it with the batch as first dimension, and another"
        fail(path, f"{called} has no dimension besides the batch", hint)
    sizes = (*declared[: port.batch], *declared[port.batch + 1 :])
    if given is not None and not _fits(sizes, given):
        fail(
            path,
            f"{called} is {_text(sizes)} without the batch, not {_text(given)}",
            "give a shape that fits, or leave out --input",
        )
    sample = tuple(n for n in given or sizes if n is not None)
    if len(sample) != len(sizes):
        example = ("" if alone else f"{port.name}=") + _text(tuple(n or _TYPICAL for n in sizes))
        fail(path, f"leaves sizes of {called} open: {_text(sizes)}", f"give the shape of one sample: --input {example}")
    if math.prod(sample) > MOST_ELEMENTS:
        fail(path, f"{called} has more elements than 64 bits can count", "check the file")
    return sample


def _fits(sizes: Declared, given: FileDims) -> bool:
    """Tell whether sizes are those that a file declares, as far as it does."""
    return len(sizes) == len(given) and all(a in (None, b) for a, b in zip(sizes, given, strict=True))


def _text(sizes: Declared) -> str:
    return "x".join("?" if n is None else str(n) for n in sizes)


_REPORT = "internal error in cnnparams, please report it with the file"
_UNREAD = "tensors that no output depends on are not counted"


def note_unheld(assembly: OnnxAssembly, ops: Sequence[OnnxNode]) -> None:
    """Note a gap for each tensor of weights that is read and in no layer; remark on those that nothing reads."""
    read = {name for op in ops for one in (op, *op.parts) for name in one.reads}
    used = assembly.learned | assembly.buffers | assembly.read
    for name, known in assembly.model.initializers.items():
        is_weights = known.is_float or not assembly.quantized.isdisjoint(known.origins)
        if not is_weights or not known.size:
            continue
        if name not in read:
            assembly.remark(_UNREAD, name)
        elif used.isdisjoint(known.origins):
            what = f"no layer holds the initializer {quote(name)} of {known.size:,} elements, though a node reads it"
            gap = Gap("", what, remedy=_REPORT)
            assembly.gap(assembly.names.numbered("gap"), "onnx.initializer", gap=gap, parameters=known.size)
