"""`cnnparams export` as a user meets it, where PyTorch need not be."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.bad_runs import cnnparams
from tests.cli.test_imports import loaded

SPEC = "simple_cnn"


@pytest.fixture(autouse=True)
def without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def test_a_module_is_written_to_standard_output_or_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    shown, written = cnnparams("export", SPEC), cnnparams("export", SPEC, "-o", path)
    assert (shown.code, shown.err) == (0, "")
    assert (written.code, written.out, written.err) == (0, "", "")
    assert path.read_text(encoding="utf-8") == shown.out
    assert [node.name for node in ast.parse(shown.out).body if isinstance(node, ast.ClassDef)] == ["SimpleCNN"]


def test_vars_and_variants_decide_what_is_written() -> None:
    done = cnnparams("export", "resnet@resnet34", "--set", "classes=7")
    assert "class ResNet34(nn.Module):" in done.out
    assert "self.fc = nn.Linear(512, 7)" in done.out


def test_a_spec_is_read_from_standard_input() -> None:
    done = cnnparams("export", "-", stdin=b"name: a b\ninput: {features: 3}\nlayers: [{type: linear, out_features: 2}]")
    assert done.code == 0
    assert "class AB(nn.Module):" in done.out


def test_a_wrong_spec_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("mine")
    spec = b"input: {features: 3}\nlayers: [{type: conv2d, out_channels: 2, kernel_size: 1}]"
    done = cnnparams("export", "-", "-o", path, stdin=spec)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("<stdin>:2:")
    assert path.read_text() == "mine"
    assert [*tmp_path.iterdir()] == [path]


def test_the_spec_itself_is_not_overwritten(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("input: {features: 3}\nlayers: [{type: linear, out_features: 2}]")
    done = cnnparams("export", spec, "-o", spec)
    assert (done.code, done.out) == (2, "")
    assert "is also an input, and would be overwritten" in done.err


def test_remarks_go_to_standard_error() -> None:
    spec = b"vars: {wide: 3}\ninput: {features: 3}\nlayers: [{type: linear, out_features: 2}]"
    done = cnnparams("export", "-", stdin=spec)
    assert (done.code, bool(ast.parse(done.out))) == (0, True)
    assert "warning" in done.err


def test_neither_pytorch_nor_rich_is_loaded() -> None:
    packages, ours = loaded("export", SPEC)
    assert packages & {"torch", "rich", "numpy"} == set()
    assert not any(name.startswith("cnnparams.targets.torch") for name in ours)
