"""A file of the right form that says what cannot be is told what is wrong with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from tests.sources.onnx.hostile import SMALL, told
from tests.sources.onnx.models import node, save


def with_opset(version: int) -> Callable[[Any], None]:
    def change(proto: Any) -> None:
        proto.opset_import[0].version = version

    return change


def cycle(proto: Any) -> None:
    proto.graph.node[0].input[0] = "y"


def repeated(proto: Any) -> None:
    proto.graph.node[1].output[0] = "a"


def negative(proto: Any) -> None:
    proto.graph.initializer[0].dims[0] = -4


def huge(proto: Any) -> None:
    proto.graph.initializer[0].dims[:] = [2**62, 3, 3, 3]


def looped(proto: Any) -> None:
    """Add the node's own result to what enters it."""
    proto.graph.node[0].input[0] = "b"
    proto.graph.node.insert(0, node("Add", ["x", "y"], ["b"], name="sum"))


def many_axes(proto: Any) -> None:
    proto.graph.initializer[0].dims[:] = [2**62] * 100_000


def many_axes_entering(proto: Any) -> None:
    entering = [2**62] * 100_000
    proto.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", TensorProto.FLOAT, entering))


def missing(proto: Any) -> None:
    del proto.graph.initializer[:]


def of_no_type(proto: Any) -> None:
    proto.graph.initializer[0].data_type = 99


def sparse(proto: Any) -> None:
    proto.graph.sparse_initializer.add(dims=[3])


def elsewhere(proto: Any) -> None:
    shape = next(tensor for tensor in proto.graph.initializer if tensor.name == "shape")
    shape.ClearField("raw_data")
    shape.data_location = TensorProto.EXTERNAL
    shape.external_data.add(key="location", value="../../../../etc/passwd")


def terminal(proto: Any) -> None:
    proto.graph.node[0].name = "\x1b[31m'\"\n" * 50
    proto.graph.node[0].op_type = "\x1b]0;gone\x07"


def untyped(proto: Any) -> None:
    proto.graph.node[0].attribute.add(name="strides", ints=[2, 2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_opset(0), "uses opset 0, but the installed onnx knows 1 to"),
        (with_opset(9999), "uses opset 9999, but the installed onnx knows 1 to"),
        (cycle, "has no input that its outputs depend on"),
        (looped, "node 'sum' (Add) reads 'y', which nothing before it gives"),
        (many_axes, "the tensor 'w' has 100,000 dimensions"),
        (many_axes_entering, "does not declare the shape of its input 'x'"),
        (repeated, "two nodes or initializers give the value 'a'"),
        (negative, "the tensor 'w' has a negative size: [-4, 3, 3, 3]"),
        (huge, "cannot be conv2d: gives more elements than 64 bits can count"),
        (missing, "node 'conv' (Conv) reads 'w', which nothing before it gives"),
        (of_no_type, "the tensor 'w' is of no known data type"),
        (sparse, "has sparse initializers, which are not supported"),
        (elsewhere, "reads numbers (input 1) that are not in the file"),
        (terminal, "has no matching layer type"),
        (untyped, "node 'conv': the attribute 'strides' has no type"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_file_that_contradicts_itself_is_told(change: Callable[[Any], None], message: str, tmp_path: Path) -> None:
    proto = SMALL.proto()
    change(proto)
    assert message in told(save(proto, tmp_path))
