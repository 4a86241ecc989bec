"""What is learned, wherever a file keeps it, and what is only a number; 8 bits; and results that are a number."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, inferred, kinds, layer, node, run, save, shapes, whole

_IMAGE = (1, 3, 8, 8)
_CONV = node("Conv", ["x", "w"], ["z"], pads=[1, 1, 1, 1])
_WEIGHT = {"w": (4, 3, 3, 3)}
_WEIGHTS = 4 * 3 * 3 * 3


def made(name: str, value: Any) -> Any:
    return node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(value, np.float32)))


def behind(*nodes: Any, **numbers: Any) -> File:
    """Return a convolution with nodes behind it."""
    return File([_CONV, *nodes], _IMAGE, _WEIGHT, numbers={name: np.asarray(n) for name, n in numbers.items()})


@pytest.mark.parametrize("kind", ["Add", "Mul"])
@pytest.mark.parametrize(
    ("nodes", "numbers"),
    [
        ([made("b", np.full((4, 1, 1), 0.5))], {}),
        ([made("b", np.full((1, 4, 1, 1), 0.5))], {}),
        ([made("f", np.full(4, 0.5)), node("Reshape", ["f", "s"], ["b"])], {"s": [4, 1, 1]}),
        ([node("ConstantOfShape", ["s"], ["f"]), node("Unsqueeze", ["f", "a"], ["b"])], {"s": [4], "a": [1, 2]}),
        ([made("f", np.full((4, 1, 1), 0.5)), node("Mul", ["f", "two"], ["b"])], {"two": np.float32(2)}),
    ],
    ids=["constant", "constant with a batch", "reshaped", "of a shape", "times a number"],
)
def test_a_tensor_is_learned_wherever_the_file_keeps_it(kind: str, nodes: Any, numbers: Any, tmp_path: Path) -> None:
    reading = whole(behind(*nodes, node(kind, ["z", "b"], ["y"]), **numbers).save(tmp_path))
    assert kinds(reading) == ["conv2d", "parameter"]
    assert counted(reading).total_params == _WEIGHTS + 4


@pytest.mark.parametrize("dims", [(), (1,), (1, 1, 1), (1, 1, 1, 1)])
@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("kind", ["Add", "Mul", "Sub", "Div", "Max", "Pow"])
def test_a_number_is_not_learned_whatever_its_rank(
    kind: str, stored: bool, dims: Sequence[int], tmp_path: Path
) -> None:
    value: Any = np.full(tuple(dims), 0.5, np.float32)
    nodes = [node(kind, ["z", "n"], ["m"]), node("Relu", ["m"], ["y"])]
    file = behind(*nodes, n=value) if stored else behind(made("n", value), *nodes)
    reading = read(file.save(tmp_path))
    assert kinds(reading) == ["conv2d", f"onnx.{kind}", "relu"]
    assert [gap.remedy for gap in reading.gaps] == ["it adds nothing to the counts: use an identity in its place"]
    (entry,) = (entry for entry in reading.spec["layers"] if entry["type"] == f"onnx.{kind}")
    assert entry["gives"] == [4, 8, 8]


@pytest.mark.parametrize("dims", [(), (1,)])
def test_a_number_of_a_module_is_learned(dims: Sequence[int], tmp_path: Path) -> None:
    file = behind(node("Mul", ["z", "block.0.gain"], ["y"]))._replace(weights={**_WEIGHT, "block.0.gain": dims})
    reading = whole(file.save(tmp_path))
    assert layer(reading, "block.0.gain")["shape"] == list(dims)
    assert counted(reading).total_params == _WEIGHTS + 1


def test_what_is_worked_out_from_constants_is_not_learned(tmp_path: Path) -> None:
    nodes = [
        node("Range", ["zero", "end", "one"], ["r"]),
        node("Unsqueeze", ["r", "a"], ["g"]),
        node("Add", ["x", "g"], ["y"]),
    ]
    numbers = {"zero": np.float32(0), "end": np.float32(16), "one": np.float32(1), "a": np.asarray([0, 1])}
    (gap,) = read(File(nodes, (1, 2, 16), numbers=numbers).save(tmp_path)).gaps
    assert gap.what.endswith("uses a value computed from constants, which no layer type does")


@pytest.mark.parametrize("size", [3, 9])
def test_weights_times_a_number_are_these_weights(size: int, tmp_path: Path) -> None:
    """Of 9 x 9 x 8 x 8 = 5,184 elements the values are not read, only the sizes."""
    nodes = [node("Mul", ["w", "n"], ["v"]), node("Conv", ["x", "v"], ["y"])]
    weights = {"w": (8, 8, size, size)}
    file = File(nodes, (1, 8, 9, 9), weights, numbers={"n": np.float32(0.5)})
    assert counted(whole(file.save(tmp_path))).total_params == 8 * 8 * size**2


def test_weights_made_of_several_tensors_are_a_gap(tmp_path: Path) -> None:
    nodes = [node("Add", ["v", "u"], ["w"]), node("Conv", ["x", "w"], ["y"])]
    (gap,) = read(File(nodes, _IMAGE, {"v": (4, 3, 3, 3), "u": (4, 3, 3, 3)}).save(tmp_path)).gaps
    assert gap.what.endswith("has 108 weights, made of tensors that hold 216, where conv2d has 108")
    assert gap.remedy
    assert gap.remedy.startswith("fold what is computed of weights alone")


def test_a_bias_of_no_dimensions_is_that_of_one_feature(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "b"], ["y"])]
    file = File(nodes, (1, 3), {"w": (3, 1), "b": ()})
    assert counted(whole(file.save(tmp_path))).total_params == 3 + 1


def test_a_network_in_8_bits_is_the_one_that_it_stands_for(tmp_path: Path) -> None:
    """3 x 3 x 3 x 4 = 108 weights in 8 bits and 4 biases in 32, 108 x 64 multiply-accumulates as without."""
    nodes = [
        node("QuantizeLinear", ["x", "s", "zero"], ["q"]),
        node("DequantizeLinear", ["q", "s", "zero"], ["d"]),
        node("DequantizeLinear", ["w", "each", "zeros"], ["v"], axis=0),
        node("DequantizeLinear", ["b", "s"], ["c"]),
        node("Conv", ["d", "v", "c"], ["z"], pads=[1, 1, 1, 1]),
        node("QuantizeLinear", ["z", "s", "zero"], ["p"]),
        node("DequantizeLinear", ["p", "s", "zero"], ["y"]),
    ]
    numbers = {
        "s": np.float32(0.1),
        "zero": np.int8(0),
        "each": np.full(4, 0.1, np.float32),
        "zeros": np.zeros(4, np.int8),
        "w": np.ones((4, 3, 3, 3), np.int8),
        "b": np.ones(4, np.int32),
    }
    reading = whole(File(nodes, _IMAGE, numbers=numbers).save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == ["conv2d"]
    assert (report.total_params, report.total_macs) == (108 + 4, 108 * 64)
    (remark,) = reading.remarks
    assert remark.endswith("(sizes in 8 bits: cnnparams memory --int8): 'w', 'b'")


NUMBERS = {
    "the largest of a sample": ([node("ReduceMax", ["x", "a"], ["y"], keepdims=0)], (2, 8)),
    "the mean of an image": ([node("ReduceMean", ["x", "b"], ["y"], keepdims=0)], (2, 4, 6, 6)),
    "an activation of it": (
        [node("ReduceMax", ["x", "a"], ["m"], keepdims=0), node("Sigmoid", ["m"], ["y"])],
        (2, 8),
    ),
    "a squeezed logit": ([node("Gemm", ["x", "w"], ["l"]), node("Squeeze", ["l", "a"], ["y"])], (2, 8)),
    "two of them added": (
        [node("ReduceMax", ["x", "a"], ["m"], keepdims=0), node("Add", ["m", "m"], ["y"])],
        (2, 8),
    ),
}


@pytest.mark.parametrize(("nodes", "x"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_a_sample_is_a_result(nodes: Any, x: Any, tmp_path: Path) -> None:
    """A spec says it as a vector of one feature."""
    weights = {"w": (8, 1)} if any("w" in each.input for each in nodes) else {}
    file = File(nodes, x, weights, numbers={"a": np.asarray([1]), "b": np.asarray([1, 2, 3])}, opset=18)
    report = counted(whole(file.save(tmp_path)))
    assert shapes(report) == [(1,)]
    assert run(file.proto()) == [()]
    assert report.total_params == file.parameters


def test_a_number_a_sample_scales_the_sample(tmp_path: Path) -> None:
    nodes = [
        node("ReduceMax", ["x", "a"], ["m"], keepdims=0),
        node("Sigmoid", ["m"], ["s"]),
        node("Unsqueeze", ["s", "a"], ["u"]),
        node("Mul", ["x", "u"], ["y"]),
    ]
    file = File(nodes, (2, 8), numbers={"a": np.asarray([1])}, opset=18)
    assert shapes(counted(whole(file.save(tmp_path)))) == run(file.proto()) == [(8,)]


@pytest.mark.parametrize("keepdims", [0, 1])
def test_places_of_values_are_a_gap_that_gives_them(keepdims: int, tmp_path: Path) -> None:
    file = File([node("ArgMax", ["x"], ["y"], axis=1, keepdims=keepdims)], (1, 8, 5))
    (gap,) = read(file.save(tmp_path)).gaps
    assert gap.what.endswith("returns indices of values, which no layer type does")
    alone = File([node("ArgMax", ["x"], ["y"], axis=1, keepdims=0)], (1, 8)).proto()
    alone.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.INT64, [1]))
    assert len(read(save(alone, tmp_path)).gaps) == 1


def test_whole_numbers_cast_to_whole_numbers_are_what_they_were(tmp_path: Path) -> None:
    nodes = [node("Cast", ["x"], ["i"], to=TensorProto.INT32), node("Gather", ["w", "i"], ["y"])]
    proto = File(nodes, (1, 6), {"w": (10, 4)}).proto()
    proto.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    assert counted(whole(save(proto, tmp_path))).total_params == 40


def test_a_rank_or_a_result_that_is_declared_otherwise_is_remarked_on(tmp_path: Path) -> None:
    for declared in ([1, "n"], [1, 4, 8, 9]):
        proto = behind(node("Relu", ["z"], ["y"])).proto()
        proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, declared))
        proto.graph.value_info.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 4]))
        reading = whole(save(proto, tmp_path))
        assert shapes(counted(reading)) == [(4, 8, 8)]
        (remark,) = reading.remarks
        assert remark.endswith("runtimes do not go by them: 'z', 'y'")


def test_a_shuffle_of_channels_along_the_batch_is_read_on(tmp_path: Path) -> None:
    """As ShuffleNetV2's authors write it: even and odd channels come apart, each half an image again."""
    nodes = [
        node("Reshape", ["x", "s1"], ["a"]),
        node("Transpose", ["a"], ["b"], perm=[1, 0, 2]),
        node("Reshape", ["b", "s2"], ["c"]),
        node("Gather", ["c", "zero"], ["d"], axis=0),
        node("Gather", ["c", "one"], ["y1"], axis=0),
        node("Conv", ["d", "w"], ["y"]),
    ]
    numbers = {
        "s1": np.asarray([2, 2, 64]),
        "s2": np.asarray([2, -1, 2, 8, 8]),
        "zero": np.asarray(0),
        "one": np.asarray(1),
    }
    file = File(nodes, (1, 4, 8, 8), {"w": (5, 2, 3, 3)}, numbers=numbers, outputs=("y", "y1"))
    report = counted(whole(file.save(tmp_path)))
    assert shapes(report) == run(file.proto()) == [(5, 6, 6), (2, 8, 8)]
    assert report.total_params == 5 * 2 * 9


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_the_last_states_of_both_directions_are_results(kind: str, gates: int, tmp_path: Path) -> None:
    """Weights: 2 directions x gates x 4 x (3 + 4), and two biases of 2 x gates x 4; states: 4 features a direction."""
    weights = {"r.w": (2, gates * 4, 3), "r.r": (2, gates * 4, 4), "r.b": (2, gates * 8)}
    reset = {"linear_before_reset": 1} if kind == "GRU" else {}
    nodes = [
        node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        node(kind, ["steps", *weights], ["", "h"], hidden_size=4, direction="bidirectional", **reset),
        node("Gather", ["h", "zero"], ["a"]),
        node("Gather", ["h", "one"], ["b"]),
        node("Concat", ["a", "b"], ["y"], axis=1),
    ]
    file = File(nodes, (2, 5, 3), weights, numbers={"zero": np.asarray(0), "one": np.asarray(1)})
    report = counted(whole(file.save(tmp_path)))
    assert report.total_params == 2 * gates * 4 * (3 + 4) + 2 * gates * 8
    assert shapes(report) == [(8,)]


