"""Runs the command line inside the test's process, as a user would from the repository's root."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cnnparams.cli import streams
from cnnparams.cli.boundary import run
from tests.specs import ROOT


class Outcome(NamedTuple):
    """What a run leaves behind."""

    code: int
    out: str
    err: str


def cnnparams(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
    """Return the outcome of `cnnparams ARGUMENTS...`."""
    out, err = _stream(), _stream()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(streams, "_apart", [])  # a process runs once: what it keeps of streams is not for the next test
        patch.setattr(streams, "_said", [])
        patch.setattr(sys, "argv", ["cnnparams", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin)), encoding="utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = run()
    return Outcome(code, _text(out), _text(err))


def _stream(data: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
