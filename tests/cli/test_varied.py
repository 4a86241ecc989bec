"""Sweeps over the inputs of any network, and the largest input that keeps a budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bad_runs import cnnparams

NET = b"""
vars: {wide: 4}
input: {channels: 1, height: 8, width: 8}
layers:
  - {type: conv2d, out_channels: wide, kernel_size: 5}
  - flatten
  - {type: linear, out_features: 2}
"""
TWO = b"""
inputs: {image: {channels: 1, height: 8, width: 8}, meta: {features: 3}}
layers:
  - {type: linear, from: meta, name: a, out_features: 2}
  - {type: conv2d, from: image, name: b, out_channels: 4, kernel_size: 3}
  - {type: global_avg_pool2d, name: c}
  - {type: concat, from: [a, c]}
"""
MODELS = """
from torch import nn

made = 0

def small():
    global made
    made += 1
    print("made", made)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(288, 5))

def any_size():
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1))

"""


def params(wide: int, size: int) -> int:
    return 26 * wide + 2 * wide * (size - 4) ** 2 + 2


def swept(*arguments: str, stdin: bytes = NET) -> list[dict[str, Any]]:
    done = cnnparams("sweep", "-", "--json", *arguments, stdin=stdin)
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "varied_models.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_shapes_and_vars_are_combined_the_last_var_fastest(jobs: str) -> None:
    rows = swept("--input", "1x6:8:2x6:8:2", "--set", "wide=2,4", "--jobs", jobs)
    assert [(row["input"], row["wide"]) for row in rows] == [("1x6x6", 2), ("1x6x6", 4), ("1x8x8", 2), ("1x8x8", 4)]
    assert [row["total_params"] for row in rows] == [params(wide, size) for size in (6, 8) for wide in (2, 4)]


def test_shapes_alone_are_swept_and_what_does_not_fit_is_skipped() -> None:
    done = cnnparams("sweep", "-", "--input", "1x4x4,1x8x8,8x8", "--format", "csv", stdin=NET)
    assert (done.code, done.out) == (0, f"input,total_params,total_macs\n1x8x8,{params(4, 8)},1728\n")
    assert [line.partition(": <stdin>")[0] for line in done.err.splitlines()] == [
        "skipped: input=1x4x4",
        "skipped: input=8x8",
    ]


def test_a_single_shape_is_no_axis() -> None:
    assert [list(row) for row in swept("--input", "1x9x9", "--set", "wide=2")] == [
        ["wide", "total_params", "total_macs"]
    ]
    done = cnnparams("sweep", "-", "--input", "1x9x9", stdin=NET)
    assert (done.code, "nothing varies" in done.err) == (2, True)


def test_several_inputs_are_axes_under_their_names() -> None:
    rows = swept("--input", "1x8x8,1x9x9", "--input", "meta=3,4", stdin=TWO)
    assert [(row["image"], row["meta"]) for row in rows] == [
        ("1x8x8", "3"),
        ("1x8x8", "4"),
        ("1x9x9", "3"),
        ("1x9x9", "4"),
    ]
    assert [row["total_params"] for row in rows] == [48, 50, 48, 50]
    assert [list(row)[:1] for row in swept("--input", "1x8x8", "--input", "meta=3,4", stdin=TWO)] == [["meta"]] * 2


def test_a_family_whose_size_is_a_var_is_swept_over_its_input() -> None:
    done = cnnparams("sweep", "resnet", "--input", "3x64x64,3x96x96", "--columns", "macs", "--json")
    by_size = cnnparams("sweep", "resnet", "--set", "size=64,96", "--columns", "macs", "--json")
    rows, others = ([json.loads(line) for line in each.out.splitlines()] for each in (done, by_size))
    assert [(row["name"], row["total_macs"]) for row in rows] == [(row["name"], row["total_macs"]) for row in others]


def test_the_larger_input_can_be_a_goal() -> None:
    rows = swept("--input", "1x8x8,1x9x9,1x10x8", "--set", "wide=2,4", "--pareto", "params,input:max")
    assert {row["wide"] for row in rows} == {2}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("resnet18", "--set", "size=64,96", "--input", "3x64x64,3x96x96"), "--input says what size is"),
        (("resnet18", "--set", "size=64,96", "--input", "3x64x64"), "--input says what size is"),
        (("resnet18", "--input", "64,96"), "the shape of 'input' is CHANNELSxHEIGHTxWIDTH: 3 sizes, not 1"),
        (("resnet18", "--input", "3x64x64,3x96x96", "--where", "input > 3"), "unknown name 'input'"),
    ],
)
def test_what_cannot_be_swept_is_told(arguments: tuple[str, ...], told: str) -> None:
    done = cnnparams("sweep", *arguments)
    assert (done.code, done.out, told in done.err) == (2, "", True), done.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_code_is_run_once_for_each_size(jobs: str, models: Path) -> None:
    pytest.importorskip("torch")
    done = cnnparams("sweep", "varied_models:small", "--input", "3x8x8,3x9x9", "--format", "csv", "--jobs", jobs)
    assert (done.code, done.out) == (0, "input,total_params,total_macs\n3x8x8,1669,9216\n")
    assert "skipped: input=3x9x9: running the model failed: RuntimeError: " in done.err
    first = [line for line in done.err.splitlines() if line.startswith("made")]
    assert len(first) == 2


def test_a_model_is_read_at_the_first_size_that_it_takes(models: Path) -> None:
    pytest.importorskip("torch")
    done = cnnparams("sweep", "varied_models:any_size", "--input", "3x2x2,3x9x9", "--format", "csv")
    assert (done.code, done.out) == (0, "input,total_params,total_macs\n3x9x9,224,10584\n")
    assert done.err.startswith("skipped: input=3x2x2: ")


def test_an_onnx_file_is_read_again_for_each_size(models: Path) -> None:
    onnx = pytest.importorskip("onnx")
    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    x, y = (onnx.helper.make_tensor_value_info(name, 1, ["n", 3, None, None]) for name in "xy")
    path = str(models / "net.onnx")
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "net", [x], [y])), path)
    done = cnnparams("sweep", path, "--input", "3x8:10x8:10", "--columns", "activation-size", "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row["input"] for row in rows] == ["3x8x8", "3x9x9", "3x10x10"], done.err
    assert [row["activation_bytes"] for row in rows] == [12 * n * n for n in (8, 9, 10)]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_largest_input_within_a_budget_is_found(jobs: str) -> None:
    asked = ("--var", "input", "--input", "1x6:12x6:12", "--max", f"params={params(4, 8)}", "--jobs", jobs)
    found = json.loads(cnnparams("solve", "-", "--json", *asked, stdin=NET).out)
    assert (found["var"], found["value"], found["next"]["value"]) == ("input", "1x8x8", "1x9x9")
    assert found["tried"] == {"count": 7, "first": "1x6x6", "last": "1x12x12"}
    said = cnnparams("solve", "-", *asked, stdin=NET).out
    assert "input=1x8x8 is the largest of the 7 values from 1x6x6 to 1x12x12 that keeps params" in said


def test_inputs_are_tried_from_the_smallest_on() -> None:
    asked = ("--var", "input", "--input", "1x9x9,1x6x7,1x6x6,1x9x9", "--max", "params=1M")
    found = cnnparams("solve", "-", *asked, "--json", stdin=NET)
    assert json.loads(found.out)["tried"] == {"count": 3, "first": "1x6x6", "last": "1x9x9"}
    assert "Try others with --input." in cnnparams("solve", "-", *asked, stdin=NET).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--var", "input"), "input is an input: give the shapes to try with --input"),
        (("--var", "wide", "--input", "1x6x6,1x8x8"), "wide varies, and nothing else may: give one shape of input"),
    ],
)
def test_what_cannot_be_solved_is_told(arguments: tuple[str, ...], told: str) -> None:
    done = cnnparams("solve", "-", "--max", "params=1M", *arguments, stdin=NET)
    assert (done.code, done.out, told in done.err) == (2, "", True), done.err
