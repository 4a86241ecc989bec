"""A sweep, as a user sees it: rows as they come, whole lines, and what is no network."""

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.cli.run import run
from tests.specs import ROOT

NET = """
vars: {wide: 4, size: 8, act: relu}
input: {channels: 1, height: size, width: size}
layers:
  - {type: conv2d, out_channels: wide, kernel_size: 3, activation: act}
  - {type: conv2d, out_channels: 2 * wide, kernel_size: 3}
"""


def params(wide: int) -> int:
    return 10 * wide + (9 * wide * 2 * wide + 2 * wide)


def swept(*args: str, stdin: str = NET) -> list[dict[str, Any]]:
    done = run("sweep", "-", "--json", *args, stdin=stdin)
    assert (done.code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def message(*args: str, stdin: str = NET) -> str:
    done = run("sweep", "-", *args, stdin=stdin)
    assert (done.code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_row_for_each_combination_the_last_var_fastest() -> None:
    rows = swept("--set", "wide=2:4", "--set", "size=6,8")
    assert [(row["wide"], row["size"]) for row in rows] == [(2, 6), (2, 8), (3, 6), (3, 8), (4, 6), (4, 8)]
    assert [row["total_params"] for row in rows] == [params(wide) for wide in (2, 2, 3, 3, 4, 4)]
    assert [list(row) for row in rows] == [["wide", "size", "total_params", "total_macs"]] * 6


def test_rows_equal_single_counts() -> None:
    columns = "params,macs,peak-memory,training-memory,receptive-field,layers"
    for row in swept("--set", "wide=2,5", "--set", "size=5,9", "--columns", columns, "--batch", "3"):
        chosen = ("--set", f"wide={row['wide']}", "--set", f"size={row['size']}")
        single = json.loads(run("compare", "-", "--json", "--batch", "3", *chosen, stdin=NET).stdout)
        totals = {key: value for key, value in row.items() if key not in ("wide", "size")}
        assert not totals.pop("saved_is_estimate")
        assert totals == {key: single[key] for key in totals}


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_several_processes_give_the_same_rows_in_the_same_order(jobs: str) -> None:
    args = ("--set", "wide=1:15", "--set", "size=3:16", "--json", "--jobs", jobs)
    done = run("sweep", "-", *args, stdin=NET)
    assert done.code == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["wide"], row["size"]) for row in rows] == [(w, s) for w in range(1, 16) for s in range(5, 17)]
    assert [row["total_params"] for row in rows] == [params(row["wide"]) for row in rows]
    assert len(done.stderr.splitlines()) == 15 * 2


def test_a_family_is_swept_variant_by_variant() -> None:
    family = NET.replace("input:", "variants: {plain: {}, double: {wide: 8}}\ninput:")
    rows = swept("--set", "size=6,8", stdin=family)
    assert [(row["name"], row["size"]) for row in rows] == [("plain", 6), ("plain", 8), ("double", 6), ("double", 8)]
    assert [row["total_params"] for row in rows] == [params(4)] * 2 + [params(8)] * 2


def test_points_that_are_no_network_are_reported_and_skipped() -> None:
    done = run("sweep", "-", "--json", "--set", "size=0,4,6", "--set", "act=relu,rlu", stdin=NET)
    assert done.code == 0
    assert [json.loads(line)["size"] for line in done.stdout.splitlines()] == [6]
    said = done.stderr.splitlines()
    assert [line.split(": <stdin>")[0] for line in said] == [
        "skipped: size=0, act=relu",
        "skipped: size=0, act=rlu",
        "skipped: size=4, act=relu",
        "skipped: size=4, act=rlu",
        "skipped: size=6, act=rlu",
    ]
    assert "kernel_size 3 does not fit in the 2x2 input" in said[2]


