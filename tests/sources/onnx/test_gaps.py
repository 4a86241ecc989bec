"""What no layer does is named: the node, what it does, what to do about it; and the others are read all the same."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from cnnparams.errors import SpecError
from cnnparams.render.yaml import spec_lines
from cnnparams.sources.onnx import open as read
from cnnparams.sources.reading import told_once
from tests.sources.onnx.cases_gaps import CASES, IMAGE, one
from tests.sources.onnx.models import File, kinds, layer, node, save
from tests.specs import report_of


@pytest.mark.parametrize(("file", "what"), CASES.values(), ids=CASES)
def test_what_no_layer_does_is_named_with_its_node(file: File, what: str, tmp_path: Path) -> None:
    (gap,) = read(file.save(tmp_path)).gaps
    assert gap.what.startswith(f"node 'the one' ({file.nodes[0].op_type}) {what}")
    assert (gap.path, gap.entry) == ("the_one", "the_one")


@pytest.mark.parametrize("name", ["If", "Loop", "Scan"])
def test_what_is_decided_at_run_time_is_named_with_a_remedy(name: str, tmp_path: Path) -> None:
    inner = helper.make_graph([], "inner", [], [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])])
    graphs: dict[str, Any] = {
        "If": {"then_branch": inner, "else_branch": inner},
        "Loop": {"body": inner},
        "Scan": {"body": inner, "num_scan_inputs": 1},
    }
    (gap,) = read(one(name, *["x"] * (name == "Loop"), **graphs[name]).save(tmp_path)).gaps
    assert gap.remedy == "export it with fixed sizes, so that nothing is decided at run time"


def test_every_gap_is_told_at_once_but_not_what_depends_on_one(tmp_path: Path) -> None:
    nodes = [
        node("Relu", ["x"], ["a"]),
        node("Det", ["a"], ["b"]),
        node("Tanh", ["b"], ["c"]),
        node("NonZero", ["a"], ["d"]),
        node("Sigmoid", ["a"], ["e"]),
        node("Add", ["c", "d"], ["y"]),
    ]
    reading = read(File(nodes, IMAGE, outputs=("y", "e")).save(tmp_path))
    assert [gap.what.split()[1] for gap in reading.gaps] == ["NonZero"]
    assert kinds(reading) == ["relu", "opaque", "tanh", "onnx.NonZero", "sigmoid"]
    assert [remark.rpartition(": ")[2] for remark in reading.remarks] == ["'Add'"]


def test_an_output_that_no_layer_gives_is_a_gap_where_it_is_read(tmp_path: Path) -> None:
    nodes = [
        node("MaxPool", ["x"], ["a", "places"], kernel_shape=[2, 2]),
        node("MaxUnpool", ["a", "places"], ["y"], kernel_shape=[2, 2]),
    ]
    (gap,) = read(File(nodes, IMAGE).save(tmp_path)).gaps
    assert "reads 'places', which is the output 1 of the MaxPool that gives 'a', which no layer gives" in gap.what


def test_a_shape_that_the_file_declares_otherwise_is_remarked_on(tmp_path: Path) -> None:
    proto = File([node("Relu", ["x"], ["a"]), node("Tanh", ["a"], ["y"])], IMAGE).proto()
    proto.graph.value_info.append(helper.make_tensor_value_info("a", TensorProto.FLOAT, ["n", 4, None, 7]))
    reading = read(save(proto, tmp_path))
    assert reading.gaps == ()
    assert reading.spec["input"] == {"channels": 4, "height": 6, "width": 6}
    (remark,) = reading.remarks
    assert remark.endswith("runtimes ignore that: 'a'")


def test_a_shape_that_the_file_and_onnx_have_otherwise_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As sizes would be that a layer works out wrongly."""
    proto = File([node("MaxPool", ["x"], ["a"], kernel_shape=[2, 2]), node("Tanh", ["a"], ["y"])], IMAGE).proto()
    proto.graph.value_info.append(helper.make_tensor_value_info("a", TensorProto.FLOAT, [2, 4, 5, 5]))
    monkeypatch.setattr("cnnparams.sources.onnx.ops.pool._padded", lambda _, x, w, **__: (x, w, {"padding": (1, 1)}))
    (gap,) = read(save(proto, tmp_path)).gaps
    assert gap.what == "the MaxPool that gives 'a' gives [2, 4, 7, 7], but the file declares [2, 4, 5, 5]"


