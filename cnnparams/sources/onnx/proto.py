"""ModelProto -> Model: names checked, numbers read, nothing computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import Any

from cnnparams.errors import quote
from cnnparams.schema.source import STDIN
from cnnparams.sources.extra import extra
from cnnparams.sources.onnx.assembly import bracketed
from cnnparams.sources.onnx.file import fail, load_proto
from cnnparams.sources.onnx.model import (
    MOST_AXES,
    ConstantTensor,
    Declared,
    FilePort,
    Model,
    OnnxNode,
    Origin,
    Subgraph,
    Unread,
)

MOST_VALUES = 4096
"""The elements of a tensor whose values are read."""

_OLDEST_IR = 3
_STANDARD = ("", "ai.onnx")
_SCOPES = "pkg.torch.onnx.name_scopes"  # as torch.onnx.export(dynamo=True) writes it
_QUOTED = re.compile(r"'([^']*)'")
_FLOATS = ("FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16")
_NARROW_FLOATS = ("FLOAT8", "FLOAT6", "FLOAT4")
_AS_PYTORCH = {"float": "float32", "double": "float64"}
_BATCH = re.compile(r"bs|.*batch.*", re.IGNORECASE)
_FIRST = re.compile(r"n|b|bs|.*batch.*", re.IGNORECASE)  # elsewhere n is any number
_PLAIN = "biuf"  # NumPy's kinds of numbers


def read_model(path: str) -> Model:
    """Return what a file holds; raise SpecError where there is nothing to be had, or it contradicts itself."""
    proto = load_proto(path)
    graph = proto.graph
    if graph.sparse_initializer:
        fail(path, "has sparse initializers, which are not supported", "export it with dense weights")
    initializers = {tensor.name: _initializer(path, tensor) for tensor in graph.initializer}
    inputs = tuple(port for port in map(_port, graph.input) if port.name not in initializers)
    ops = tuple(_op(path, node) for node in graph.node)
    _check_names(path, [*(port.name for port in inputs), *(tensor.name for tensor in graph.initializer)], ops)
    outputs = tuple(map(_port, graph.output))
    declared = {port.name: port.dims for port in map(_port, graph.value_info) if port.dims is not None}
    name = "stdin" if path == STDIN else PurePath(path).stem
    return Model(name, _opset(path, proto), inputs, outputs, ops, initializers, declared)


def _opset(path: str, proto: Any) -> int:
    """Return the version of the standard operations; raise SpecError for one that is not known."""
    if proto.ir_version < _OLDEST_IR:
        fail(path, "has a format version older than ONNX 1.0, or none", "convert it with onnx.version_converter")
    version = max((one.version for one in proto.opset_import if one.domain in _STANDARD), default=1)
    known = extra("onnx").defs.onnx_opset_version()
    if not 1 <= version <= known:
        hint = "upgrade onnx, or export with an older opset_version"
        fail(path, f"uses opset {version}, but the installed onnx knows 1 to {known}", hint)
    return int(version)


def _check_names(path: str, given: list[str], ops: Iterable[OnnxNode]) -> None:
    """Raise SpecError where two things give a value of the same name."""
    seen: set[str] = set()
    for name in (*given, *(output for op in ops for output in op.outputs if output)):
        if name in seen:
            fail(path, f"two nodes or initializers give the value {quote(name)}", "export it again")
        seen.add(name)


def _op(path: str, node: Any) -> OnnxNode:
    attributes = {one.name: _attribute(path, node, one) for one in node.attribute}
    domain = "" if node.domain in _STANDARD else node.domain
    scope = tuple(_scope(node.metadata_props))
    captured = tuple(dict.fromkeys(name for graph in _graphs(node) for name in _captured(graph)))
    inputs, outputs = tuple(node.input), tuple(node.output)
    return OnnxNode(node.op_type, node.name, inputs, outputs, attributes, domain, scope, captured=captured)


def _graphs(node: Any) -> Iterator[Any]:
    """Yield the graphs inside of a node."""
    for attribute in node.attribute:
        yield from (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs)


def _captured(graph: Any) -> Iterator[str]:
    """Yield what a graph inside of a node reads of the values outside."""
    own = {one.name for one in (*graph.input, *graph.initializer)}
    own.update(name for node in graph.node for name in node.output)
    for node in graph.node:
        inner = (name for nested in _graphs(node) for name in _captured(nested))
        yield from (name for name in (*node.input, *inner) if name and name not in own)
    yield from (port.name for port in graph.output if port.name not in own)


def _subgraph(path: str, graph: Any) -> Subgraph:
    ops = tuple(_op(path, node) for node in graph.node)
    initializers = {tensor.name: _initializer(path, tensor) for tensor in graph.initializer}
    _check_names(path, list(initializers), ops)
    return Subgraph(ops, tuple(port.name for port in graph.output), initializers)


def _attribute(path: str, node: Any, attribute: Any) -> Any:
    """Return an attribute's value; of values that no layer has only what it is."""
    kind = attribute.AttributeType.Name(attribute.type) if attribute.type in attribute.AttributeType.values() else ""
    if kind in ("", "UNDEFINED"):
        fail(path, f"node {quote(node.name)}: the attribute {quote(attribute.name)} has no type", "export it again")
    if kind == "TENSOR":
        return _tensor(path, attribute.t)
    if kind == "GRAPH":
        return _subgraph(path, attribute.g)
    reader = _READERS.get(kind)
    return reader(attribute) if reader else Unread(kind.lower())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_READERS: dict[str, Callable[[Any], Any]] = {
    "FLOAT": lambda attribute: attribute.f,
    "INT": lambda attribute: attribute.i,
    "STRING": lambda attribute: _text(attribute.s),
    "FLOATS": lambda attribute: tuple(attribute.floats),
    "INTS": lambda attribute: tuple(attribute.ints),
    "STRINGS": lambda attribute: tuple(map(_text, attribute.strings)),
}


