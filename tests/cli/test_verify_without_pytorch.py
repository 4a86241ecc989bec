"""`cnnparams verify` where PyTorch is not needed, or not there."""

from __future__ import annotations

import sys

import pytest

from tests.bad_runs import cnnparams
from tests.cli.run import run

SPEC = "simple_cnn"


def test_without_pytorch_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for arguments in ([], ["--against", "models:net"]):
        done = cnnparams("verify", SPEC, *arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err == "torch is not installed; install it with: pip install torch\n"


def test_a_model_is_compared_with_one_spec() -> None:
    done = run("verify", SPEC, "lenet5", "--against", "models:net")
    assert (done.code, done.stdout) == (2, "")
    assert "--against compares one NETWORK with a model" in done.stderr


def test_a_wrong_spec_is_told_before_anything_is_built() -> None:
    done = run("verify", "resnet19")
    assert (done.code, done.stdout) == (2, "")
    assert "did you mean 'resnet18'?" in done.stderr