def test_a_declared_batch_may_be_another(tmp_path: Path) -> None:
    proto = File([node("Relu", ["x"], ["y"])], IMAGE).proto()
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, [7, 4, 6, 6]))
    assert read(save(proto, tmp_path)).gaps == ()


def with_a_gap(declared: Sequence[Any] | None, equation: str = "nchw,cd,de->nhwe") -> Any:
    """Return a network with an operation that no layer does in its middle, and what the file declares it to give."""
    nodes = [
        node("Conv", ["x", "c.w"], ["a"], name="/stem/c/Conv"),
        node("Einsum", ["a", "g", "g"], ["b"], name="/stem/odd/Einsum", equation=equation),
        node("Conv", ["b", "d.w"], ["y"]),
    ]
    proto = File(nodes, IMAGE, {"c.w": (5, 4, 1, 1), "d.w": (2, 6, 1, 1), "g": (5, 5)}).proto()
    if declared:
        proto.graph.value_info.append(helper.make_tensor_value_info("b", TensorProto.FLOAT, declared))
    return proto


@pytest.mark.parametrize("declared", [(2, 6, 6, 5), ("n", 6, 6, 5)])
def test_a_gap_is_gone_past_where_the_file_declares_what_it_gives(declared: Any, tmp_path: Path) -> None:
    reading = read(save(with_a_gap(declared), tmp_path))
    (gap,) = reading.gaps
    assert (gap.path, gap.entry) == ("stem.odd", "stem.odd")
    assert layer(reading, "stem.odd") == {"type": "onnx.Einsum", "name": "stem.odd", "gives": [6, 6, 5]}
    assert kinds(reading) == ["conv2d", "onnx.Einsum", "conv2d"]
    assert reading.totals is None


@pytest.mark.parametrize("declared", [None, (2, None, 6, 5), (1, 6, 6, 5), (2, 2**40, 2**40, 5)])
def test_a_gap_is_gone_past_where_onnx_infers_what_it_gives(declared: Any, tmp_path: Path) -> None:
    """Einsum leaves the batch where it is: nchw,cd,de->nhwe of 2 x 5 x 6 x 6."""
    reading = read(save(with_a_gap(declared), tmp_path))
    assert layer(reading, "stem.odd")["gives"] == [6, 6, 5]
    assert kinds(reading) == ["conv2d", "onnx.Einsum", "conv2d"]


@pytest.mark.parametrize("declared", [None, (2, None, 6, 5), (1, 6, 6, 5), (2, 2**40, 2**40, 5)])
@pytest.mark.parametrize("equation", ["no equation", "nchw,cd,de->hwe", "nchw,cd->nhwd"])
def test_what_a_gap_gives_is_not_guessed(equation: str, declared: Any, tmp_path: Path) -> None:
    reading = read(save(with_a_gap(declared, equation), tmp_path))
    assert kinds(reading) == ["conv2d", "onnx.Einsum"]
    assert len(reading.gaps) == 1


@pytest.mark.parametrize(("file", "what"), CASES.values(), ids=CASES)
def test_a_spec_with_a_gap_cannot_be_counted(file: File, what: str, tmp_path: Path) -> None:
    reading = read(file.save(tmp_path))
    text = "".join(spec_lines(reading.spec))
    assert all(f"name: {gap.entry}" in text for gap in reading.gaps)
    with pytest.raises(SpecError, match=r"unknown layer type '(onnx|my\.ops)\."):
        report_of(text)


def test_gaps_of_one_kind_are_told_once(tmp_path: Path) -> None:
    nodes = [node("NonZero", ["x"], [f"z{i}"], name=f"/block{i}/NonZero") for i in range(3)]
    reading = read(File(nodes, IMAGE, outputs=("z0", "z1", "z2")).save(tmp_path))
    assert [gap.entry for gap in reading.gaps] == ["block0", "block1", "block2"]
    (gap,) = told_once(reading.gaps)
    assert (gap.path, gap.what) == (
        "block0",
        "node '/block0/NonZero' (NonZero) has no matching layer type, and so at 2 other places",
    )
