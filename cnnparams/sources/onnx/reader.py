"""From the path of a file to its spec, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cnnparams.engine.network.graph import Graph, Port
from cnnparams.engine.network.orientation import oriented
from cnnparams.engine.network.stack import stack
from cnnparams.errors import quote, some
from cnnparams.inert import title
from cnnparams.layers.contract.shape import Shape
from cnnparams.schema.keys import INPUT
from cnnparams.sources.given import Given
from cnnparams.sources.onnx.audit import note_unheld
from cnnparams.sources.onnx.entrance import entering
from cnnparams.sources.onnx.file import fail
from cnnparams.sources.onnx.model import Port as Said
from cnnparams.sources.onnx.names import FileNames
from cnnparams.sources.onnx.net import Net
from cnnparams.sources.onnx.prepare import prepared
from cnnparams.sources.onnx.proto import read_model
from cnnparams.sources.onnx.translate import Translation
from cnnparams.sources.onnx.values import Tensor
from cnnparams.sources.reading import Reading, Totals
from cnnparams.sources.tidy import tidied


def reading(path: str, given: Sequence[Given]) -> Reading:
    """Return the spec of a file, the gaps, and what is right but not plain to see."""
    model = read_model(path)
    ops = prepared(model)
    samples = entering(path, model, ops, given)
    names = FileNames(model)
    called = {port.name: INPUT if len(samples) == 1 else names.port(port.name) for port in samples}
    ports = tuple(Port(called[port.name], called[port.name], Shape.of(dims)) for port, dims in samples.items())
    entered = (_entered(port, said) for port, said in zip(ports, samples, strict=True))
    translation = Translation(model, names, dict(zip(called, entered, strict=True)))
    net = translation.net
    net.inputs = ports
    for op in ops:
        translation.read(op)
    outputs = tuple(translation.outputs())
    if not outputs and not net.gaps:
        fail(path, "has no output that depends on its input", "export it again")
    if not net.gaps:
        note_unheld(net, ops)
    gaps = tuple(net.gaps)
    graph = Graph(title(model.name), ports, net.nodes, outputs or _last(net, ports))
    graph = graph._replace(inputs=oriented(graph))
    spec = stack(graph if gaps else tidied(graph))  # what leads nowhere may be due behind a gap
    return Reading(spec, gaps, tuple(_remarks(net)), None if gaps else _totals(net, outputs))


def _entered(port: Port, said: Said) -> Tensor:
    """Return an input as nodes see it: with as many samples as the file says, or one."""
    number = said.dims[0] if said.dims else None
    return Tensor(port.source, port.shape, port.shape.dims, number or 1, is_float=said.is_float)


def _totals(net: Net, outputs: tuple[Port, ...]) -> Totals:
    """Return what the weights of the file come to, and the tensors that they are."""
    learned = sum(origin.size for origin in net.learned)
    own = (tensor for node in net.nodes if not node.shares for tensor in node.layer.tensors(*node.input_shapes))
    tensors = Counter((tensor.shape, "trainable") for tensor in own if tensor.learned)  # ONNX tells nothing frozen
    return Totals(learned, frozen=0, outputs=tuple(port.shape.dims for port in outputs), tensors=tensors)


def _last(net: Net, ports: tuple[Port, ...]) -> tuple[Port, ...]:
    """Return the last layer as the result, where no layer gives any."""
    order = net.network.order
    return (Port("", order[-1].name, order[-1].output_shape),) if order else ports[:1]


def _remarks(net: Net) -> Iterator[str]:
    yield from (f"remark: {text}: {some(map(quote, about))}" for text, about in net.remarks.items())
