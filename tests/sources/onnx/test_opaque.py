"""Steps that learn nothing and multiply nothing, and that no layer says: only their results are written."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from cnnparams.sources.onnx import open as read
from tests.sources.onnx.models import File, counted, inferred, kinds, layer, node, save, shapes, whole

_IMAGE = (2, 4, 6, 6)


def one(kind: str, *inputs: str, x: Any = _IMAGE, opset: int = 20, numbers: Any = None, **attributes: Any) -> File:
    """Return a file of one node that reads x and other tensors."""
    return File([node(kind, ["x", *inputs], ["y"], **attributes)], x, numbers=numbers or {}, opset=opset)


CASES = {
    "an operation that no layer does": one("Det"),
    "padding of a pool that no layer has": one("MaxPool", kernel_shape=[3, 3], pads=[0, 0, 2, 2], ceil_mode=1),
    "a dilated average": one("AveragePool", kernel_shape=[2, 2], dilations=[2, 2]),
    "softmax of old over an image": one("Softmax", opset=9, axis=1),
    "channels resized": one("Resize", "", "s", numbers={"s": np.asarray([1, 2, 1, 1], np.float32)}),
    "the largest values": one("Hardmax", axis=2),
}


@pytest.mark.parametrize("file", CASES.values(), ids=CASES)
def test_a_step_that_no_layer_says_gives_what_onnx_infers(file: File, tmp_path: Path) -> None:
    proto = file.proto()
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT
    reading = whole(save(proto, tmp_path))
    assert kinds(reading) == ["opaque"]
    report = counted(reading)
    assert (report.total_params, report.total_macs) == (0, 0)
    assert shapes(report) == inferred(proto)


@pytest.mark.parametrize("keepdims", [0, 1])
def test_a_place_for_each_sample_is_a_result(keepdims: int, tmp_path: Path) -> None:
    nodes = [node("Gemm", ["x", "w"], ["l"]), node("ArgMax", ["l"], ["y"], axis=1, keepdims=keepdims)]
    proto = File(nodes, (1, 8), {"w": (8, 3)}).proto()
    proto.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.INT64, [1, 1][: 1 + keepdims]))
    report = counted(whole(save(proto, tmp_path)))
    assert report.total_params == 24
    assert shapes(report) == [(1,)]


def test_each_result_of_a_step_is_one_of_its_own(tmp_path: Path) -> None:
    nodes = [
        node("TopK", ["x", "k"], ["v", "i"]),
        node("Cast", ["i"], ["c"], to=TensorProto.FLOAT),
        node("Add", ["v", "c"], ["y"]),
    ]
    reading = whole(File(nodes, (2, 8), numbers={"k": np.asarray([3])}).save(tmp_path))
    assert [entry["type"] for entry in reading.spec["layers"]][-1] == "add"
    assert shapes(counted(reading)) == [(3,)]


def test_what_a_step_reads_beside_the_network_is_a_constant(tmp_path: Path) -> None:
    """Numbers to put in the place of others, which no layer learns."""
    nodes = [node("ScatterElements", ["x", "at", "others"], ["y"], axis=1)]
    file = File(nodes, (1, 4, 6, 6), {"others": (1, 1, 6, 6)}, numbers={"at": np.zeros((1, 1, 6, 6), np.int64)})
    reading = whole(file.save(tmp_path))
    report = counted(reading)
    assert (report.total_params, shapes(report)) == (0, [(4, 6, 6)])
    assert any("these count as constants: 'others'" in remark for remark in reading.remarks)


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (one("Softmax", axis=0), "works along the batch"),
        (one("ArgMax", axis=0), "works along the batch"),
        (one("ReduceL2", "a", numbers={"a": np.asarray([0])}), "works along the batch"),
        (one("NonZero"), "has no matching layer type"),
    ],
    ids=["softmax over samples", "places among samples", "a norm over samples", "as many as there are"],
)
def test_what_mixes_samples_or_has_no_size_is_a_gap(file: File, what: str, tmp_path: Path) -> None:
    (gap,) = read(file.save(tmp_path)).gaps
    assert what in gap.what


def test_behind_an_opaque_step_layers_go_on(tmp_path: Path) -> None:
    nodes = [node("Det", ["x"], ["d"]), node("Gemm", ["d", "fc.weight"], ["y"], transB=1, name="/fc/Gemm")]
    reading = whole(File(nodes, _IMAGE, {"fc.weight": (3, 4)}).save(tmp_path))
    assert layer(reading, "fc")["out_features"] == 3
    assert counted(reading).total_params == 12
