"""ONNX files drawn at random: operations whose inputs, attributes and tensors may be right, and may be anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from onnx import AttributeProto, ModelProto, TensorProto, defs, helper, numpy_helper

from cnnparams.sources.onnx.ops import FAMILIES, _translators, translator_of

Draw = Any
_ODD_TYPES = [0, 2, 3, 6, 7, 8, 9, 10, 11, 14, 16, 17, 21, 22, 23]
_HUGE = [2**31, 2**40, 2**62, 2**63 - 1]
_LENGTHS = st.lists(st.sampled_from([1, 2, 3, 4, 8]), max_size=5)
_USUAL = [
    [4],
    [1],
    [],
    [4, 4, 3, 3],
    [4, 1, 3, 3],
    [4, 4, 3],
    [4, 8],
    [8, 4],
    [8],
    [4, 1, 1],
    [1, 4, 8, 8],
    [1, 12, 8],
    [1, 12, 4],
    [2, 4, 8],
    [1, 24],
]
_INTS = st.sampled_from([-(2**63), -3, -2, -1, 0, 1, 2, 3, 4, 7, 9, 2**31, 2**63 - 1])
_REALS = st.floats(width=32)
_TEXTS = st.sampled_from(
    ["", "NOTSET", "SAME_UPPER", "VALID", "linear", "reflect", "edge", "bidirectional", "Tanh", "\x1b"]
)
_ENTERING = [[1, 4, 8, 8], [1, 4, 8], [2, 8], ["n", 4, 8, 8], [1], [], [1, 0], [1, 4, 2**62, 2**62]]
_VALUES: dict[int, tuple[str, st.SearchStrategy[Any]]] = {
    AttributeProto.FLOAT: ("f", _REALS),
    AttributeProto.INT: ("i", _INTS),
    AttributeProto.STRING: ("s", _TEXTS.map(str.encode)),
    AttributeProto.FLOATS: ("floats", st.lists(_REALS, max_size=5)),
    AttributeProto.INTS: ("ints", st.lists(_INTS | st.integers(0, 3), max_size=6)),
    AttributeProto.STRINGS: ("strings", st.lists(_TEXTS.map(str.encode), max_size=3)),
}
_OTHERS = [
    "If",
    "Loop",
    "Scan",
    "Einsum",
    "TopK",
    "NonZero",
    "SequenceAt",
    "SplitToSequence",
    "QLinearConv",
    "NoSuchOp",
]
_STANDARD = ("Relu", "Conv", "MatMul", "Gemm", "Add", "Mul", "Reshape", "Transpose", "Concat", "BatchNormalization")


def kinds() -> list[str]:
    """Return the operations that are known, those that networks are made of more than once, and some others."""
    translator_of("Conv")
    assert FAMILIES
    return sorted({kind for kind in _translators if defs.has(kind)}) + _OTHERS + list(_STANDARD) * 5


@st.composite
def tensors(draw: Draw, name: str) -> Any:
    """Draw a tensor of numbers; also one of an odd type, without its values, elsewhere, or of impossible sizes."""
    dims = draw(st.sampled_from(_USUAL) | _LENGTHS)
    match draw(st.integers(0, 15)):
        case 0:
            dims = [*dims, draw(st.sampled_from([0, *_HUGE]))]
            return TensorProto(name=name, dims=dims, data_type=draw(st.sampled_from([1, 7])))
        case 1:
            return TensorProto(name=name, dims=dims, data_type=draw(st.sampled_from(_ODD_TYPES)), raw_data=b"\1" * 8)
        case 2:
            away = TensorProto(name=name, dims=dims, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
            away.external_data.add(key="location", value="../../../../etc/passwd")
            return away
        case 3 | 4 | 5:
            numbers = draw(st.lists(_INTS, max_size=5))
            return numpy_helper.from_array(np.asarray(numbers, np.int64), name)
        case _:
            value = np.full(dims, draw(st.sampled_from([0.0, 0.5, 1.0, 6.0, np.nan, np.inf])), np.float32)
            return numpy_helper.from_array(value, name)


@st.composite
def attributes(draw: Draw, name: str, kind: int, depth: int) -> Any:
    """Draw an attribute, of its type or of another."""
    if draw(st.integers(0, 9)) == 0:
        kind = draw(st.integers(0, 14))
    made = AttributeProto(name=name, type=kind)
    if kind in _VALUES:
        field, values = _VALUES[kind]
        made.MergeFrom(AttributeProto(**{field: draw(values)}))
    elif kind == AttributeProto.TENSOR:
        made.t.CopyFrom(draw(tensors("inner")))
    elif kind == AttributeProto.GRAPH:
        made.g.CopyFrom(draw(graphs(depth + 1)))
    return made


@st.composite
def nodes(draw: Draw, names: list[str], at: int, depth: int) -> Any:
    """Draw a node that reads some of these names, nothing, or what is not there."""
    kind = draw(st.sampled_from(kinds()))
    schema = defs.get_schema(kind) if defs.has(kind) else None
    least, most = (schema.min_input, max(schema.min_input, min(schema.max_input, 6))) if schema else (0, 3)
    number = draw(st.integers(least, most) if draw(st.integers(0, 9)) else st.integers(0, 9))
    reads = st.sampled_from([*names[-3:], *names]) | st.sampled_from(["", "nowhere", f"v{at}", f"v{at + 1}"])
    chain = [name for name in names if name[0] != "w"][-3:]
    others = [name for name in names if name[0] == "w"] or chain
    usual = [st.sampled_from(chain if i == 0 or draw(st.integers(0, 3)) == 0 else others) for i in range(number)]
    read = [draw(one if draw(st.integers(0, 15)) else reads) for one in usual]
    gives = [f"v{at}"] if draw(st.integers(0, 7)) else draw(_odd_outputs(f"v{at}"))
    made = helper.make_node(kind, read, gives, domain=draw(st.sampled_from([""] * 30 + ["ai.onnx", "my.ops"])))
    for name, attribute in (schema.attributes if schema else {}).items():
        if depth < 2 and (attribute.required or draw(st.booleans())) and draw(st.integers(0, 15)):
            made.attribute.append(draw(attributes(name, getattr(AttributeProto, attribute.type.name), depth)))
    return made


def _odd_outputs(name: str) -> st.SearchStrategy[list[str]]:
    return st.sampled_from([[], [""], ["x"], ["", name], [name, "more"]])


@st.composite
def graphs(draw: Draw, depth: int = 0) -> Any:
    """Draw a graph of a few nodes one after another."""
    graph = helper.make_graph([], "graph", [], [])
    dims = draw(
        st.sampled_from([[1, 4, 8, 8], [1, 4, 8], [2, 8], ["n", 4, 8, 8], [1], [], [1, 0], [1, 4, 2**62, 2**62]])
    )
    kind = draw(st.sampled_from([1] * 8 + [7, 9, 0, 99]))
    if not depth:
        graph.input.append(helper.make_tensor_value_info("x", kind, dims))
    names = ["x"] * 3
    for i in range(draw(st.integers(0, 4))):
        graph.initializer.append(draw(tensors(f"w{i}")))
        names.append(f"w{i}")
    for at in range(draw(st.integers(1, 6))):
        graph.node.append(draw(nodes(names, at, depth)))
        names.append(f"v{at}")
    for name in draw(st.lists(st.sampled_from(names[-3:]), min_size=1, max_size=2)):
        graph.output.append(helper.make_tensor_value_info(name, 1, draw(st.none() | _LENGTHS)))
    for name in draw(st.lists(st.sampled_from(names), max_size=2)):
        graph.value_info.append(helper.make_tensor_value_info(name, 1, draw(_LENGTHS)))
    return graph


@st.composite
def files(draw: Draw) -> Any:
    """Draw a file."""
    opset = draw(st.sampled_from([1, 7, 9, 11, 13, 17, 18, 20, 21]))
    return helper.make_model(draw(graphs()), opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


@st.composite
def spoiled(draw: Draw, valid: list[Any]) -> Any:
    """Draw a file that is right but for one to three things."""
    model = ModelProto.FromString(draw(st.sampled_from(valid)))
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(_SPOILS))(draw, model.graph)
    return model


def _spoil_inputs(draw: Draw, graph: Any) -> None:
    """Leave out, repeat, exchange or invent what a node reads."""
    node = draw(st.sampled_from(list(graph.node)))
    names = [one.name for one in (*graph.input, *graph.initializer)] + [
        name for one in graph.node for name in one.output
    ]
    read = list(node.input)
    at = draw(st.integers(0, len(read)))
    read[at : at + draw(st.integers(0, 1))] = draw(st.lists(st.sampled_from(["", "nowhere", *names]), max_size=2))
    node.input[:] = read


def _spoil_outputs(draw: Draw, graph: Any) -> None:
    node = draw(st.sampled_from(list(graph.node)))
    node.output[:] = draw(st.permutations([*node.output, draw(st.sampled_from(["", "x", "y", "more"]))]))


def _spoil_attributes(draw: Draw, graph: Any) -> None:
    """Take an attribute away, or give one another value or type."""
    node = draw(st.sampled_from(list(graph.node)))
    schema = defs.get_schema(node.op_type) if defs.has(node.op_type) else None
    known = {name: getattr(AttributeProto, one.type.name) for name, one in schema.attributes.items()} if schema else {}
    name = draw(st.sampled_from(sorted(known) or ["axis"]))
    kept = [one for one in node.attribute if one.name != name]
    del node.attribute[:]
    node.attribute.extend(kept)
    if draw(st.booleans()):
        node.attribute.append(draw(attributes(name, known.get(name, AttributeProto.INT), 1)))


def _spoil_tensors(draw: Draw, graph: Any) -> None:
    """Put another tensor, another shape or another type in the place of one of the file's."""
    if not graph.initializer:
        return
    tensor = draw(st.sampled_from(list(graph.initializer)))
    match draw(st.integers(0, 3)):
        case 0:
            tensor.CopyFrom(draw(tensors(tensor.name)))
        case 1:
            tensor.dims[:] = draw(st.permutations(tensor.dims))
        case 2:
            tensor.dims[:] = draw(_LENGTHS)
        case _:
            tensor.data_type = draw(st.sampled_from(_ODD_TYPES))


def _spoil_ports(draw: Draw, graph: Any) -> None:
    """Declare other sizes or another type."""
    port = draw(st.sampled_from([*graph.input, *graph.output]))
    kind = draw(st.sampled_from([1, 1, 6, 7, 9]))
    dims = st.sampled_from(_USUAL) | st.lists(st.sampled_from([1, 2, 4, 8, "n", 0, 2**40]), max_size=5)
    port.CopyFrom(helper.make_tensor_value_info(port.name, kind, draw(dims)))


_SPOILS = (
    _spoil_inputs,
    _spoil_inputs,
    _spoil_outputs,
    _spoil_attributes,
    _spoil_attributes,
    _spoil_tensors,
    _spoil_ports,
)