def test_where_no_point_is_a_network_there_is_no_answer() -> None:
    done = run("sweep", "-", "--json", "--set", "size=1,2", stdin=NET)
    assert (done.code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2


def test_only_points_that_meet_the_condition_are_shown() -> None:
    rows = swept("--set", "wide=1:9", "--where", "params < 400 and wide != 2")
    assert [row["wide"] for row in rows] == [wide for wide in range(1, 10) if params(wide) < 400 and wide != 2]


def test_the_frontier_has_what_no_other_point_beats() -> None:
    rows = swept("--set", "wide=2,4", "--set", "size=6,8", "--pareto", "params,size:max")
    assert [(row["wide"], row["size"]) for row in rows] == [(2, 8)]
    rows = swept("--set", "wide=2,4", "--set", "size=6,8", "--pareto", "macs,params:max")
    assert [(row["wide"], row["size"]) for row in rows] == [(2, 6), (4, 6)]


def test_csv_and_the_table_have_the_same_rows() -> None:
    args = ("--set", "wide=2,4", "--set", "size=6,8", "--columns", "params,weights")
    found = run("sweep", "-", "--format", "csv", *args, stdin=NET).stdout
    assert list(csv.reader(io.StringIO(found))) == [
        ["wide", "size", "total_params", "weight_bytes"],
        *([str(w), str(s), str(params(w)), str(4 * params(w))] for w in (2, 4) for s in (6, 8)),
    ]
    lines = run("sweep", "-", *args, stdin=NET).stdout.splitlines()
    assert lines[1].split() == ["wide", "size", "Parameters", "Size"]
    assert lines[3].split() == ["2", "6", "96", "384", "B"]
    markdown = run("sweep", "-", "--format", "markdown", *args, stdin=NET).stdout
    assert "| 2 | 6 | 96 | 384 B |" in markdown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--set", "wide"), "Invalid value for --set: 'wide' is not NAME=VALUES"),
        (
            ("--set", "wide=1", "--set", "wide=2"),
            "--set wide is given twice: write its values once",
        ),
        (("--set", "wid=1"), "no var 'wid'\n  hint: did you mean 'wide'?"),
        (("--set", "wide=1", "--where", "parms < 3"), "Invalid value for --where: unknown name 'parms'"),
        (("--set", "wide=1", "--columns", "parms"), "Invalid value for --columns: unknown quantity"),
        (("--set", "wide=1", "--pareto", "parms"), "Invalid value for --pareto: unknown quantity"),
        (("--set", "wide=1", "--pareto", "wdie"), "unknown quantity 'wdie'; did you mean 'wide'?"),
        (("--set", "wide=1", "--pareto", "joy"), "'joy'; give a var, or a quantity such as params or macs"),
        (("--set", "wide=1", "--pareto", "params:big"), "'params:big' must end in :min or :max"),
        (("--set", "wide=[1"), "not YAML"),
        ((), "nothing varies: give --set NAME=VALUES for a var"),
    ],
)
def test_a_mistake_is_told(args: tuple[str, ...], said: str) -> None:
    assert said in message(*args)


def test_a_condition_without_a_value_stops_the_sweep() -> None:
    done = run("sweep", "-", "--json", "--set", "wide=1,0", "--where", "params / (wide - 1) > 0", stdin=NET)
    assert (done.code, done.stdout) == (2, "")
    assert "division by zero" in done.stderr


def started(*args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cnnparams", "sweep", "resnet50", "--set", "group_width=8:8000:8", *args]
    # Without a buffer of our own, from which communicate would not read.
    return subprocess.Popen(command, cwd=ROOT, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_rows_come_one_by_one() -> None:
    process = started("--set", "size=32:512:32", "--format", "csv")  # more rows than a pipe holds
    assert process.stdout
    assert process.stdout.readline() == b"group_width,size,total_params,total_macs\n"
    assert process.stdout.readline().startswith(b"8,32,")
    assert process.poll() is None
    process.kill()
    process.communicate()


def test_a_condition_that_nothing_meets_is_told() -> None:
    done = run("sweep", "resnet18", "--set", "size=64,128", "--where", "params < 2M")
    assert done.code == 0
    assert done.stderr == (
        "warning: no combination meets --where 'params < 2M'\n  hint: allow more, or try other values\n"
    )
    some = run("sweep", "resnet18", "--set", "size=64,128", "--where", "peak-memory < 1MiB", "--format", "csv")
    assert (some.stderr, some.stdout.count("\n")) == ("", 2)