def test_a_state_that_no_layer_gives_is_told_as_that(tmp_path: Path) -> None:
    nodes = [
        node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        node("LSTM", ["steps", "w", "r"], ["", "", "c"], hidden_size=4),
        node("Squeeze", ["c", "a"], ["y"]),
    ]
    file = File(nodes, (2, 5, 3), {"w": (1, 16, 3), "r": (1, 16, 4)}, numbers={"a": np.asarray([0])})
    (gap,) = read(file.save(tmp_path)).gaps
    assert "which is the output 2 of the LSTM that gives 'c', which no layer gives" in gap.what
    assert gap.remedy
    assert gap.remedy.startswith("no layer gives that result")


@pytest.mark.parametrize("kind", ["AveragePool", "MaxPool"])
@pytest.mark.parametrize(("pads", "size"), [([0, 0, 1, 1], 2), ([2, 1, 0, 3], (3, 5))])
def test_pools_that_pad_one_side_more_give_the_sizes_of_the_file(
    kind: str, pads: Any, size: Any, tmp_path: Path
) -> None:
    """(7 + before + after - 7) / 1 + 1, by hand and by onnx's shape inference (its reference runs MaxPool wrongly)."""
    file = File([node(kind, ["x"], ["y"], kernel_shape=[7, 7], pads=pads)], (1, 3, 7, 7))
    reading = whole(file.save(tmp_path))
    sizes = size if isinstance(size, tuple) else (size, size)
    assert shapes(counted(reading)) == inferred(file.proto()) == [(3, *sizes)]
    (remark,) = reading.remarks
    assert remark.endswith("values at the border are not: 'zeropad1'")


