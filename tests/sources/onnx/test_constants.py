"""What is learned, wherever a file keeps it, and what is only a number; and results that are a number."""

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
        ([node("Concat", ["s", "t"], ["u"], axis=0), node("ConstantOfShape", ["u"], ["b"])], {"s": [4], "t": [1, 1]}),
        ([made("f", np.full((4, 1, 1), 0.5)), node("Mul", ["f", "two"], ["b"])], {"two": np.float32(2)}),
    ],
    ids=["constant", "constant with a batch", "reshaped", "of a shape", "of a shape in parts", "times a number"],
)
def test_a_tensor_is_learned_wherever_the_file_keeps_it(kind: str, nodes: Any, numbers: Any, tmp_path: Path) -> None:
    reading = whole(behind(*nodes, node(kind, ["z", "b"], ["y"]), **numbers).save(tmp_path))
    assert kinds(reading) == ["conv2d", "parameter"]
    assert counted(reading).total_params == _WEIGHTS + 4


@pytest.mark.parametrize("dims", [(), (1,), (1, 1, 1), (1, 1, 1, 1)])
@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("Add", {"type": "add", "other": 0.5}),
        ("Mul", {"type": "multiply", "other": 0.5}),
        ("Sub", {"type": "subtract", "other": 0.5}),
        ("Div", {"type": "divide", "other": 0.5}),
        ("Pow", {"type": "pow", "other": 0.5}),
        ("Max", {"type": "clamp", "min": 0.5}),
    ],
)
def test_a_number_is_arithmetic_whatever_its_rank(
    kind: str, entry: Any, stored: bool, dims: Sequence[int], tmp_path: Path
) -> None:
    value: Any = np.full(tuple(dims), 0.5, np.float32)
    nodes = [node(kind, ["z", "n"], ["m"]), node("Sigmoid", ["m"], ["y"])]
    file = behind(*nodes, n=value) if stored else behind(made("n", value), *nodes)
    reading = whole(file.save(tmp_path))
    _, found, *_ = reading.spec["layers"]
    assert {**entry, "name": found["name"]} == {name: value for name, value in found.items() if name != "activation"}
    assert counted(reading).total_params == _WEIGHTS


@pytest.mark.parametrize("dims", [(), (1,)])
def test_a_number_of_a_module_is_learned(dims: Sequence[int], tmp_path: Path) -> None:
    file = behind(node("Mul", ["z", "block.0.gain"], ["y"]))._replace(weights={**_WEIGHT, "block.0.gain": dims})
    reading = whole(file.save(tmp_path))
    assert layer(reading, "block.0.gain")["shape"] == list(dims)
    assert counted(reading).total_params == _WEIGHTS + 1


def test_what_is_worked_out_from_constants_is_a_constant(tmp_path: Path) -> None:
    nodes = [
        node("Range", ["zero", "end", "one"], ["r"]),
        node("Unsqueeze", ["r", "a"], ["g"]),
        node("Add", ["x", "g"], ["y"]),
    ]
    numbers = {"zero": np.float32(0), "end": np.float32(16), "one": np.float32(1), "a": np.asarray([0, 1])}
    reading = whole(File(nodes, (1, 2, 16), numbers=numbers).save(tmp_path))
    assert layer(reading, "tensor1") == {"type": "tensor", "name": "tensor1", "shape": [1, 16], "kind": "constant"}
    assert counted(reading).total_params == 0


def test_what_has_sizes_of_the_network_is_a_constant(tmp_path: Path) -> None:
    """As the strides of a detector's places, one for each."""
    nodes = [
        node("Shape", ["x"], ["all"], start=2),
        node("Concat", ["one", "all"], ["s"], axis=0),
        node("ConstantOfShape", ["s"], ["k"]),
        node("Mul", ["x", "k"], ["y"]),
    ]
    reading = whole(File(nodes, _IMAGE, numbers={"one": np.asarray([1])}).save(tmp_path))
    assert kinds(reading) == ["tensor", "multiply"]
    assert counted(reading).total_params == 0


