"""What a person sees on a terminal while a long run is under way, and what nobody else sees."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.specs import ROOT

_AT_ONCE = """
import sys
from cnnparams.cli import main, progress
progress._PATIENCE = progress._PAUSE = 0.001
main()
"""
SWEEP = ["sweep", "specs/lenet5.yaml", "--set", "classes=1:400"]
ON_BOTH = ("stdout", "stderr")


def seen(*arguments: str, on: tuple[str, ...] = ("stderr",)) -> tuple[str, str]:
    """Run a command that shows progress at once; return what a terminal showed of it, and what went elsewhere."""
    main, side = pty.openpty()
    out_there, beside_it = (side if name in on else subprocess.PIPE for name in ON_BOTH)
    words = [sys.executable, "-c", _AT_ONCE, *arguments]
    with subprocess.Popen(words, cwd=ROOT, stdout=out_there, stderr=beside_it) as process:
        os.close(side)
        written = b""
        try:
            while chunk := os.read(main, 65536):
                written += chunk
        except OSError:  # the other side has closed
            pass
        out = process.stdout.read().decode() if process.stdout else ""
    os.close(main)
    return written.decode(), out


def lines_left(written: str) -> list[str]:
    """Return what a terminal shows in the end: what is written behind a carriage return covers what was there."""
    shown = []
    for line in written.replace("\r\n", "\n").split("\n"):
        row = ""
        for part in line.split("\r"):
            row = part + row[len(part) :]
        shown.append(row.rstrip())
    return [line for line in shown if line]


@pytest.mark.parametrize("holding", [["--where", "params < 0"], ["--pareto", "params"], ["--sort", "params"]])
def test_a_sweep_that_holds_rows_back_shows_how_far_it_is(holding: list[str]) -> None:
    written, _ = seen(*SWEEP, *holding, on=ON_BOTH)
    assert "sweeping [" in written
    assert "/400, " in written
    assert not any("sweeping" in line for line in lines_left(written))


def test_rows_and_progress_do_not_run_into_each_other() -> None:
    written, _ = seen(*SWEEP, "--where", "classes % 50 == 0", on=ON_BOTH)
    rows = [line.split()[0] for line in lines_left(written)[-8:]]
    assert rows == [str(50 * i) for i in range(1, 9)]


def test_rows_that_come_one_by_one_are_the_progress() -> None:
    assert "sweeping" not in seen(*SWEEP, on=ON_BOTH)[0]


def test_rows_that_go_elsewhere_are_none() -> None:
    written, out = seen(*SWEEP, "--format", "csv")
    assert "sweeping [" in written
    assert len(out.splitlines()) == 401
    assert lines_left(written) == []


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        (["solve", "specs/lenet5.yaml", "--var", "classes=1:400", "--max", "params=50k"], "trying ["),
        (["check", "specs/resnet.yaml", "--max", "params=1G"], "checking ["),
        (["compare", "specs/resnet.yaml"], "measuring ["),
        (["count", "lenet5", "alexnet", "vgg16"], "counting ["),
        (["count", "resnet50"], "reading resnet50 ("),
        (["import", "specs/resnet.yaml@resnet50"], "finding blocks ("),
        (["memory", "resnet50"], "working out memory ("),
    ],
)
def test_every_command_that_can_take_long_shows_what_it_does(arguments: list[str], label: str) -> None:
    written, out = seen(*arguments)
    assert label in written
    assert "\r" not in out
    assert not any(label in line for line in lines_left(written))


def test_verification_is_shown() -> None:
    pytest.importorskip("torch")
    written, _ = seen("verify", "lenet5")
    assert "importing PyTorch (" in written
    assert "verifying lenet5 (" in written


def test_an_error_stands_alone() -> None:
    written, _ = seen("count", "resnet50", "--set", "classes=0")
    assert lines_left(written)[0].startswith("resnet50.yaml:") or "classes" in lines_left(written)[0]


def test_what_is_no_terminal_gets_none_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE, *SWEEP, "--pareto", "params"], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stderr == b""
