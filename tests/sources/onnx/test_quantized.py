"""Networks in 8 bits are those that they stand for, whichever way the file keeps them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper

from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, inferred, kinds, layer, node, save, shapes, whole

_IMAGE = (1, 3, 8, 8)
_WEIGHTS = 4 * 3 * 3 * 3
_SCALES: Mapping[str, Any] = {
    "s": np.float32(0.1),
    "zero": np.int8(0),
    "w": np.ones((4, 3, 3, 3), np.int8),
    "b": np.ones(4, np.int32),
}


def around(name: str, axis: int = 1) -> list[Any]:
    """Return the nodes that keep a value in 8 bits and take it from there."""
    return [
        node("QuantizeLinear", [name, "s", "zero"], [f"{name}_q"], axis=axis),
        node("DequantizeLinear", [f"{name}_q", "s", "zero"], [f"{name}_f"], axis=axis),
    ]


def test_a_network_between_quantizing_nodes_is_the_one_without(tmp_path: Path) -> None:
    """3 x 3 x 3 x 4 = 108 weights in 8 bits and 4 biases in 32, 108 x 64 multiply-accumulates as without."""
    nodes = [
        *around("x"),
        node("DequantizeLinear", ["w", "each", "zeros"], ["v"], axis=0),
        node("DequantizeLinear", ["b", "s"], ["c"]),
        node("Conv", ["x_f", "v", "c"], ["z"], pads=[1, 1, 1, 1]),
        node("Relu", ["z"], ["r"]),
        *around("r"),
        node("GlobalAveragePool", ["r_f"], ["y"]),
    ]
    numbers = {**_SCALES, "each": np.full(4, 0.1, np.float32), "zeros": np.zeros(4, np.int8)}
    reading = whole(File(nodes, _IMAGE, numbers=numbers).save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == ["conv2d", "global_avg_pool2d"]
    assert (report.total_params, report.total_macs) == (_WEIGHTS + 4, _WEIGHTS * 64)
    assert [entry.get("dtype") for entry in reading.spec["layers"]] == ["int8", None]
    weights, biases = reading.remarks
    assert weights == "warning: whole numbers with a scale count as the weights that they stand for: 'w', 'b'"
    assert biases.startswith("warning: by their dtype the biases of these layers have a byte for each number")


def test_weights_in_8_bits_alone_leave_the_layer_as_it_is(tmp_path: Path) -> None:
    nodes = [node("DequantizeLinear", ["w", "s", "zero"], ["v"]), node("Conv", ["x", "v"], ["y"])]
    reading = whole(File(nodes, _IMAGE, numbers=_SCALES).save(tmp_path))
    assert counted(reading).total_params == _WEIGHTS
    assert "dtype" not in reading.spec["layers"][0]


_SCALED = ("s", "zero")
OF_THEIR_OWN: dict[str, tuple[list[Any], int, int, tuple[int, ...]]] = {
    "QLinearConv": (
        [
            node("QuantizeLinear", ["x", *_SCALED], ["q"]),
            node("QLinearConv", ["q", *_SCALED, "w", *_SCALED, *_SCALED, "b"], ["z"], pads=[1, 1, 1, 1]),
            node("DequantizeLinear", ["z", *_SCALED], ["y"]),
        ],
        _WEIGHTS + 4,
        _WEIGHTS * 64,
        (4, 8, 8),
    ),
    "QLinearMatMul": (
        [
            node("QuantizeLinear", ["x", *_SCALED], ["q"]),
            node("QLinearMatMul", ["q", *_SCALED, "m", *_SCALED, *_SCALED], ["z"]),
            node("DequantizeLinear", ["z", *_SCALED], ["y"]),
        ],
        8 * 5,
        24 * 8 * 5,
        (3, 8, 5),
    ),
    "ConvInteger": (
        [
            node("DynamicQuantizeLinear", ["x"], ["q", "xs", "xz"]),
            node("ConvInteger", ["q", "w", "xz", "zero"], ["a"], pads=[1, 1, 1, 1]),
            node("Cast", ["a"], ["f"], to=1),
            node("Mul", ["xs", "s"], ["both"]),
            node("Mul", ["f", "both"], ["y"]),
        ],
        _WEIGHTS,
        _WEIGHTS * 64,
        (4, 8, 8),
    ),
    "ConvInteger with a bias in its scale": (
        [
            node("DynamicQuantizeLinear", ["x"], ["q", "xs", "xz"]),
            node("Mul", ["xs", "s"], ["both"]),
            node("Div", ["bias", "both"], ["scaled"]),
            node("Floor", ["scaled"], ["floor"]),
            node("Cast", ["floor"], ["bq"], to=6),
            node("Reshape", ["bq", "each_channel"], ["br"]),
            node("ConvInteger", ["q", "w", "xz", "zero"], ["a"], pads=[1, 1, 1, 1]),
            node("Add", ["a", "br"], ["ab"]),
            node("Cast", ["ab"], ["f"], to=1),
            node("Mul", ["f", "both"], ["y"]),
        ],
        _WEIGHTS + 4,
        _WEIGHTS * 64,
        (4, 8, 8),
    ),
    "MatMulInteger with a bias": (
        [
            node("DynamicQuantizeLinear", ["x"], ["q", "xs", "xz"]),
            node("MatMulInteger", ["q", "m", "xz", "zero"], ["a"]),
            node("Cast", ["a"], ["f"], to=1),
            node("Mul", ["xs", "s"], ["both"]),
            node("Mul", ["f", "both"], ["scaled"]),
            node("Add", ["scaled", "m_bias"], ["y"]),
        ],
        8 * 5 + 5,
        24 * 8 * 5,
        (3, 8, 5),
    ),
}


@pytest.mark.parametrize(("nodes", "params", "macs", "shape"), OF_THEIR_OWN.values(), ids=OF_THEIR_OWN)
def test_operations_on_whole_numbers_count_as_those_on_numbers(
    nodes: Any, params: int, macs: int, shape: Any, tmp_path: Path
) -> None:
    read_ = {name for each in nodes for name in each.input}
    numbers = {
        **_SCALES,
        "m": np.ones((8, 5), np.int8),
        "m_bias": np.ones(5, np.float32),
        "bias": np.ones(4, np.float32),
        "each_channel": np.asarray([1, -1, 1, 1]),
    }
    file = File(nodes, _IMAGE, numbers={name: value for name, value in numbers.items() if name in read_})
    report = counted(whole(file.save(tmp_path)))
    assert (report.total_params, report.total_macs) == (params, macs)
    assert shapes(report) == inferred(file.proto()) == [shape]


def test_results_of_operations_in_8_bits_have_that_dtype(tmp_path: Path) -> None:
    nodes, *_ = OF_THEIR_OWN["QLinearConv"]
    reading = whole(File(nodes, _IMAGE, numbers=_SCALES).save(tmp_path))
    assert reading.spec["layers"][0]["dtype"] == "int8"


def of_the_runtime(kind: str, inputs: list[str], **attributes: Any) -> Any:
    return node(kind, inputs, ["y"], domain="com.microsoft", **attributes)


def test_a_recurrence_that_the_runtime_quantizes_has_its_weights_the_other_way_round(tmp_path: Path) -> None:
    """4 gates of 4 x (3 + 4) weights and of two biases of 4, 5 steps."""
    reads = ["t", "w", "r", "b", "", "", "", "", "s", "zero", "s", "zero"]
    nodes = [
        node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        node("DynamicQuantizeLSTM", reads, ["h"], domain="com.microsoft", hidden_size=4),
        node("Squeeze", ["h", "one"], ["y"]),
    ]
    numbers = {
        "s": np.full(1, 0.1, np.float32),
        "zero": np.zeros(1, np.int8),
        "w": np.ones((1, 3, 16), np.int8),
        "r": np.ones((1, 4, 16), np.int8),
        "b": np.ones((1, 32), np.float32),
        "one": np.asarray([1]),
    }
    proto = File(nodes, (2, 5, 3), numbers=numbers).proto()
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    report = counted(whole(save(proto, tmp_path)))
    assert (report.total_params, report.total_macs) == (16 * 7 + 32, 5 * 16 * 7)
    assert shapes(report) == [(5, 4)]


def test_sums_and_joins_of_the_runtime_are_those_on_numbers(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", *_SCALED], ["q"]),
        node("QLinearAdd", ["q", *_SCALED, "q", *_SCALED, *_SCALED], ["a"], domain="com.microsoft"),
        node("QLinearConcat", [*_SCALED, "q", *_SCALED, "a", *_SCALED], ["c"], domain="com.microsoft", axis=1),
        node("QLinearGlobalAveragePool", ["c", *_SCALED, *_SCALED], ["g"], domain="com.microsoft"),
        node("DequantizeLinear", ["g", *_SCALED], ["y"]),
    ]
    numbers = {name: _SCALES[name] for name in _SCALED}
    reading = whole(File(nodes, _IMAGE, numbers=numbers).save(tmp_path))
    assert kinds(reading) == ["add", "concat", "global_avg_pool2d"]
    assert shapes(counted(reading)) == [(6, 1, 1)]


def test_a_number_in_8_bits_is_the_number_that_it_stands_for(tmp_path: Path) -> None:
    """(7 - 2) x 0.5."""
    reads = ["q", "s", "zero", "seven", "half", "two", "s", "zero"]
    nodes = [
        node("QuantizeLinear", ["x", *_SCALED], ["q"]),
        node("QLinearMul", reads, ["m"], domain="com.microsoft"),
        node("DequantizeLinear", ["m", *_SCALED], ["y"]),
    ]
    own = {"seven": np.int8(7), "two": np.int8(2), "half": np.float32(0.5)}
    reading = whole(File(nodes, _IMAGE, numbers={"s": _SCALES["s"], "zero": _SCALES["zero"], **own}).save(tmp_path))
    assert [(entry["type"], entry["other"]) for entry in reading.spec["layers"]] == [("multiply", 2.5)]


def test_padding_with_the_zero_point_is_padding_with_zeros(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", "s", "eleven"], ["q"]),
        node("Pad", ["q", "sides", "eleven"], ["p"]),
        node("DequantizeLinear", ["p", "s", "eleven"], ["y"]),
    ]
    numbers = {"s": _SCALES["s"], "eleven": np.uint8(11), "sides": np.asarray([0, 0, 1, 1, 0, 0, 1, 1])}
    reading = whole(File(nodes, _IMAGE, numbers=numbers).save(tmp_path))
    assert kinds(reading) == ["zero_pad2d"]
    assert shapes(counted(reading)) == [(3, 10, 10)]


def test_an_image_with_channels_last_is_a_gap(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", *_SCALED], ["q"]),
        of_the_runtime("QLinearGlobalAveragePool", ["q", *_SCALED, *_SCALED], channels_last=1),
    ]
    (gap,) = read(File(nodes, _IMAGE, numbers={name: _SCALES[name] for name in _SCALED}).save(tmp_path)).gaps
    assert "is an operation of 'com.microsoft', not of ONNX itself" in gap.what


def test_weights_of_products_keep_the_name_of_their_module(tmp_path: Path) -> None:
    nodes, *_ = OF_THEIR_OWN["QLinearConv"]
    nodes = [helper.make_node(one.op_type, [*one.input], [*one.output]) for one in nodes]
    nodes[1].input[3] = "stem.conv.weight_quantized"
    numbers = {**_SCALES, "stem.conv.weight_quantized": _SCALES["w"]}
    del numbers["w"]
    assert layer(whole(File(nodes, _IMAGE, numbers=numbers).save(tmp_path)), "stem.conv")["type"] == "conv2d"
