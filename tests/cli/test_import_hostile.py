"""Whatever the code of a model does to the process, `import` writes its spec, or says why not, and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.specs import ROOT

pytest.importorskip("torch")

MODELS = """
import atexit, os, sys, threading
from torch import nn

class Net(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        act()

    def forward(self, x):
        return self.conv(x)

class Late:
    def __del__(self):
        raise ValueError("late")

def net():
    return Net(lambda: None)

def waits():
    return Net(lambda: threading.Thread(target=threading.Event().wait).start())

def closes():
    return Net(lambda: (sys.stdout.close(), sys.stderr.close()))

def loses():
    def lose():
        sys.stdout = sys.stderr = None
    return Net(lose)

def unplugs():
    return Net(lambda: os.close(1))

def fails_at_the_end():
    return Net(lambda: atexit.register(lambda: 1 / 0))

def fails_at_its_end():
    return Net(Late)

def goes_elsewhere():
    return Net(lambda: os.chdir("/"))

def leaves():
    return Net(lambda: os._exit(0))

def closes_and_fails():
    sys.stdout.close()
    raise RuntimeError("no weights")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zoo.py").write_text(MODELS)
    return tmp_path


def imported(folder: Path, factory: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "cnnparams", "import", f"zoo:{factory}", "--input", "3x8x8"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.replace(f"name: {factory}", "name: net"), done.stderr


@pytest.mark.parametrize(
    "factory",
    ["waits", "closes", "loses", "unplugs", "fails_at_the_end", "fails_at_its_end", "goes_elsewhere"],
)
def test_what_the_code_does_besides_is_no_matter(folder: Path, factory: str) -> None:
    plain = imported(folder, "net")
    assert plain[0] == 0
    assert "conv2d" in plain[1]
    assert plain[2] == ""
    assert imported(folder, factory) == plain


def test_code_that_ends_the_process_is_no_answer(folder: Path) -> None:
    code, out, err = imported(folder, "leaves")
    assert (code, out) == (2, "")
    assert err.startswith("calling 'zoo:leaves' failed: SystemExit: os._exit(0)\n")


def test_what_is_said_needs_no_stream_of_the_code_s(folder: Path) -> None:
    code, out, err = imported(folder, "closes_and_fails")
    assert (code, out) == (2, "")
    assert err.startswith("calling 'zoo:closes_and_fails' failed: RuntimeError: no weights\n")