@pytest.mark.parametrize("kind", ["Sub", "Div", "Equal", "Max"])
def test_what_is_subtracted_or_compared_with_is_a_constant(kind: str, tmp_path: Path) -> None:
    """As the mean and the deviation of pictures; remarked on, as no file tells."""
    reading = whole(File([node(kind, ["x", "mean"], ["y"])], _IMAGE, {"mean": (1, 3, 1, 1)}).save(tmp_path))
    assert layer(reading, "mean") == {"type": "tensor", "name": "mean", "shape": [3, 1, 1], "kind": "constant"}
    report = counted(reading)
    assert (report.total_params, report.buffers) == (0, 0)
    assert shapes(report) == [(3, 8, 8)]
    (remark,) = reading.remarks
    assert remark == ("warning: a file does not tell learned tensors from constants; these count as constants: 'mean'")


def test_a_learned_tensor_that_enlarges_the_input_is_one_of_its_own(tmp_path: Path) -> None:
    reading = whole(File([node("Add", ["x", "pos"], ["y"])], (2, 1, 6), {"pos": (1, 4, 6)}).save(tmp_path))
    assert kinds(reading) == ["tensor", "reshape", "add"]
    report = counted(reading)
    assert report.total_params == 24
    assert shapes(report) == [(4, 6)]


def test_a_part_of_a_learned_table_counts_whole(tmp_path: Path) -> None:
    """A table of 9 positions of which 4 are used, as runtimes hold it whole."""
    nodes = [node("Slice", ["table", "zero", "four", "one"], ["pos"]), node("Add", ["x", "pos"], ["y"])]
    numbers = {"zero": np.asarray([0]), "four": np.asarray([4]), "one": np.asarray([1])}
    file = File(nodes, (2, 4, 6), {"table": (1, 9, 6)}, numbers=numbers)
    reading = whole(file.save(tmp_path))
    assert kinds(reading) == ["tensor", "opaque", "add"]
    assert counted(reading).total_params == 54


def test_a_class_token_is_learned_where_it_is_joined(tmp_path: Path) -> None:
    """Stored as (1, 1, 6), repeated for each sample of the batch, as PyTorch's expand is exported."""
    nodes = [node("Expand", ["token", "sizes"], ["each"]), node("Concat", ["each", "x"], ["y"], axis=1)]
    file = File(nodes, (2, 4, 6), {"token": (1, 1, 6)}, numbers={"sizes": np.asarray([2, 1, 6])})
    report = counted(whole(file.save(tmp_path)))
    assert report.total_params == 6
    assert shapes(report) == inferred(file.proto()) == [(5, 6)]


