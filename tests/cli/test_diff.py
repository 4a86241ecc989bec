"""`cnnparams diff` as a user meets it."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import run
from tests.specs import SIMPLE_CNN, reference

KERNEL = ("out_channels: 16, kernel_size: 5", "out_channels: 16, kernel_size: 3")
FAMILY = """
vars: {wide: 4, deep: 2}
input: {channels: 1, height: 9, width: 9}
layers:
  - {type: conv2d, repeat: deep, out_channels: wide, kernel_size: 3}
  - flatten
  - {type: linear, out_features: 2}
"""


@pytest.fixture
def smaller(tmp_path: Path) -> str:
    """Write the tutorial's network with a smaller first kernel."""
    path = tmp_path / "smaller.yaml"
    path.write_text(SIMPLE_CNN.read_text(encoding="utf-8").replace(*KERNEL), encoding="utf-8")
    return str(path)


def document(*args: str, stdin: str = "") -> dict[str, Any]:
    done = run("diff", *args, "--json", stdin=stdin)
    assert (done.code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]


def test_the_table_tells_what_changed_and_what_that_does(smaller: str) -> None:
    done = run("diff", "simple_cnn", smaller)
    assert (done.code, done.stderr) == (0, "")
    lines = cells(done.stdout)
    assert lines[0] == ["simple_cnn: 1 changed, 3 affected, 3 the same"]
    assert lines[2] == ["Change", "Layer", "What", "Output", "Parameters", "MACs"]
    macs = 62 * 62 * 16 * 27 - 60 * 60 * 16 * 75
    told = ["conv2d: kernel_size (5, 5) -> (3, 3)", "(60, 60, 16) -> (62, 62, 16)"]
    assert lines[4] == ["changed", "conv1", *told, "-768", f"{macs:,}"]
    assert ["Parameters", "707,690", "706,922", "-768", "1.00x"] in lines
    assert ["Receptive field", "16", "14", "-2", "0.88x"] in lines


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_one_network_twice_is_told_in_a_line(format_: str) -> None:
    done = run("diff", "lenet5", "lenet5", "--format", format_)
    assert done == (0, "lenet5: the same network\n", "")


def test_networks_of_other_names_can_be_the_same(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(FAMILY, encoding="utf-8")
    assert run("diff", "-", str(path), stdin=FAMILY).stdout == "stdin -> other: the same network\n"


def test_json_has_every_layer_of_both_and_the_totals() -> None:
    found = document("resnet18", "resnet34")
    assert (found["before"], found["after"], found["same"], found["changes"]) == ("resnet18", "resnet34", False, [])
    models = reference("torchvision.json")["models"]
    before, after = (models[name]["params"] for name in ("resnet18", "resnet34"))
    assert found["totals"]["total_params"] == {
        "before": before,
        "after": after,
        "difference": after - before,
        "ratio": after / before,
    }
    assert sum(layer["difference"]["params"] for layer in found["layers"]) == after - before
    names = [layer["after"] for layer in found["layers"]]
    assert names == [layer["name"] for layer in json.loads(run("count", "resnet34", "--json").stdout)["layers"]]
    assert document("lenet5", "lenet5")["same"] is True


def test_json_tells_changes_with_whole_values(smaller: str) -> None:
    first, second, *_ = document("simple_cnn", smaller, "--layout", "chw")["layers"]
    assert first["changes"] == [
        {"key": "kernel_size", "before": [5, 5], "after": [3, 3], "own": True},
        {"key": "output_shape", "before": [16, 60, 60], "after": [16, 62, 62], "own": False},
    ]
    assert (first["status"], first["type"], first["hyperparameters"]["kernel_size"]) == ("changed", "conv2d", [3, 3])
    assert (second["status"], second["output_shape"]) == ("affected", [16, 31, 31])


def test_csv_has_a_row_for_each_layer_and_bare_numbers(smaller: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("diff", "simple_cnn", smaller, "--format", "csv").stdout)))
    assert [row["status"] for row in rows] == ["changed", *["affected"] * 3, *["same"] * 3]
    assert (rows[0]["before"], rows[0]["params"], rows[0]["weights"]) == ("conv1", "-768", "-3072")
    assert rows[0]["changes"].startswith("kernel_size (5, 5) -> (3, 3), ")


