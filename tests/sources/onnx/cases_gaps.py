"""Nodes that no layer does, as files, and what is told of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from tests.sources.onnx.models import File, node

IMAGE = (2, 4, 6, 6)


def one(
    kind: str,
    *inputs: str,
    x: Sequence[Any] = IMAGE,
    weights: Mapping[str, Sequence[int]] | None = None,
    opset: int = 20,
    numbers: Mapping[str, Any] | None = None,
    **attributes: Any,
) -> File:
    """Return a file of one node that reads x and other tensors."""
    nodes = [node(kind, ["x", *inputs], ["y"], name="the one", **attributes)]
    return File(nodes, x, weights or {}, numbers=numbers or {}, opset=opset)


def whole(*numbers: int) -> Any:
    return np.asarray(numbers, np.int64)


CASES = {
    "an operation that multiplies": (
        one("AffineGrid", "s", x=(2, 2, 3), numbers={"s": whole(2, 3, 4, 4)}),
        "has no",
    ),
    "an operation of another domain": (one("Relu", domain="my.ops"), "is an operation of 'my.ops', not of ONNX itself"),
    "a quantized convolution without a kernel": (
        one("ConvInteger", "w", numbers={"w": np.ones(1, np.int8)}),
        "has a window over 0 axes",
    ),
    "matrices of which one has the batch inside": (
        one("MatMul", "x", x=(5, 5)),
        "multiplies matrices one of whose dimensions is the batch",
    ),
    "weights from the left that are no matrix": (
        File([node("MatMul", ["w", "x"], ["y"], name="the one")], (2, 3, 4), {"w": (2, 5, 3)}),
        "multiplies by weights that are not a matrix, or along the batch",
    ),
    "weights that are whole numbers": (
        one("Conv", "w", numbers={"w": np.ones((2, 4, 1, 1), np.int64)}),
        "has an input 1 that is not a tensor of floating-point weights",
    ),
    "one tensor for two": (
        one("LayerNormalization", "w", "w", x=(1, 5), weights={"w": (5,)}),
        "has 10 weights, made of tensors that hold 5, but layer_norm has 10",
    ),
    "a recurrence without its weights": (
        one("LSTM", "", "r", x=(5, 2, 6), weights={"r": (1, 16, 4)}),
        "is missing its input 1",
    ),
    "a number beyond 64 bits": (one("LeakyRelu", alpha=1e30), "alpha is 1"),
    "weights that depend on the input": (one("Conv", "x"), "computes its input 1 (weights or settings) from the netw"),
    "a convolution without weights": (one("Conv"), "is missing its input 1"),
    "a kernel that does not fit": (
        one("Conv", "w", weights={"w": (2, 4, 7, 7)}),
        "cannot be conv2d: kernel_size 7 does not fit in the 6x6 input",
    ),
    "channels that do not fit": (
        one("Conv", "w", weights={"w": (2, 3, 1, 1)}),
        "cannot be conv2d: in_channels is 3, but the input has 4",
    ),
    "groups that do not fit": (
        one("Conv", "w", weights={"w": (3, 2, 1, 1)}, group=2),
        "cannot be conv2d: groups 2 does",
    ),
    "no groups": (
        one("Conv", "w", weights={"w": (3, 2, 1, 1)}, group=0),
        "cannot be conv2d: in_channels: Input should be",
    ),
    "a bias that does not fit": (
        one("Conv", "w", "b", weights={"w": (2, 4, 1, 1), "b": (3,)}),
        "has 11 weights, but conv2d has 10",
    ),
    "a kernel_shape that is not its weights'": (
        one("Conv", "w", weights={"w": (2, 4, 3, 3)}, kernel_shape=[1, 1]),
        "has kernel_shape (1, 1), but weights of (3, 3)",
    ),
    "strides for other axes": (
        one("Conv", "w", weights={"w": (2, 4, 3, 3)}, strides=[1]),
        "strides has 1 numbers, but must have 2",
    ),
    "a stride of 0": (
        one("MaxPool", kernel_shape=[2, 2], strides=[0, 1]),
        "has a kernel, a stride or a dilation below 1",
    ),
    "an attribute of a wrong type": (one("MaxPool", kernel_shape=2.5), "has a kernel_shape of a wrong type: float"),
    "a tensor for a number": (
        one("Conv", "w", weights={"w": (2, 4, 1, 1)}, group=helper.make_tensor("g", TensorProto.INT64, [1], [1])),
        "has a group of a wrong type: tensor",
    ),
    "a graph for a number": (
        one("Conv", "w", weights={"w": (2, 4, 1, 1)}, group=helper.make_graph([], "g", [], [])),
        "has a group of a wrong type: graph",
    ),
    "more inputs than there are": (one("Relu", "x"), "has 2 inputs, but its operation takes at most 1"),
    "a pool without a window": (one("MaxPool"), "is missing its kernel_shape"),
    "an unknown auto_pad": (one("MaxPool", kernel_shape=[2, 2], auto_pad="SAME"), "has an unknown auto_pad SAME"),
    "a window over four axes": (
        one("MaxPool", x=(1, 2, 3, 3, 3, 3), kernel_shape=[1, 1, 1, 1]),
        "has a window over 4 axes, and an input of 4",
    ),
    "softmax over the batch": (one("Softmax", axis=0), "works along the batch"),
    "samples joined": (one("Reshape", "s", numbers={"s": whole(-1, 6)}), "merges the batch with other dimensions"),
    "a shape that does not fit": (
        one("Reshape", "s", numbers={"s": whole(2, 5)}),
        "gives [2, 5] to an input of [2, 4,",
    ),
    "a shape that is not in the file": (one("Reshape", "x"), "computes its input 1 (weights or settings) from"),
    "a dimension outside": (one("Unsqueeze", "a", numbers={"a": whole(9)}), "has a shape that does not fit its input"),
    "an order that is none": (
        one("Transpose", perm=[0, 1, 1, 2]),
        "does not give an order of 4 dimensions: [0, 1, 1, 2]",
    ),
    "channels in reverse": (
        one("Slice", opset=9, starts=[-1], ends=[-9], axes=[1]),
        "cannot be slice: ",
    ),
    "a mean of the batch": (one("ReduceMean", opset=13, axes=[0]), "works along the batch"),
    "a mean of everything": (one("ReduceMean", opset=13), "reduces all dimensions, including the batch"),
    "a fraction for an axis": (
        one("Squeeze", "a", numbers={"a": np.asarray([1.5], np.float32)}),
        "reads fractions for axes (input 1)",
    ),
}
