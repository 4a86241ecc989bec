"""What enters a network: inputs with a batch, whose sizes are the file's or are given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnnparams.errors import SpecError
from cnnparams.schema.input_shape import InputShape, shape_of
from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, kinds, node, run, save, shapes, whole

_CONV = node("Conv", ["x", "w"], ["y"])
_WEIGHT = {"w": (6, 3, 3, 3)}


@pytest.mark.parametrize(
    ("x", "sizes", "size"),
    [
        ((1, 3, 8, 9), (), (6, 6, 7)),
        ((32, 3, 8, 9), (), (6, 6, 7)),
        (("batch", 3, 8, 9), (), (6, 6, 7)),
        ((None, 3, 8, 9), (), (6, 6, 7)),
        (("n", 3, "h", "w"), ((3, 20, 10),), (6, 18, 8)),
        (("n", "c", "h", "w"), ((3, 20, 10),), (6, 18, 8)),
        ((1, 3, 8, 9), ((3, 8, 9),), (6, 6, 7)),
    ],
)
def test_the_batch_is_no_part_of_a_sample(x: Sequence[Any], sizes: Any, size: tuple[int, ...], tmp_path: Path) -> None:
    report = counted(whole(File([_CONV], x, _WEIGHT).save(tmp_path), *sizes))
    assert shapes(report) == [size]
    assert report.total_macs == 6 * 27 * size[1] * size[2]


@pytest.mark.parametrize(
    ("x", "sizes", "message"),
    [
        (
            ("n", 3, "h", 9),
            (),
            "leaves sizes of its input 'x' open: 3x?x9\n  hint: give the shape of one sample: --input 3x224x9",
        ),
        ((1, 3, 8, 9), ((3, 8, 8),), "its input 'x' is 3x8x9 without the batch, not 3x8x8"),
        ((1, 3, 8, 9), ((8, 9),), "its input 'x' is 3x8x9 without the batch, not 8x9"),
        ((1, 3, 8, 9), ((3, 8, 9), (3, 8, 9)), "has 1 input ('x'), not 2"),
        ((3,), ((4,),), "its input 'x' is 3 without the batch, not 4"),
        ((), ((3, 4),), "its input 'x' is a number without the batch, not 3x4"),
        ((1, 2**40, 2**40), (), "its input 'x' has more elements than 64 bits can count"),
        ((1, 0, 4), (), "leaves sizes of its input 'x' open: ?x4"),
        ((1, -3, 4), (), "leaves sizes of its input 'x' open: ?x4"),
    ],
)
def test_sizes_that_are_open_or_do_not_fit_are_told(x: Any, sizes: Any, message: str, tmp_path: Path) -> None:
    path = File([_CONV], x, _WEIGHT).save(tmp_path)
    with pytest.raises(SpecError) as raised:
        read(path, [InputShape(dims) for dims in sizes])
    assert str(raised.value).startswith(f"{path}: {message}")


def test_an_input_without_a_shape_is_told(tmp_path: Path) -> None:
    file = File([_CONV], (1, 3, 8, 9), _WEIGHT)
    proto = file.proto()
    proto.graph.input[0].type.tensor_type.ClearField("shape")
    path = tmp_path / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(SpecError, match=r"does not declare the shape of its input 'x'\n  hint: .* --input 3x224x224"):
        read(str(path))
    assert shapes(counted(whole(str(path), (3, 8, 9)))) == [(6, 6, 7)]


@pytest.mark.parametrize("texts", [["3x4x4", "1x4x4"], ["mask=1x4x4", "x=3x4x4"], ["mask=1x4x4", "3x4x4"]])
def test_open_sizes_are_given_in_order_or_by_name(texts: list[str], tmp_path: Path) -> None:
    nodes = [node("Concat", ["x", "mask"], ["y"], axis=1)]
    path = File(nodes, ("n", 3, "h", "w"), more_inputs={"mask": ("n", 1, "h", "w")}).save(tmp_path)
    reading = read(path, [shape_of(text) for text in texts])
    assert shapes(counted(reading)) == [(4, 4, 4)]


def test_sizes_of_the_inputs_alone_that_leave_them_open_may_be_given_in_order(tmp_path: Path) -> None:
    nodes = [node("Add", ["z", "x"], ["a"]), node("Add", ["a", "t"], ["y"])]
    path = File(nodes, ("n", 3), more_inputs={"z": ("n", "m"), "t": ()}).save(tmp_path)
    assert shapes(counted(read(path, [shape_of("3")]))) == [(3,)]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["y=3x4x4"], "has 1 input ('x'), and none is 'y'\n  hint: check the name"),
        (["x=3x4x4", "3x4x4"], "has 1 input ('x'), not 2"),
        (["3x4x4:int64"], "its input 'x' holds float32, not int64\n  hint: leave it out: the file tells"),
    ],
)
def test_sizes_for_what_is_no_input_are_told(texts: list[str], message: str, tmp_path: Path) -> None:
    path = File([node("Relu", ["x"], ["y"])], ("n", 3, "h", "w")).save(tmp_path)
    with pytest.raises(SpecError) as raised:
        read(path, [shape_of(text) for text in texts])
    assert str(raised.value).startswith(f"{path}: {message}")


def test_the_type_of_an_input_may_be_given_as_the_file_has_it(tmp_path: Path) -> None:
    proto = File([node("Gather", ["w", "x"], ["y"])], ("n", "length"), {"w": (10, 4)}).proto()
    proto.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    path = save(proto, tmp_path)
    assert [shapes(counted(read(path, [shape_of(text)]))) for text in ("6", "6:int64")] == [[(6, 4)]] * 2
    with pytest.raises(SpecError, match="its input 'x' holds int64, not int32"):
        read(path, [shape_of("6:int32")])


def test_open_sizes_of_one_input_of_several_are_asked_for_by_name(tmp_path: Path) -> None:
    path = File([node("Add", ["x", "z"], ["y"])], ("n", 3), more_inputs={"z": ("n", "m")}).save(tmp_path)
    with pytest.raises(SpecError, match="give the shape of one sample: --input z=224"):
        read(path)


def test_what_only_a_branch_reads_enters_the_network(tmp_path: Path) -> None:
    """The branches of an If read x and w of the network around them, one of them inside of another If."""
    result = [helper.make_tensor_value_info("r", TensorProto.FLOAT, None)]
    inner = helper.make_graph([node("Add", ["x", "w"], ["r"])], "inner", [], result)
    nested = node("If", ["c"], ["r"], then_branch=inner, else_branch=inner)
    outer = helper.make_graph([nested], "outer", [], result)
    nodes = [node("If", ["c"], ["y"], then_branch=outer, else_branch=inner)]
    path = File(nodes, ("n", "m"), {"w": (4,)}, numbers={"c": np.asarray(True)}).save(tmp_path)
    with pytest.raises(SpecError, match="leaves sizes of its input 'x' open"):
        read(path)
    reading = whole(path, (4,))
    assert kinds(reading) == ["parameter"]
    assert counted(reading).total_params == 4


def test_several_inputs_and_outputs_keep_their_names(tmp_path: Path) -> None:
    nodes = [node("Concat", ["x", "the mask"], ["a"], axis=1), node("Relu", ["a"], ["y"]), node("Tanh", ["a"], ["z"])]
    file = File(nodes, (1, 3, 4, 4), more_inputs={"the mask": (1, 1, 4, 4)}, outputs=("y", "z"))
    spec = whole(file.save(tmp_path)).spec
    assert list(spec["inputs"]) == ["x", "the_mask"]
    assert spec["outputs"] == ["relu1", "tanh1"]
    assert shapes(counted(whole(file.save(tmp_path)))) == [(4, 4, 4), (4, 4, 4)]


def test_inputs_and_nodes_that_no_output_depends_on_are_left_out(tmp_path: Path) -> None:
    nodes = [node("Relu", ["x"], ["y"]), node("Einsum", ["other"], ["z"], equation="i->i")]
    assert kinds(whole(File(nodes, (1, 3), more_inputs={"other": (5,)}).save(tmp_path))) == ["relu"]


def test_initializers_may_be_inputs_too(tmp_path: Path) -> None:
    file = File([_CONV], (1, 3, 8, 9), _WEIGHT, more_inputs=_WEIGHT)
    assert counted(whole(file.save(tmp_path))).total_params == file.parameters


def test_a_network_without_an_input_is_told(tmp_path: Path) -> None:
    path = File([node("Relu", ["w"], ["y"])], (1, 3), _WEIGHT).save(tmp_path)
    with pytest.raises(SpecError, match="has no input that its outputs depend on"):
        read(path)


def test_a_network_whose_outputs_are_constants_is_told(tmp_path: Path) -> None:
    path = File([node("Shape", ["x"], ["y"])], (1, 3)).save(tmp_path)
    with pytest.raises(SpecError, match="has no output that depends on its input"):
        read(path)


def test_a_signal_and_tokens_are_inputs_of_two_dimensions(tmp_path: Path) -> None:
    file = File([node("Conv", ["x", "w"], ["y"])], (1, 2, 50), {"w": (4, 2, 5)})
    assert whole(file.save(tmp_path)).spec["input"] == {"shape": [2, 50]}


def branch(name: str, *nodes: Any, gives: Sequence[str] = ("r",), **numbers: Any) -> Any:
    """Return a graph for an If."""
    results = [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in gives]
    stored = [numpy_helper.from_array(np.asarray(value), one) for one, value in numbers.items()]
    return helper.make_graph(list(nodes), name, [], results, stored)


def chosen(condition: Sequence[Any], **more: Any) -> File:
    """Return a network that goes through one of two layers."""
    wide = branch("wide", node("Conv", ["x", "wide.weight"], ["r"], name="/wide/Conv"))
    narrow = branch("narrow", node("Relu", ["x"], ["a"]), node("Conv", ["a", "narrow.weight"], ["r"]))
    nodes = [*condition, node("If", ["c"], ["z"], then_branch=wide, else_branch=narrow), node("Relu", ["z"], ["y"])]
    return File(nodes, (1, 3, 8, 8), {"wide.weight": (6, 3, 3, 3), "narrow.weight": (2, 3, 3, 3)}, **more)


IS_WIDE = [node("Shape", ["x"], ["s"], start=2, end=3), node("Greater", ["s", "k"], ["c"])]


@pytest.mark.parametrize(("limit", "types", "channels"), [(7, ["conv2d"], 6), (8, ["relu", "conv2d"], 2)])
def test_a_branch_that_sizes_decide_is_read(limit: int, types: Any, channels: int, tmp_path: Path) -> None:
    file = chosen(IS_WIDE, numbers={"k": np.asarray([limit])})
    reading = whole(file.save(tmp_path))
    report = counted(reading)
    assert kinds(reading) == types
    assert shapes(report) == run(file.proto()) == [(channels, 6, 6)]
    assert report.total_params == channels * 27
    (remark,) = reading.remarks
    assert remark.startswith("warning: tensors that no output depends on are not counted")


def is_given(dims: Sequence[Any]) -> Any:
    file = chosen([node("Equal", ["rate", "k"], ["c"])], numbers={"k": np.asarray(16000)})
    proto = file._replace(more_inputs={"rate": dims}).proto()
    proto.graph.input[1].type.tensor_type.elem_type = TensorProto.INT64
    return proto


@pytest.mark.parametrize("dims", [(), (1,)])
def test_a_number_that_is_given_decides_the_branch(dims: Sequence[Any], tmp_path: Path) -> None:
    path = save(is_given(dims), tmp_path)
    for rate, channels in (("16000", 6), ("8000", 2)):
        reading = read(path, [shape_of(f"rate={rate}")])
        assert reading.gaps == ()
        assert shapes(counted(reading)) == [(channels, 6, 6)]
        assert reading.spec["input"] == {"channels": 3, "height": 8, "width": 8}


def test_a_number_that_decides_is_asked_for(tmp_path: Path) -> None:
    gaps = read(save(is_given(()), tmp_path)).gaps
    assert "give the number that decides: --input rate=NUMBER" in [gap.remedy for gap in gaps]


def test_a_branch_has_tensors_of_its_own_and_gives_several_values(tmp_path: Path) -> None:
    inner = [node("Conv", ["x", "w"], ["r"]), node("Relu", ["r"], ["q"])]
    made = branch("made", *inner, gives=("q", "r"), w=np.ones((5, 3, 1, 1), np.float32))
    nodes = [node("If", ["c"], ["a", "b"], then_branch=made, else_branch=made), node("Add", ["a", "b"], ["y"])]
    report = counted(whole(File(nodes, (1, 3, 4, 4), numbers={"c": np.asarray(True)}).save(tmp_path)))
    assert report.total_params == 15
    assert shapes(report) == [(5, 4, 4)]


def test_a_branch_that_takes_a_name_of_the_network_around_it_is_a_gap(tmp_path: Path) -> None:
    twice = branch("twice", node("Relu", ["x"], ["a"]), gives=("a",))
    nodes = [node("Tanh", ["x"], ["a"]), node("If", ["c"], ["b"], then_branch=twice, else_branch=twice)]
    nodes += [node("Add", ["a", "b"], ["y"])]
    (gap,) = read(File(nodes, (1, 3), numbers={"c": np.asarray(True)}).save(tmp_path)).gaps
    assert "(If)" in gap.what or "If that gives 'b'" in gap.what


def test_a_number_enters_as_a_vector_of_one_feature(tmp_path: Path) -> None:
    file = File([node("Add", ["x", "t"], ["y"])], (2, 3), more_inputs={"t": ()})
    reading = whole(file.save(tmp_path))
    assert reading.spec["inputs"] == {"x": {"features": 3}, "t": {"features": 1}}
    assert shapes(counted(reading)) == [(3,)]


def test_a_vector_without_a_batch_enters_as_it_is(tmp_path: Path) -> None:
    """A sound: 64 numbers, which the file itself makes an image of one channel."""
    nodes = [node("Unsqueeze", ["x", "a"], ["u"]), node("Conv", ["u", "w"], ["y"])]
    for x, given in (((64,), ()), (("length",), ((64,),))):
        file = File(nodes, x, {"w": (5, 1, 4)}, numbers={"a": np.asarray([0, 1])})
        assert shapes(counted(whole(file.save(tmp_path), *given))) == [(5, 61)]


_LSTM = node("LSTM", ["x", "w", "r"], ["h"], hidden_size=4)
_GATES = {"w": (1, 16, 3), "r": (1, 16, 4)}


@pytest.mark.parametrize("x", [(5, 2, 3), (5, "batch", 3), (5, 1, 3)])
def test_steps_may_come_before_the_batch(x: Sequence[Any], tmp_path: Path) -> None:
    """As recurrent layers have it, PyTorch's without batch_first too: 5 steps of 3 features."""
    file = File([_LSTM, node("Squeeze", ["h", "a"], ["y"])], x, _GATES, numbers={"a": np.asarray([1])})
    reading = whole(file.save(tmp_path))
    assert reading.spec["input"] == {"shape": [5, 3]}
    assert shapes(counted(reading)) == [(5, 4)]


