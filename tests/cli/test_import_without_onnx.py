"""`cnnparams import` of a file where onnx is not there."""

from __future__ import annotations

import sys

import pytest

from tests.bad_runs import cnnparams


def test_without_onnx_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    done = cnnparams("import", "net.onnx")
    assert (done.code, done.out) == (2, "")
    assert done.err == "onnx is not installed; install it with: pip install onnx\n"
