"""What the code of a model prints, by whatever way and however late, is not in the answer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.specs import ROOT

MODEL = """
import atexit, ctypes, logging, os, subprocess, sys, threading, time
from torch import nn

os.write(1, b"NOISE at import\\n")
logging.getLogger("noise").addHandler(logging.StreamHandler(sys.stdout))

def late():
    while True:
        print("NOISE of a thread"), os.write(1, b"NOISE of a thread\\n")
        time.sleep(0.001)

class Noisy(nn.Conv2d):
    def forward(self, x):
        print("NOISE while it runs")
        subprocess.run(["echo", "NOISE of a child while it runs"])
        return super().forward(x)

def noisy():
    print("NOISE of Python")
    os.write(1, b"NOISE by number\\n")
    sys.__stdout__.write("NOISE of the first stream\\n")
    logging.getLogger("noise").warning("NOISE of a log")
    ctypes.CDLL(None).puts(b"NOISE of C")
    subprocess.run(["echo", "NOISE of a child"])
    subprocess.Popen(["sh", "-c", "sleep 1; echo NOISE of an orphan"])
    if not os.fork():
        os.write(1, b"NOISE of a fork\\n")
        os._exit(0)
    atexit.register(print, "NOISE at the end")
    atexit.register(os.write, 1, b"NOISE at the end by number\\n")
    threading.Thread(target=late, daemon=True).start()
    return Noisy(3, 4, 3)
"""
SPEC = "{type: conv2d, out_channels: 4, kernel_size: 3}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("torch")
    (tmp_path / "noise.py").write_text(MODEL)
    (tmp_path / "net.yaml").write_text(f"input: {{channels: 3, height: 8, width: 8}}\nlayers: [{SPEC}]\n")
    return tmp_path


def cnnparams(folder: Path, command: str, redirected: str = "") -> subprocess.CompletedProcess[str]:
    line = f"{sys.executable} -m cnnparams {command} {redirected}"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_spec_is_all_that_import_writes(folder: Path) -> None:
    """The run ends once its pipe has no writer left: the orphan has printed by then."""
    done = cnnparams(folder, "import noise:noisy --input 3x8x8")
    assert (done.returncode, "NOISE" in done.stdout) == (0, False)
    assert done.stdout.startswith("name: noisy\n")
    said = {line for line in done.stderr.splitlines() if line.startswith("NOISE")}
    ways = ("at import", "of Python", "by number", "of a log", "of C", "of a child", "of a fork", "while it runs")
    assert said >= {f"NOISE {way}" for way in (*ways, "of an orphan", "at the end", "at the end by number")}


def test_a_verdict_is_all_that_verify_writes(folder: Path) -> None:
    done = cnnparams(folder, "verify net.yaml --against noise:noisy --json")
    assert done.returncode == 0
    assert json.loads(done.stdout)


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/null", "2>&1 >spec.yaml"])
def test_wherever_messages_go(folder: Path, streams: str) -> None:
    done = cnnparams(folder, "import noise:noisy --input 3x8x8 -o out.yaml", streams)
    assert "NOISE" not in (folder / "out.yaml").read_text()
    assert cnnparams(folder, "count out.yaml --json").returncode == 0
    assert done.returncode == 0


def test_an_answer_without_a_place_to_go_is_none(folder: Path) -> None:
    assert cnnparams(folder, "import noise:noisy --input 3x8x8", ">&-").returncode == 2
    assert cnnparams(folder, "import noise:noisy --input 3x8x8", ">/dev/full").returncode == 2