@pytest.mark.parametrize("x", [(1, "n"), ("b", "n"), (1, "batch")])
def test_what_a_dimension_is_called_tells_the_batch_only_where_it_is_plain(x: Sequence[Any], tmp_path: Path) -> None:
    """N is the batch where it comes first; elsewhere it is any number, and the size of a sample."""
    file = File([node("Relu", ["x"], ["y"])], x)
    given = () if x[1] == "batch" else ((5,),)
    size = 1 if x[1] == "batch" else 5
    assert shapes(counted(whole(file.save(tmp_path), *given))) == [(size,)]


def test_states_whose_batch_comes_second_enter_as_samples(tmp_path: Path) -> None:
    nodes = [node("Gather", ["state", "i"], ["s"]), node("Add", ["x", "s"], ["y"])]
    for dims in ((2, "batch", 8), (2, 1, 8)):
        file = File(nodes, (1, 8), numbers={"i": np.asarray(1)}, more_inputs={"state": dims})
        reading = whole(file.save(tmp_path))
        assert reading.spec["inputs"]["state"] == {"shape": [2, 8]}
        assert shapes(counted(reading)) == [(8,)]


def test_a_sequence_is_given_whole(tmp_path: Path) -> None:
    """5 steps of 16 samples, each convolved as a sample of its own, and joined by a recurrent layer."""
    nodes = [
        node("Unsqueeze", ["x", "one"], ["u"]),
        node("Conv", ["u", "c.w"], ["c"], strides=[4], pads=[0, 2]),
        node("Relu", ["c"], ["r"]),
        node("Reshape", ["r", "steps"], ["s"]),
        node("LSTM", ["s", "l.w", "l.r"], ["h"], hidden_size=4),
        node("Squeeze", ["h", "one"], ["y"]),
    ]
    weights = {"c.w": (3, 1, 6), "l.w": (1, 16, 12), "l.r": (1, 16, 4)}
    numbers: Any = {"one": np.asarray([1]), "steps": np.asarray([-1, 1, 12])}
    reading = whole(File(nodes, ("steps", 16), weights, numbers=numbers).save(tmp_path), (5, 16))
    report = counted(reading)
    assert report.total_params == 18 + 16 * 16
    assert report.total_macs == 5 * (3 * 4 * 6 + 16 * 16)
    assert shapes(report) == [(5, 4)]


def test_windows_in_the_place_of_the_batch_are_samples_to_layers_over_images(tmp_path: Path) -> None:
    """An image of 8 x 8 in 4 windows of 4 x 4, laid out as a batch of 4."""
    nodes = [
        node("Reshape", ["x", "cut"], ["a"]),
        node("Transpose", ["a"], ["b"], perm=[2, 4, 0, 1, 3, 5]),
        node("Reshape", ["b", "windows"], ["c"]),
        node("Conv", ["c", "w"], ["d"], pads=[1, 0, 0, 0]),
        node("Relu", ["d"], ["y"]),
    ]
    numbers: Any = {"cut": np.asarray([1, 3, 2, 4, 2, 4]), "windows": np.asarray([4, 3, 4, 4])}
    file = File(nodes, (1, 3, 8, 8), {"w": (5, 3, 3, 3)}, numbers=numbers)
    report = counted(whole(file.save(tmp_path)))
    assert report.total_params == 5 * 27
    assert report.total_macs == 4 * 5 * 27 * 3 * 2
    assert shapes(report) == [(4, 5, 3, 2)]
