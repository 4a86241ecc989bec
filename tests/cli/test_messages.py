"""Errors and warnings in a terminal: they fit it, and have colour where it has; in a pipe they are plain."""

import os
import re
from pathlib import Path

import pytest

from tests.cli.run import run
from tests.cli.terminal import told_on_terminal

SPEC = """
input: {channels: 3, height: 64, width: 64}
layers:
  - {type: conv2d, out_channels: 16, kernel_size: 5, stride: 1, padding: 0, dilation: 1, groups: 1, padding_mod: zeros}
  - {type: conv2d, out_chanels: 16, kernel_size: 3}
"""
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
RUNS = {
    "usage": ["count", "lenet5", "--columns", "joy"],
    "family": ["count", "resnet"],
    "warning": ["check", "lenet5"],
    "command": ["coun", "lenet5"],
}


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", RUNS)
def test_what_is_said_fits_with_every_word(name: str) -> None:
    piped = run(*RUNS[name]).stderr
    for width in (60, 73, 100):
        shown = told_on_terminal(width, *RUNS[name], NO_COLOR="1")
        assert shown.split() == piped.split()
        assert [line for line in shown.splitlines() if len(line) > width and len(line.split()) > 1] == []


def test_a_line_of_a_file_is_cut_around_its_carets(wrong: str) -> None:
    shown = told_on_terminal(60, "count", wrong, NO_COLOR="1").splitlines()
    at = next(i for i, line in enumerate(shown) if line.strip(" ^") == "" and line.strip())
    start, end = shown[at].index("^"), len(shown[at])
    assert shown[at - 1][start:end] == "padding_mod"
    assert len(shown[at - 1]) <= 60
    assert shown[at - 1].startswith("  ...")


def test_places_hints_carets_and_warnings_have_colour(wrong: str) -> None:
    shown = told_on_terminal(200, "count", wrong)
    assert shown.startswith(f"\x1b[1m{wrong}:4:101\x1b[0m: conv1")
    assert "\x1b[36m\x1b[1mhint:\x1b[0m did you mean" in shown
    assert "\x1b[31m\x1b[1m^^^^^^^^^^^\x1b[0m\n" in shown
    assert ESCAPES.sub("", shown) == run("count", wrong).stderr
    assert "\x1b[33m\x1b[1mwarning:\x1b[0m no budget" in told_on_terminal(200, "check", "lenet5")
    assert "\x1b[31m\x1b[1mError:\x1b[0m No such command" in told_on_terminal(200, "coun")


def test_no_colour_where_it_is_not_wanted_and_everywhere_where_it_is(wrong: str) -> None:
    assert "\x1b" not in told_on_terminal(100, "count", wrong, NO_COLOR="1") + told_on_terminal(
        100, "count", wrong, TERM="dumb"
    )
    for variable in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        done = run("count", wrong, env={**os.environ, variable: "1"})
        assert "\x1b[1m" in done.stderr
        assert "\x1b[1m" in run("explain", "lenet5", "conv1", env={**os.environ, variable: "1"}).stdout
        assert "\x1b" not in run("count", wrong, env={**os.environ, variable: "1", "NO_COLOR": "1"}).stderr
    assert "\x1b" not in run("count", wrong, env={**os.environ, "CLICOLOR_FORCE": "0"}).stderr
