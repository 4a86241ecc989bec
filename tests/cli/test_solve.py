"""The largest value within a budget, as a user asks for it."""

import json
from typing import Any

import pytest

from tests.cli.run import run

NET = """
vars: {wide: 4, size: 8}
budget: {params: 1k}
input: {channels: 1, height: size, width: size}
layers:
  - {type: conv2d, out_channels: wide, kernel_size: 3}
  - {type: conv2d, out_channels: wide, kernel_size: 3}
"""


def params(wide: int) -> int:
    return 10 * wide + 9 * wide * wide + wide


def solved(*args: str, stdin: str = NET, code: int = 0) -> dict[str, Any]:
    done = run("solve", "-", "--json", *args, stdin=stdin)
    assert (done.code, done.stderr) == (code, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_answer_and_the_next_are_shown(jobs: str) -> None:
    found = solved("--var", "wide=1:30", "--max", "params=2000", "--jobs", jobs)
    best = max(wide for wide in range(1, 31) if params(wide) <= 2000)
    assert found["value"] == best
    assert found["best"] == {"value": best, "total_params": params(best), "broken": [], "problem": None}
    following = {"value": best + 1, "total_params": params(best + 1), "broken": ["params"], "problem": None}
    assert found["next"] == following
    assert found["tried"] == {"count": 30, "first": 1, "last": 30}
    assert found["monotone"] is True


def test_the_answer_keeps_the_budget_when_it_is_counted() -> None:
    found = solved("--var", "wide", "--max", "macs=20k")
    totals = [
        json.loads(run("count", "-", "--json", "--set", f"wide={found[key]['value']}", stdin=NET).stdout)["total_macs"]
        for key in ("best", "next")
    ]
    assert totals == [found["best"]["total_macs"], found["next"]["total_macs"]]
    assert totals[0] <= 20_000 < totals[1]


def test_the_spec_s_own_budget_is_kept_where_none_is_given() -> None:
    assert solved("--var", "wide=1:30")["limits"] == {"params": 1000}
    assert solved("--var", "wide=1:30")["value"] == max(wide for wide in range(1, 31) if params(wide) <= 1000)


def test_every_budget_is_kept() -> None:
    both = solved("--var", "wide=1:30", "--max", "params=2000", "--max", "peak-memory=1KiB")
    peaks = [solved("--var", "wide=1:30", "--max", limit)["value"] for limit in ("params=2000", "peak-memory=1KiB")]
    assert both["value"] == min(peaks)


def test_other_vars_can_be_set() -> None:
    small, large = (solved("--var", "wide=1:30", "--max", "macs=20k", "--set", f"size={n}")["value"] for n in (6, 12))
    assert small > large


def test_where_no_value_keeps_the_budget_the_answer_is_no() -> None:
    found = solved("--var", "wide=3:9", "--max", "params=10", code=1)
    assert (found["value"], found["best"], found["next"]) == (None, None, None)
    done = run("solve", "-", "--var", "wide=3:9", "--max", "params=10", stdin=NET)
    assert done.code == 1
    assert "none of the 7 values from 3 to 9 of wide keeps params <= 10." in done.stdout


def test_the_end_of_the_range_is_told() -> None:
    assert solved("--var", "wide=1:3")["next"] is None
    assert "This is the end of the range" in run("solve", "-", "--var", "wide=1:3", stdin=NET).stdout


def test_a_cost_that_falls_is_told() -> None:
    text = NET.replace("out_channels: wide,", "out_channels: wide if wide % 5 != 0 else 1,")
    found = solved("--var", "wide=1:12", "--max", "params=500", stdin=text)
    assert (found["value"], found["monotone"]) == (10, False)
    assert found["smaller_that_break_a_limit"] == [7, 8, 9]
    said = run("solve", "-", "--var", "wide=1:12", "--max", "params=500", stdin=text).stdout
    assert f"Not monotone: params falls from {params(4)} to {params(1)} between wide=4 and wide=5." in said
    assert "Smaller values that break a limit: 3, the first wide=7." in said


def test_values_that_are_no_network_are_told() -> None:
    done = run("solve", "-", "--var", "size=1:9", "--max", "macs=20k", stdin=NET)
    assert "Values without a valid network: 4, the first size=1: <stdin>:6:" in done.stdout
    none = run("solve", "-", "--var", "size=1:2", "--max", "macs=20k", stdin=NET)
    assert (none.code, none.stdout) == (2, "")
    assert "no value of size gives a valid network; size=1: <stdin>:6:" in none.stderr


def test_markdown() -> None:
    shown = run("solve", "-", "--var", "wide=1:30", "--format", "markdown", stdin=NET).stdout
    assert f"| 9 | {params(9):,} | yes |" in shown
    assert f"| 10 | {params(10):,} | no, over params by {params(10) - 1000} |" in shown


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--var", "wid", "--max", "params=1"), "no var 'wid'\n  hint: did you mean 'wide'?"),
        (("--var", "wide=a,b", "--max", "params=1"), "Invalid value for --var: wide: 'a' is not a number"),
        (("--var", "wide=1:2:x", "--max", "params=1"), "is not FROM:TO:STEP"),
        (("--var", "wide", "--max", "params"), "'params' is not WORD=AMOUNT"),
        (("--var", "wide", "--max", "parms=1"), "did you mean 'params'?"),
        ((), "Missing option '--var'"),
    ],
)
def test_a_mistake_is_told(args: tuple[str, ...], said: str) -> None:
    done = run("solve", "-", *args, stdin=NET)
    assert (done.code, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_a_budget_there_is_nothing_to_keep() -> None:
    done = run("solve", "-", "--var", "wide", stdin=NET.replace("budget: {params: 1k}", ""))
    assert (done.code, done.stdout) == (2, "")
    assert "no budget: set one with --max" in done.stderr


def test_a_budget_that_depends_on_the_var_is_no_budget_for_it() -> None:
    done = run("solve", "-", "--var", "wide", stdin=NET.replace("params: 1k", "params: 100 * wide"))
    assert (done.code, done.stdout) == (2, "")
    assert "the budget of the spec depends on wide: give one with --max" in done.stderr
