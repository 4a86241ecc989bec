"""`cnnparams verify` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnparams.layers.conv import Conv
from tests.bad_runs import cnnparams
from tests.cli.run import run

SPEC = "simple_cnn"
MODELS = """
from torch import nn

def tutorial(classes=10):
    print("making it")
    return nn.Sequential(
        nn.Conv2d(3, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(), nn.Linear(5408, 128), nn.ReLU(), nn.Linear(128, classes),
    )

def hundred():
    return tutorial(100)

def broken():
    return undefined
"""


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    (tmp_path / "cli_models.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)


def test_every_figure_is_pytorch_s() -> None:
    done = run("verify", SPEC)
    assert (done.code, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Layer Output Output in PyTorch Parameters Parameters in PyTorch MACs MACs in PyTorch Same" in lines
    assert "conv1 (60, 60, 16) (60, 60, 16) 1,216 1,216 4,320,000 4,320,000 yes" in lines
    assert "Trainable 707,690 707,690" in lines
    assert lines[-1] == "Verified: all figures of 7 layers and 8 tensors are those of PyTorch."


def test_layouts_and_vars() -> None:
    done = cnnparams("verify", "resnet@resnet18", "--set", "size=64", "--layout", "chw", "--json")
    document = json.loads(done.out)
    assert (done.code, document["name"], document["layout"]) == (0, "resnet18", "chw")
    assert document["layers"][0]["output_shape"] == {"cnnparams": [64, 32, 32], "pytorch": [64, 32, 32]}
    assert (document["same"], document["differences"]) == (True, [])


@pytest.mark.parametrize("format_", ["table", "markdown", "json"])
def test_a_difference_is_named_and_the_answer_is_no(format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Conv.macs
    monkeypatch.setattr(Conv, "macs", lambda self, x: own(self, x) + (x.channels == 16))
    done = cnnparams("verify", SPEC, "--format", format_)
    assert (done.code, done.err) == (1, "")
    assert "conv2: MACs 8,652,801, in PyTorch 8,652,800" in done.out
    assert "MACs 13,666,305, in PyTorch 13,666,304" in done.out
    assert "conv1: " not in done.out
    if format_ == "json":
        document = json.loads(done.out)
        assert [layer["name"] for layer in document["layers"] if not layer["same"]] == ["conv2"]
        assert document["same"] is False
    else:
        assert f"{SPEC} differs from PyTorch:" in done.out.replace("\\", "")


def test_what_pytorch_refuses_is_told(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    layers = "[{type: linear, out_features: 4}, {type: embedding, num_embeddings: 2, embedding_dim: 3}]"
    spec.write_text(f"input: {{features: 4}}\nlayers: {layers}\n")
    done = cnnparams("verify", spec)
    assert (done.code, done.err) == (1, "")
    assert "embedding1: PyTorch rejects this embedding: RuntimeError: Expected tensor" in done.out
    assert " embedding1 (4, 3) - 6 - 0 - no" in [" " + " ".join(line.split()) for line in done.out.splitlines()]


def test_several_specs() -> None:
    lines = cnnparams("verify", SPEC, "lenet5", "--json").out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == [SPEC, "lenet5"]
    assert cnnparams("verify", SPEC, "lenet5").out.count("Verified: ") == 2


def test_the_spec_is_the_model() -> None:
    done = cnnparams("verify", SPEC, "--against", "cli_models:tutorial")
    assert (done.code, done.err) == (0, "making it\n")
    assert done.out.endswith(
        "Verified: simple_cnn has the tensors of cli_models:tutorial, and an output of the same shape.\n"
    )


def test_the_spec_is_not_the_model() -> None:
    done = cnnparams("verify", SPEC, "--against", "cli_models:hundred", "--json")
    document = json.loads(done.out)
    assert (done.code, document["same"], document["layers"]) == (1, False, [])
    assert [tensor["name"] for tensor in document["only_in_spec"]] == ["fc2.weight", "fc2.bias"]
    assert document["only_in_model"][0] == {"name": "9.weight", "shape": [100, 128], "role": "trainable"}
    assert document["totals"]["output_shapes"] == {"cnnparams": [[10]], "pytorch": [[100]]}


def test_code_that_fails_is_told_by_its_line() -> None:
    done = cnnparams("verify", SPEC, "--against", "cli_models:broken")
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first == "calling 'cli_models:broken' failed: NameError: name 'undefined' is not defined"
    assert second.endswith("cli_models.py:16: return undefined")


def test_a_file_takes_the_answer(tmp_path: Path) -> None:
    target = tmp_path / "verified.md"
    assert cnnparams("verify", SPEC, "--format", "markdown", "-o", target).out == ""
    assert target.read_text().startswith("## simple\\_cnn\n\n| Layer | Output | Output in PyTorch |")