def test_a_table_that_is_worked_out_from_constants_counts_its_products_once(tmp_path: Path) -> None:
    """As Swin Transformer V2 has its positions: 225 offsets of 2, 32 features, 3 heads; the batch of 4 is no matter."""
    nodes = [
        node("MatMul", ["offsets", "mlp.0.weight"], ["a"]),
        node("Relu", ["a"], ["b"]),
        node("MatMul", ["b", "mlp.1.weight"], ["c"]),
        node("Add", ["x", "c"], ["y"]),
    ]
    weights = {"mlp.0.weight": (2, 320), "mlp.1.weight": (320, 3)}
    numbers: Any = {"offsets": np.ones((225, 2), np.float32)}
    reading = whole(File(nodes, (4, 225, 3), weights, numbers=numbers).save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == ["tensor", "linear", "linear", "add"]
    assert report.total_params == 2 * 320 + 320 * 3
    assert report.total_macs == 225 * (2 * 320 + 320 * 3)
    assert shapes(report) == [(225, 3)]


def test_places_that_are_not_read_are_picked_all_the_same(tmp_path: Path) -> None:
    """5,000 indices: their number is known, and more of them is not asked."""
    proto = File(
        [node("Gather", ["x", "i"], ["y"], axis=1)], (1, 4, 6), numbers={"i": np.zeros(5000, np.int64)}
    ).proto()
    assert shapes(counted(whole(save(proto, tmp_path)))) == inferred(proto) == [(5000, 6)]


def test_the_least_whole_number_is_one_that_a_spec_can_have(tmp_path: Path) -> None:
    file = File([node("Max", ["x", "n"], ["y"])], (1, 5), numbers={"n": np.asarray(-(2**63))})
    assert shapes(counted(whole(file.save(tmp_path)))) == [(5,)]


@pytest.mark.parametrize("number", [0, 2])
def test_a_number_may_come_first(number: float, tmp_path: Path) -> None:
    reading = whole(File([node("Sub", ["n", "x"], ["y"])], (1, 5), numbers={"n": np.float32(number)}).save(tmp_path))
    (entry,) = reading.spec["layers"]
    assert (entry["other"], entry["reverse"]) == (number, True)


@pytest.mark.parametrize("size", [3, 9])
def test_weights_times_a_number_are_these_weights(size: int, tmp_path: Path) -> None:
    """Of 9 x 9 x 8 x 8 = 5,184 elements the values are not read, only the sizes."""
    nodes = [node("Mul", ["w", "n"], ["v"]), node("Conv", ["x", "v"], ["y"])]
    weights = {"w": (8, 8, size, size)}
    file = File(nodes, (1, 8, 9, 9), weights, numbers={"n": np.float32(0.5)})
    assert counted(whole(file.save(tmp_path))).total_params == 8 * 8 * size**2


@pytest.mark.parametrize(
    ("stored", "make"),
    [
        ((8, 4, 2), [node("Trilu", ["w"], ["v"])]),
        ((2, 8, 4), [node("Einsum", ["w"], ["v"], equation="kio->iok")]),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_weights_that_another_operation_makes_are_these_weights(
    stored: Sequence[int], make: Any, times: int, tmp_path: Path
) -> None:
    """Only the sizes are worked out, by onnx itself: of 8 x 160 x 2 elements the values are not even read."""
    dims = [n * times if n == 4 else n for n in stored]
    nodes = [*make, node("Conv", ["x", "v"], ["y"])]
    file = File(nodes, (1, 4 * times, 9), {"w": dims})
    assert counted(whole(file.save(tmp_path))).total_params == 8 * 4 * times * 2


def test_weights_made_of_several_tensors_are_a_gap(tmp_path: Path) -> None:
    nodes = [node("Add", ["v", "u"], ["w"]), node("Conv", ["x", "w"], ["y"])]
    (gap,) = read(File(nodes, _IMAGE, {"v": (4, 3, 3, 3), "u": (4, 3, 3, 3)}).save(tmp_path)).gaps
    assert gap.what.endswith("has 108 weights, made of tensors that hold 216, but conv2d has 108")
    assert gap.remedy
    assert gap.remedy.startswith("fold what is computed of weights alone")


def test_a_bias_of_no_dimensions_is_that_of_one_feature(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "b"], ["y"])]
    file = File(nodes, (1, 3), {"w": (3, 1), "b": ()})
    assert counted(whole(file.save(tmp_path))).total_params == 3 + 1


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
        assert remark.endswith("runtimes ignore that: 'z', 'y'")


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


@pytest.mark.parametrize(
    ("dims", "what"),
    [
        ([0, 2**62, 8, 8], "has a different value for each sample"),
        ([1, 2, 8], "concatenates tensors whose shapes do not match"),
    ],
)
def test_what_does_not_fit_is_not_joined(dims: Any, what: str, tmp_path: Path) -> None:
    nodes = [node("ConstantOfShape", ["s"], ["k"]), node("Concat", ["x", "k"], ["y"], axis=1)]
    reading = read(File(nodes, _IMAGE, numbers={"s": np.asarray(dims)}).save(tmp_path))
    assert what in reading.gaps[0].what


def test_a_new_class_token_is_learned_though_it_is_all_zeros(tmp_path: Path) -> None:
    nodes = [node("Concat", ["cls_token", "x"], ["y"], axis=1)]
    numbers: Any = {"cls_token": np.zeros((1, 1, 6), np.float32)}
    assert counted(whole(File(nodes, (1, 4, 6), numbers=numbers).save(tmp_path))).total_params == 6


def test_zeros_that_are_joined_are_a_constant(tmp_path: Path) -> None:
    nodes = [node("ConstantOfShape", ["s"], ["k"]), node("Concat", ["x", "k"], ["y"], axis=1)]
    file = File(nodes, _IMAGE, numbers={"s": np.asarray([1, 2, 8, 8])})
    report = counted(whole(file.save(tmp_path)))
    assert report.total_params == 0
    assert shapes(report) == inferred(file.proto()) == [(5, 8, 8)]
