"""`cnnparams import` where PyTorch is not there."""

from __future__ import annotations

import sys

import pytest

from tests.bad_runs import cnnparams


def test_without_pytorch_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    done = cnnparams("import", "models:net", "--input", "3x8x8")
    assert (done.code, done.out) == (2, "")
    assert done.err == "torch is not installed; install it with: pip install torch\n"
