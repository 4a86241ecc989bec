"""`cnnparams count` as a user meets it."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import run
from tests.cli.terminal import on_terminal
from tests.specs import ROOT, SIMPLE_CNN, reference

SPEC = "specs/simple_cnn.yaml"
LENET = "specs/lenet5.yaml"


def test_the_table_has_the_tutorials_rows_and_totals() -> None:
    done = run("count", SPEC)
    assert (done.code, done.stderr) == (0, "")
    for name, settings, input_, output, params, _ in reference("simple_cnn.json")["rows"]:
        line = next(line for line in done.stdout.splitlines() if line.split()[:1] == [name])
        cells = [cell for cell in re.split(r"\s{2,}", line.strip()) if cell]
        assert cells == [cell for cell in (name, settings, input_, output, f"{params:,}") if cell]
    assert re.findall(r"^(.*?)  +(\S+(?: MiB)?)$", done.stdout[done.stdout.index("Total") :], re.MULTILINE) == [
        ("Total parameters", "707,690"),
        ("Trainable", "707,690"),
        ("Frozen", "0"),
        ("Size in float32", "2.70 MiB"),
        ("MACs", "13,666,304"),
    ]


def test_json_keeps_the_contract() -> None:
    document = json.loads(run("count", SPEC, "--json").stdout)
    assert [document[key] for key in ("schema_version", "name", "layout", "input_shape", "output_shape")] == [
        1,
        "simple_cnn",
        "hwc",
        [64, 64, 3],
        [10],
    ]
    assert {
        "total_params": 707690,
        "trainable_params": 707690,
        "frozen_params": 0,
        "buffers": 0,
    }.items() <= document.items()
    assert document["total_macs"] == 13_666_304
    first = document["layers"][0]
    assert first["hyperparameters"]["kernel_size"] == [5, 5]
    assert first["tensors"][0] == {"name": "weight", "shape": [16, 3, 5, 5], "role": "trainable"}
    keys = "name type hyperparameters inputs input_shapes output_shape params trainable_params buffers macs tensors"
    assert all(set(keys.split()) <= set(layer) for layer in document["layers"])
    assert [layer["inputs"] for layer in document["layers"][:2]] == [["input"], ["conv1"]]


def test_json_has_the_settings_of_an_activation() -> None:
    slope = "activation: {type: leaky_relu, negative_slope: 0.2}"
    spec = f"input: {{features: 4}}\nlayers: [{{type: linear, out_features: 2, {slope}}}, flatten]"
    layers = json.loads(run("count", "-", "--json", stdin=spec).stdout)["layers"]
    assert [(layer["activation"], layer["activation_hyperparameters"]) for layer in layers] == [
        ("leaky_relu", {"inplace": False, "negative_slope": 0.2}),
        (None, {}),
    ]


def test_several_specs_are_json_lines_and_tables() -> None:
    lines = run("count", SPEC, LENET, "--json").stdout.splitlines()
    assert [json.loads(line)["total_params"] for line in lines] == [707_690, 61_706]
    table = run("count", SPEC, LENET).stdout
    assert table.index("simple_cnn") < table.index("lenet5")
    assert run("count", LENET, "--format", "jsonl").stdout.count("\n") == 1


def test_csv_has_a_row_for_each_layer_and_bare_numbers() -> None:
    text = run("count", SPEC, LENET, "--format", "csv", "--columns", "layer,params,macs,tensors,groups").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["network", "layer", "params", "macs", "tensors", "groups"]
    assert sum(int(row["params"]) for row in rows if row["network"] == "simple_cnn") == 707_690
    assert (rows[0]["tensors"], rows[0]["groups"], rows[1]["groups"]) == ("weight (16, 3, 5, 5), bias (16)", "1", "")


def test_markdown_is_a_table() -> None:
    lines = run("count", SPEC, "--format", "markdown").stdout.splitlines()
    assert "| conv1 | in=3, out=16, k=(5, 5), s=1, p=0 | (64, 64, 3) | (60, 60, 16) | 1,216 |" in lines
    assert "- Total parameters: 707,690" in lines


def test_chw_prints_pytorchs_order() -> None:
    assert "(3, 64, 64)" in run("count", SPEC, "--layout", "chw").stdout
    document = json.loads(run("count", SPEC, "--layout", "chw", "--json").stdout)
    assert (document["layout"], document["input_shape"]) == ("chw", [3, 64, 64])
    assert document["layers"][0]["output_shape"] == [16, 60, 60]


def test_every_column_can_be_chosen() -> None:
    from cnnparams.engine.reports.report import columns

    header = run("count", SPEC, "--columns", ",".join(columns())).stdout.splitlines()[2]
    assert re.split(r"\s{2,}", header.strip()) == [column.title for column in columns().values()]


def test_an_unknown_column_lists_the_columns() -> None:
    done = run("count", SPEC, "--columns", "layer,joy")
    assert (done.code, done.stdout) == (2, "")
    assert "unknown column 'joy'; choose from layer, type, activation" in done.stderr
    assert "unknown column 'parms'; did you mean 'params'?" in run("count", SPEC, "--columns", "parms").stderr


def test_a_dash_reads_standard_input() -> None:
    done = run("count", "-", "--json", stdin=SIMPLE_CNN.read_text(encoding="utf-8").replace("name: simple_cnn\n", ""))
    document = json.loads(done.stdout)
    assert (document["name"], document["total_params"]) == ("stdin", 707_690)


def test_output_goes_to_a_file_and_nowhere_else(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    assert run("count", SPEC, "--json", "-o", str(target)) == (0, "", "")
    assert json.loads(target.read_text())["total_params"] == 707_690
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_bad_spec_leaves_the_output_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    done = run("count", "tests/bad/unknown_type.yaml", "-o", str(target))
    assert (done.code, done.stdout, target.read_text()) == (2, "", "old")


@pytest.mark.parametrize("target", ["missing/out.txt", "specs"])
def test_a_file_that_cannot_be_written_is_an_error(target: str) -> None:
    done = run("count", SPEC, "-o", target)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{target}: cannot be written: ")


def test_one_bad_spec_of_several_prints_no_table() -> None:
    done = run("count", SPEC, "tests/bad/unknown_type.yaml", "nowhere.yaml")
    assert (done.code, done.stdout) == (2, "")
    assert "tests/bad/unknown_type.yaml:" in done.stderr
    assert "nowhere.yaml: no such file" in done.stderr


def test_a_terminal_gets_colour_and_a_pipe_does_not() -> None:
    assert "\x1b[" in on_terminal(120, "count", SPEC)
    assert "\x1b[" not in run("count", SPEC).stdout


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_and_dumb_terminals_get_plain_text(variables: dict[str, str]) -> None:
    assert "\x1b[" not in on_terminal(120, "count", SPEC, **variables)


@pytest.mark.parametrize("width", [60, 72, 80])
def test_a_narrow_terminal_is_respected_and_every_number_is_whole(width: int) -> None:
    text = on_terminal(width, "count", SPEC, NO_COLOR="1")
    assert max(map(len, text.splitlines())) <= width
    for params in ("1,216", "12,832", "692,352", "1,290", "707,690"):
        assert params in text


def test_a_pipe_is_as_wide_as_the_table_needs() -> None:
    name = "a_name_that_is_longer_than_any_terminal_" * 5
    spec = f"input: {{features: 4}}\nlayers: [{{type: linear, name: {name}, out_features: 3}}]"
    assert name in run("count", "-", stdin=spec).stdout


def test_a_pipe_that_closes_early_is_no_error() -> None:
    command = f"{sys.executable} -m cnnparams count specs/alexnet.yaml specs/alexnet.yaml | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_full_disk_is_an_error_without_a_traceback() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    command = f"{sys.executable} -m cnnparams count specs/simple_cnn.yaml > /dev/full"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "cannot write the output: No space left on device\n")


def test_names_beyond_ascii_survive_an_ascii_terminal() -> None:
    spec = "input: {features: 4}\nlayers: [{type: linear, name: слой, out_features: 3}]"
    done = run("count", "-", stdin=spec, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (done.code, done.stderr) == (0, "")
    assert "15" in done.stdout
