"""What enters a network: inputs with a batch, whose sizes are the file's or are given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from cnnparams.errors import SpecError
from cnnparams.schema.input_shape import InputShape, shape_of
from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, kinds, node, save, shapes, whole

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
        ((3,), (), "its input 'x' has no dimension besides the batch"),
        ((), (), "its input 'x' has no dimension besides the batch"),
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


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["y=3x4x4"], "has 1 input ('x'), and none is 'y'\n  hint: check the name"),
        (["x=3x4x4", "3x4x4"], "has 1 input ('x'), not 2"),
        (["3x4x4:int64"], "its input 'x' holds float32, not int64\n  hint: leave out the type: the file declares it"),
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
    (gap,) = read(path, [shape_of("x=4")]).gaps
    assert gap.remedy == "export it with fixed sizes, so that nothing is decided at run time"


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
