"""A file is data: whatever its bytes are, the answer comes soon, in a line or two."""

import os
import random
from pathlib import Path

import pytest

from cnnparams.sources.onnx import file
from tests.sources.onnx.hostile import SMALL, VALID, told
from tests.sources.onnx.models import File, node, save


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\0" * 1000, "is not an ONNX model"),
        (b"input: {features: 4}\nlayers: [relu]\n", "is not an ONNX model"),
        (random.Random(0).randbytes(5000), "is not an ONNX model"),
        (VALID[:-20], "is not an ONNX model, or was cut off"),
        (b"\x08\x09", "it holds no graph"),
        (b"\x08\x09\x3a\x00", "has no input"),
        (b"\x3a\x00", "has a format version older than ONNX 1.0, or none"),
        (b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "is not an ONNX model, or was cut off"),
        (b"\x3a\x02\x0b\x0b", "is not an ONNX model, or was cut off"),
        (VALID.replace(b"shape", b"\xff\xfe\xfd\xfc\xfb"), "is not an ONNX model, or was cut off"),
    ],
)
def test_bytes_that_are_no_network_are_told(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    assert message in told(str(path))


def test_every_beginning_of_a_file_gets_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    for end in range(len(VALID)):
        path.write_bytes(VALID[:end])
        assert told(str(path)) or end > len(VALID) - 10


@pytest.mark.parametrize("seed", range(4))
def test_a_file_with_bytes_changed_gets_an_answer(seed: int, tmp_path: Path) -> None:
    path, chance = tmp_path / "net.onnx", random.Random(seed)
    for _ in range(200):
        data = bytearray(VALID)
        for _ in range(chance.choice([1, 2, 8])):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        path.write_bytes(data)
        told(str(path))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such.onnx", "cannot be read: No such file or directory"),
        (".", "is not a file"),
        ("a\0b.onnx", "cannot be read: embedded null"),
    ],
)
def test_a_path_that_leads_to_no_file_is_told(name: str, message: str, tmp_path: Path) -> None:
    assert message in told(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")
    assert "is not a file" in told(str(tmp_path / "pipe.onnx"))


def test_sizes_beyond_all_bounds_take_no_memory(tmp_path: Path) -> None:
    numbers = {"n": [2**40, 2**40]}
    nodes = [
        node("ConstantOfShape", ["n"], ["big"]),
        node("Expand", ["x", "n"], ["y"], name="Expand"),
        node("MatMul", ["x", "big"], ["z"]),
    ]
    text = told(File(nodes, (1, 4), numbers=numbers, outputs=("y", "z")).save(tmp_path))
    assert "does not fit [1, 4] to [1099511627776, 1099511627776]" in text
    assert "cannot be linear" in text


INTERNAL = ["DecomposedLayerNorm", "Linear", "MirroredPad", "PaddedConv", "Relu6", "Silu", "SplitPart"]


@pytest.mark.parametrize("kind", INTERNAL)
def test_the_names_of_what_nodes_are_together_are_no_operations(kind: str, tmp_path: Path) -> None:
    assert "has no matching layer type" in told(File([node(kind, ["x", "x", "x"], ["y"])], (1, 4)).save(tmp_path))


def test_indices_far_apart_are_not_counted_out(tmp_path: Path) -> None:
    nodes = [node("Gather", ["x", "i"], ["y"], axis=1)]
    text = told(File(nodes, (1, 4), numbers={"i": [0, 1, 2**62]}).save(tmp_path))
    assert "picks what is not there" in text


def test_a_range_without_end_is_not_counted_out(tmp_path: Path) -> None:
    numbers = {"zero": 0, "end": 2**60, "one": 1}
    nodes = [node("Range", ["zero", "end", "one"], ["r"]), node("Reshape", ["x", "r"], ["y"])]
    assert "cannot be computed" in told(File(nodes, (1, 4), numbers=numbers).save(tmp_path))


def test_weights_are_passed_over_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proto = SMALL.proto()
    proto.graph.initializer[0].raw_data = b"\1" * 2**22
    monkeypatch.setattr(file, "MOST_BYTES", 2**20)
    assert told(save(proto, tmp_path)) == ""


def test_twenty_thousand_nodes_are_read(tmp_path: Path) -> None:
    nodes = [node("Relu", [f"v{i}"], [f"v{i + 1}"]) for i in range(20_000)]
    nodes[0].input[0], nodes[-1].output[0] = "x", "y"
    assert told(File(nodes, (1, 4)).save(tmp_path)) == ""


def test_more_nodes_than_any_network_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MOST_FIELDS", 10_000)
    path = tmp_path / "net.onnx"
    empty = b"\x0a\x00" * file.MOST_FIELDS  # nodes without anything
    path.write_bytes(b"\x08\x09\x3a" + file._varint(len(empty)) + empty)
    assert "is too complex: it has more than" in told(str(path))


def test_a_name_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    proto = SMALL.proto()
    proto.graph.node[0].name = "a" * (file.MOST_BYTES + 1)
    assert "is too complex: it has more than" in told(save(proto, tmp_path))


@pytest.mark.parametrize(
    ("deep", "message"),
    [(8, "is missing its else_branch"), (40, "or graphs nested 25 deep"), (5000, "or graphs nested 25 deep")],
)
def test_graphs_within_graphs_are_followed_so_deep_and_no_deeper(deep: int, message: str, tmp_path: Path) -> None:
    """Written as bytes, of which onnx itself would not read the deepest."""
    inner = b"\x0a" + _sized(b"\x0a\x01x\x12\x01r\x22\x04Relu")
    for _ in range(deep):
        branch = b"\x0a\x0bthen_branch\x32" + _sized(inner) + b"\xa0\x01\x05"
        inner = b"\x0a" + _sized(b"\x0a\x01x\x12\x01y\x22\x02If\x2a" + _sized(branch))
    proto = File([], (1, 4)).proto()
    graph = proto.graph.SerializeToString() + inner
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x08\x09\x42\x02\x10\x11\x3a" + _sized(graph))
    assert message in told(str(path))


def _sized(data: bytes) -> bytes:
    return file._varint(len(data)) + data