def test_markdown_has_both_tables(smaller: str) -> None:
    text = run("diff", "simple_cnn", smaller, "--format", "markdown").stdout
    assert text.startswith("## simple\\_cnn: 1 changed, 3 affected, 3 the same\n\n| Change | Layer |")
    assert "| Parameters | 707,690 | 706,922 | -768 | 1.00x |" in text


def test_a_var_is_set_in_both_networks_that_have_it_and_in_b_alone() -> None:
    assert document("-", "simple_cnn", "--set", "wide=5", stdin=FAMILY)["before"] == "stdin"
    both = document("resnet18", "resnet18", "--set", "size=64", "--set-b", "classes=10")
    (changed,) = [layer for layer in both["layers"] if layer["status"] != "same"]
    assert (changed["after"], changed["difference"]["params"]) == ("fc", -990 * 513)
    assert both["totals"]["total_macs"]["before"] < reference("torchvision.json")["models"]["resnet18"]["macs"] / 10
    own = document("resnet18", "resnet18", "--set", "classes=100", "--set-b", "classes=10")
    assert own["totals"]["total_params"]["difference"] == -90 * 513


def test_another_image_and_results_are_changes_of_the_network() -> None:
    shown = cells(run("diff", "resnet18", "resnet18", "--set-b", "size=160").stdout)
    assert ["changed", "inputs", "(224, 224, 3) -> (160, 160, 3)"] in shown


def test_the_batch_the_dtype_and_the_optimizer_decide_the_memory() -> None:
    options = ("--batch", "8", "--dtype", "float16", "--optimizer", "sgd")
    totals = document("simple_cnn", "lenet5", *options)["totals"]
    for side, name in (("before", "simple_cnn"), ("after", "lenet5")):
        memory = json.loads(run("memory", name, "--training", "--json", *options).stdout)
        for field in ("peak_activation_bytes", "training_bytes"):
            assert totals[field][side] == memory[field]


def test_a_layer_that_only_saves_more_for_the_backward_pass_says_so(tmp_path: Path) -> None:
    conv = "{type: conv2d, name: %s, from: input, out_channels: 8, kernel_size: 1}"
    spec = "input: {channels: 3, height: 16, width: 16}\nlayers: [%s, %s, {type: add, name: sum, from: [a, b]}]"
    path = tmp_path / "other.yaml"
    path.write_text(spec % (conv % "b", conv % "a"), encoding="utf-8")
    shown = cells(run("diff", "-", str(path), stdin=spec % (conv % "a", conv % "b")).stdout)
    assert ["changed", "order", "a, b -> b, a"] in shown
    kept = "3.00 KiB"  # the image, which the first that reads it saves
    assert ["affected", "b", f"conv2d: Saved for backward +{kept}", "(16, 16, 8)", "0", "0"] in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["simple_cnn", "lenet5", "--set", "widht=3"], "neither network has a var 'widht'; their vars are classes"),
        (["resnet18", "simple_cnn", "--set", "siz=3"], "neither network has a var 'siz'; did you mean 'size'?"),
        (["simple_cnn", "resnet18", "--set-b", "siz=3"], "no var 'siz'"),
        (["resnet", "simple_cnn"], "is a family: choose one of its variants"),
        (["-", "-"], "standard input, which can be read once"),
        (["simple_cnn"], "Missing argument 'B'"),
    ],
)
def test_wrong_usage_is_told(args: list[str], said: str) -> None:
    done = run("diff", *args)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_problems_of_both_specs_are_told_at_once() -> None:
    done = run("diff", "-", "nowhere.yaml", stdin="input: {features: 3}\nlayers: [lineer]")
    assert (done.code, done.stdout) == (2, "")
    assert "did you mean 'linear'" in done.stderr
    assert "nowhere.yaml: no such file" in done.stderr


def test_the_output_goes_to_a_file_which_is_never_a_spec(smaller: str, tmp_path: Path) -> None:
    target = tmp_path / "diff.md"
    assert run("diff", "simple_cnn", smaller, "--format", "markdown", "-o", str(target)) == (0, "", "")
    assert target.read_text(encoding="utf-8").startswith("## simple")
    done = run("diff", "simple_cnn", smaller, "-o", smaller)
    assert (done.code, "is also an input, and would be overwritten" in done.stderr) == (2, True)
