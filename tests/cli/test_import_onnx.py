"""`cnnparams import FILE.onnx` as a user meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bad_runs import cnnparams

SMALL = """name: net
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, name: stem, out_channels: 4, kernel_size: 3, activation: relu}
  - {type: flatten, name: flatten1}
  - {type: linear, name: head, out_features: 5}
"""
PARTIAL = """name: net
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, name: stem, out_channels: 4, kernel_size: 3}
  # middle: node '/middle/NonZero' (NonZero) has no matching layer type
  #   hint: cut the file before it with onnx.utils.extract_model, or write the spec by hand
  - {type: onnx.NonZero, name: middle}
"""
LEFT_OUT = "layers that follow an unsupported node are left out where the file does not declare their input shapes"
REFUSED = f"""warning: {LEFT_OUT}: 'Flatten', 'Gemm'
middle: node '/middle/NonZero' (NonZero) has no matching layer type
  hint: cut the file before it with onnx.utils.extract_model, or write the spec by hand
nothing was written, as there is no layer type for these; --partial writes the rest and marks them
"""


def save(path: Path, middle: str, name: str = "", sizes: tuple[Any, ...] = ("n", 3, 8, 8)) -> Path:
    """Write a small network with some operation in its middle."""
    onnx = pytest.importorskip("onnx")
    node, tensor, float_ = onnx.helper.make_node, onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    nodes = [
        node("Conv", ["x", "stem.weight", "stem.bias"], ["a"]),
        node(middle, ["a"], ["b"], name=name),
        node("Flatten", ["b"], ["c"]),
        node("Gemm", ["c", "head.weight", "head.bias"], ["y"], transB=1),
    ]
    dims = {"stem.weight": (4, 3, 3, 3), "stem.bias": (4,), "head.weight": (5, 144), "head.bias": (5,)}
    weights = [onnx.TensorProto(name=name, dims=shape, data_type=float_) for name, shape in dims.items()]
    graph = onnx.helper.make_graph(nodes, "g", [tensor("x", float_, sizes)], [tensor("y", float_, None)], weights)
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return save(tmp_path / "net.onnx", "Relu")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return save(tmp_path / "net.onnx", "NonZero", "/middle/NonZero")


def test_a_file_becomes_a_spec_that_is_counted_as_any_other(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    assert cnnparams("import", small, "-o", target) == (0, "", "")
    assert target.read_text() == SMALL
    report = json.loads(cnnparams("count", target, "--json").out)
    assert report["total_params"] == (4 * 27 + 4) + (5 * 144 + 5)


def test_a_file_needs_no_pytorch(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert cnnparams("import", small) == (0, SMALL, "")


def test_sizes_that_a_file_leaves_open_are_given(tmp_path: Path) -> None:
    path = save(tmp_path / "net.onnx", "Relu", sizes=("n", 3, "h", "w"))
    done = cnnparams("import", path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{path}: leaves sizes of its input 'x' open: 3x?x?\n  hint: ")
    assert cnnparams("import", path, "--input", "x=3x8x8") == (0, SMALL, "")


def test_a_file_is_not_replaced_by_its_own_spec(small: Path) -> None:
    before = small.read_bytes()
    done = cnnparams("import", small, "-o", small)
    assert (done.code, done.out) == (2, "")
    assert small.read_bytes() == before


def test_a_gap_is_named_and_nothing_is_written(odd: Path, tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    assert cnnparams("import", odd, "-o", target) == (2, "", REFUSED)
    assert not target.exists()


def test_partial_writes_the_rest_with_the_gap_marked(odd: Path) -> None:
    done = cnnparams("import", odd, "--partial")
    assert (done.code, done.out) == (1, PARTIAL)


def test_a_spec_that_does_not_come_to_the_files_weights_is_not_written(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnparams.engine.network.stack._settings", lambda *_: {"out_channels": 3, "kernel_size": 3})
    done = cnnparams("import", small)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("nothing was written, as the spec would differ from the model:\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty\n  hint: download or export it again"),
        (b"layers: [relu]\n", "is not an ONNX model, or was cut off\n  hint: download or export it again"),
    ],
)
def test_what_is_no_model_is_told(data: bytes, message: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    assert cnnparams("import", path) == (2, "", f"{path}: {message}\n")
