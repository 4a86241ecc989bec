"""`cnnparams import` as a user meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.bad_runs import cnnparams
from tests.cli.run import run

MODELS = """
import sys
import torch
from torch import nn

def small():
    print("making it")
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 5))

class Spectrum(nn.Module):
    def forward(self, x):
        print("running it")
        return x / x.max()

class Boasting(nn.Linear):
    def parameters(self, recurse=True):
        yield from super().parameters(recurse)
        yield nn.Parameter(torch.zeros(2))

def gaps():
    return nn.Sequential(nn.Conv2d(3, 8, 3), Spectrum())

def lost():
    return Boasting(4, 2)

class Raising(nn.Module):
    def forward(self, x):
        raise ValueError("no\\x1b[31m\\nluck")

class Leaving(nn.Module):
    def forward(self, x):
        sys.exit(0)

def repeated():
    return nn.Sequential(*(nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3)) for _ in range(3)))

class TwoHeaded(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 2, 1)

    def forward(self, x):
        return (self.conv(x), self.head(x)) if self.training else self.conv(x)

def two_headed():
    return TwoHeaded()

def leaving_early():
    sys.exit(0)
"""
SMALL = """name: small
description: "read in training mode"
input: {channels: 3, height: 8, width: 8}
layers:
  - {type: conv2d, name: "0", out_channels: 8, kernel_size: 3, activation: relu}
  - {type: flatten, name: "2"}
  - {type: linear, name: "3", out_features: 5}
"""


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    (tmp_path / "import_models.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "import_models", raising=False)


def read(factory: str, *options: str | Path, shape: str = "3x8x8") -> tuple[int, str, str]:
    return cnnparams("import", f"import_models:{factory}", "--input", shape, *options)


def test_a_model_becomes_a_spec_and_what_the_code_prints_is_apart() -> None:
    assert read("small") == (0, SMALL, "making it\n")


def test_the_spec_is_counted_as_any_other(tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    assert read("small", "-o", target).code == 0  # type: ignore[attr-defined]
    assert target.read_text() == SMALL
    report = json.loads(cnnparams("count", target, "--json").out)
    assert report["total_params"] == (3 * 9 * 8 + 8) + (288 * 5 + 5)
    verified = cnnparams("verify", target, "--against", "import_models:small")
    assert verified.code == 0


def test_the_mode_is_chosen_and_told_at_the_head() -> None:
    code, out, _ = read("two_headed")
    assert (code, out.count("conv2d"), out.splitlines()[1]) == (0, 2, 'description: "read in training mode"')
    code, out, err = read("two_headed", "--mode", "evaluation")
    assert (code, out.splitlines()[1]) == (0, 'description: "read in evaluation mode"')
    assert "warning: head (torch.nn.Conv2d) is never used by forward; its 8 parameters count all the same" in err


def test_a_file_has_no_mode_to_choose() -> None:
    done = run("import", "net.onnx", "--mode", "training")
    assert (done.code, "--mode is for PyTorch models" in done.stderr) == (2, True)


def test_json_is_the_same_spec() -> None:
    code, out, _ = read("small", "--json")
    assert (code, json.loads(out)["layers"][1]) == (0, {"type": "flatten", "name": "2"})


def test_with_gaps_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    target.write_text("as it was")
    code, out, err = read("gaps", "-o", target)
    assert (code, out, target.read_text()) == (2, "", "as it was")
    told = [line for line in err.splitlines() if line != "running it"]
    assert told[0] == "warning: read in training mode, as the model is in it; --mode evaluation reads the other"
    assert told[1].endswith("import_models.py:13: 1: Tensor.max gives one result for all samples of a batch")
    assert told[-1].startswith("nothing was written, as there is no layer type for these; --partial writes the rest")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".net")] == []


def test_a_partial_spec_marks_the_gaps_and_cannot_be_counted(tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    code, _, _ = read("gaps", "--partial", "-o", target)
    lines = target.read_text().splitlines()
    assert code == 1
    assert lines[4] == '  - {type: conv2d, name: "0", out_channels: 8, kernel_size: 3}'
    assert lines[5].endswith("import_models.py:13: 1: Tensor.max gives one result for all samples of a batch")
    assert lines[5].startswith("  # ")
    assert lines[7].startswith("  - {type: Tensor.max, name: ")
    counted = cnnparams("count", target)
    assert (counted.code, counted.out) == (2, "")
    assert "unknown layer type 'Tensor.max'" in counted.err


def test_a_spec_that_would_not_come_to_the_model_s_totals_is_not_written(tmp_path: Path) -> None:
    target = tmp_path / "net.yaml"
    code, out, err = read("lost", "-o", target, shape="4")
    assert (code, out, target.exists()) == (2, "", False)
    assert err.splitlines()[1:] == [
        "nothing was written, as the spec would differ from the model:",
        "  trainable: 10 in the spec, 12 in the model",
    ]


@pytest.mark.parametrize(
    ("factory", "told"),
    [
        ("Raising", "running the model failed: ValueError: no?[31m luck"),
        ("Leaving", "running the model failed: SystemExit: 0"),
        ("leaving_early", "calling 'import_models:leaving_early' failed: SystemExit: 0"),
        ("smal", "import_models has no 'smal'"),
    ],
)
def test_code_that_fails_or_leaves_is_told(factory: str, told: str) -> None:
    code, out, err = read(factory)
    assert (code, out, err.splitlines()[0]) == (2, "", told)


def test_the_input_is_asked_for_and_checked() -> None:
    missing = run("import", "import_models:small")
    assert (missing.code, missing.stdout) == (2, "")
    assert "--input says what enters the model, such as --input 3x224x224" in missing.stderr
    code, _, err = read("small", shape="3x")
    assert (code, "'3x' is not a shape without the batch" in err) == (2, True)


def test_what_repeats_is_a_block_unless_a_flat_list_is_asked_for() -> None:
    code, out, _ = read("repeated")
    assert code == 0
    assert "repeat: 3" in out
    assert out.count("conv2d") == 1
    code, flat, _ = read("repeated", "--flat")
    assert code == 0
    assert flat.count("conv2d") == 3
    assert "blocks" not in flat
