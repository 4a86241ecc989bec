"""From the path of an ONNX file to its spec: what enters, what each node is, and whether every weight is in a layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cnnparams.engine.network.graph import Graph, Port
from cnnparams.engine.network.orientation import oriented
from cnnparams.engine.network.stack import stack
from cnnparams.errors import brief, quote
from cnnparams.inert import title
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.keys import INPUT
from cnnparams.sources.assembly import simplified
from cnnparams.sources.onnx.assembly import NUMBER, GraphTensor, OnnxAssembly
from cnnparams.sources.onnx.entrance import Sample, entering
from cnnparams.sources.onnx.file import fail
from cnnparams.sources.onnx.model import ConstantTensor, FilePort, OnnxNode
from cnnparams.sources.onnx.names import FileNames
from cnnparams.sources.onnx.prepare import prepared, shared_in_part
from cnnparams.sources.onnx.proto import read_model
from cnnparams.sources.onnx.quantized import kept_in
from cnnparams.sources.onnx.translate import Translation
from cnnparams.sources.reading import Gap, ModelTotals, Reading, unsaid_dtypes


def reading(path: str, given: Sequence[InputShape]) -> Reading:
    """Return the spec of a file, the gaps, and what is right but not plain to see."""
    model = read_model(path)
    ops = prepared(model.ops, {port.name for port in model.outputs}, model.initializers)
    values = entering(path, model, ops, given)
    samples = {port: value for port, value in values.items() if isinstance(value, Sample)}
    names = FileNames(model)
    called = {port.name: INPUT if len(samples) == 1 else names.port(port.name) for port in samples}
    entered = {port.name: _entered(called[port.name], port, sample) for port, sample in samples.items()}
    numbers = {port.name: value for port, value in values.items() if isinstance(value, ConstantTensor)}
    translation = Translation(model, names, {**entered, **numbers})
    assembly = translation.assembly
    ports = tuple(Port(tensor.source, tensor.source, tensor.shape) for tensor in entered.values())
    assembly.inputs = ports
    assembly.kept_in = kept_in(ops, model.initializers)
    assembly.apart = shared_in_part(ops, model.initializers)
    for op in ops:
        translation.read(op)
    outputs = tuple(translation.outputs())
    if not outputs and not assembly.gaps:
        fail(path, "has no output that depends on its input", "export it again")
    if not assembly.gaps:
        note_unheld(assembly, translation.done)
    gaps = tuple(assembly.gaps)
    graph = Graph(title(model.name), ports, assembly.nodes, outputs or _last(assembly, ports))
    graph = graph._replace(inputs=oriented(graph))
    spec = stack(graph if gaps else simplified(graph))  # what leads nowhere may be due behind a gap
    totals = None if gaps else _totals(assembly, outputs)
    return Reading(spec, gaps, tuple(_remarks(assembly)), totals, origins=assembly.origins)


def _entered(name: str, port: FilePort, sample: Sample) -> GraphTensor:
    """Return an input as nodes see it: with as many samples as the file says, or one."""
    shape = Shape.of(sample.dims or NUMBER)
    return GraphTensor(name, shape, sample.dims, sample.number, sample.batch, is_float=port.is_float)


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
    yield from (f"warning: {text}: {_told(about)}" for text, about in assembly.remarks.items())
    yield from unsaid_dtypes({origin.dtype for origin in assembly.learned if origin.dtype and "float" in origin.dtype})


_MOST_TOLD = 2
_LONGEST_NAME = 32


def _told(about: Sequence[str]) -> str:
    """Return the first of what a remark is about, and how many more there are."""
    first = ", ".join(brief(quote(name), _LONGEST_NAME) for name in about[:_MOST_TOLD])
    more = len(about) - _MOST_TOLD
    return f"{first} and {more:,} more" if more > 0 else first


_REPORT = "internal error in cnnparams, please report it with the file"
_UNREAD = "tensors that no output depends on are not counted"


def note_unheld(assembly: OnnxAssembly, ops: Sequence[OnnxNode]) -> None:
    """Note a gap for each tensor of weights that is read and in no layer; remark on those that nothing reads."""
    read = {name for op in ops for one in (op, *op.parts) for name in one.reads}
    used = assembly.learned | assembly.buffers | assembly.read
    for name, known in assembly.stored.items():
        is_weights = known.is_float or not assembly.quantized.isdisjoint(known.origins)
        if not is_weights or not known.size:
            continue
        if name not in read:
            assembly.remark(_UNREAD, name)
        elif used.isdisjoint(known.origins):
            what = f"no layer holds the initializer {quote(name)} of {known.size:,} elements, though a node reads it"
            gap = Gap("", what, remedy=_REPORT)
            assembly.gap(assembly.names.numbered("gap"), "onnx.initializer", gap=gap, parameters=known.size)