def test_activations_of_a_recurrence_are_what_the_file_says(tmp_path: Path) -> None:
    """A list of texts: Relu is a setting of rnn, another activation is no layer's."""
    for activation, expected in (("Relu", "relu"), ("Sigmoid", None)):
        nodes = [
            node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
            node("RNN", ["steps", "w", "r"], ["", "h"], hidden_size=4, activations=[activation]),
            node("Squeeze", ["h", "a"], ["y"]),
        ]
        file = File(nodes, (2, 5, 3), {"w": (1, 4, 3), "r": (1, 4, 4)}, numbers={"a": np.asarray([0])})
        reading = read(file.save(tmp_path))
        assert bool(reading.gaps) == (expected is None)
        if expected:
            (entry,) = (entry for entry in reading.spec["layers"] if entry["type"] == "rnn")
            assert entry["nonlinearity"] == expected


@pytest.mark.parametrize(
    ("dims", "what", "gives"),
    [
        ([1, 2, 8, 8], "joins a tensor that does not depend on the input", [5, 8, 8]),
        ([0, 2**62, 8, 8], "concatenates tensors whose shapes do not match", None),
        ([1, 2, 8], "concatenates tensors whose shapes do not match", None),
    ],
)
def test_what_is_joined_with_constants_gives_the_sizes_of_both(
    dims: Any, what: str, gives: Any, tmp_path: Path
) -> None:
    nodes = [node("ConstantOfShape", ["s"], ["k"]), node("Concat", ["x", "k"], ["y"], axis=1)]
    reading = read(File(nodes, _IMAGE, numbers={"s": np.asarray(dims)}).save(tmp_path))
    assert what in reading.gaps[0].what
    assert reading.spec["layers"][0].get("gives") == gives