def _initializer(path: str, tensor: Any) -> ConstantTensor:
    known = _tensor(path, tensor)
    dtype = tensor.DataType.Name(tensor.data_type).lower()
    origin = Origin(tensor.name, known.dims, stored=True, dtype=_AS_PYTORCH.get(dtype, dtype))
    return known._replace(origins=frozenset({origin}))


def _tensor(path: str, tensor: Any) -> ConstantTensor:
    dims = tuple(tensor.dims)
    if len(dims) > MOST_AXES:
        fail(path, f"the tensor {quote(tensor.name)} has {len(dims):,} dimensions", f"{MOST_AXES} are the most")
    if any(n < 0 for n in dims):
        fail(path, f"the tensor {quote(tensor.name)} has a negative size: {bracketed(dims)}", "export it again")
    try:
        kind = tensor.DataType.Name(tensor.data_type)
    except ValueError:
        fail(path, f"the tensor {quote(tensor.name)} is of no known data type", "upgrade onnx, or export it again")
    known = ConstantTensor(dims, kind in _FLOATS or kind.startswith(_NARROW_FLOATS), None)
    is_read = known.size <= MOST_VALUES and kind != "STRING" and not kind.startswith("COMPLEX")
    return known._replace(data=_values(tensor, "f4" if known.is_float else "i8")) if is_read else known


def _values(tensor: Any, wide: str) -> Any:
    """Return the values of a small tensor, those of types that NumPy has not as `wide`; None where they are not there.

    It may hold too few or too many, or have them in another file, which is not opened.
    """
    try:
        data = extra("onnx").numpy_helper.to_array(tensor)
        return data if data.dtype.kind in _PLAIN else data.astype(wide)
    except Exception:  # whatever NumPy and onnx say
        return None


def _port(value: Any) -> FilePort:
    tensor = value.type.tensor_type
    types = extra("onnx").TensorProto.DataType
    known = tensor.elem_type in types.values() and tensor.elem_type
    dtype = types.Name(tensor.elem_type).lower() if known else None
    return FilePort(value.name, _declared(tensor), _AS_PYTORCH.get(dtype or "", dtype), _batch(tensor))


def _declared(tensor: Any) -> Declared | None:
    if not tensor.HasField("shape") or len(tensor.shape.dim) > MOST_AXES:
        return None
    return tuple(dim.dim_value if dim.dim_value > 0 else None for dim in tensor.shape.dim)


def _batch(tensor: Any) -> int | None:
    """Return the dimension that is called the batch, where it is one."""
    dims = tensor.shape.dim[:MOST_AXES]
    called = [at for at, dim in enumerate(dims) if (_BATCH if at else _FIRST).fullmatch(dim.dim_param)]
    return called[0] if len(called) == 1 else None


def _scope(properties: Iterable[Any]) -> Iterator[str]:
    """Yield the modules that a node was exported from: ['', 'layer1', 'layer1.0', 'conv2d'] -> layer1, layer1.0."""
    written = next((one.value for one in properties if one.key == _SCOPES), "")
    if isinstance(written, str):  # and not bytes, which are no text
        yield from filter(None, _QUOTED.findall(written)[:-1])
