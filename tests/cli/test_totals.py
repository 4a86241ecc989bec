"""A total that was not measured is no answer, in every command; one that a network does not have is told of."""

import json

import pytest

from tests.cli.run import run

IMAGELESS = """
name: imageless
vars: {wide: 2}
input: {features: 4}
layers: [{type: linear, out_features: wide}]
"""
BUDGET = """
vars: {wide: 2}
budget: {macs: 1k, params-per-sample: 3}
input: {features: 4}
layers: [{type: linear, out_features: wide}]
"""
WORD = "params-per-sample"
UNMEASURED = "params-per-sample is not measured without the size of the training set: give --samples"
ASKING = {
    "check --max": ("check", "-", "--max", f"{WORD}=1"),
    "solve --max": ("solve", "-", "--var", "wide=1:9", "--max", f"{WORD}=1"),
    "sweep --columns": ("sweep", "-", "--set", "wide=1:9", "--columns", f"params,{WORD}"),
    "sweep --where": ("sweep", "-", "--set", "wide=1:9", "--where", "params_per_sample < 1"),
    "sweep --pareto": ("sweep", "-", "--set", "wide=1:9", "--pareto", f"params,{WORD}:max"),
    "compare --sort": ("compare", "-", "--sort", f"-{WORD}"),
}


@pytest.mark.parametrize("asking", ASKING)
def test_what_was_not_measured_is_no_answer(asking: str) -> None:
    done = run(*ASKING[asking], stdin=IMAGELESS)
    assert (done.code, done.stdout) == (2, "")
    assert f"Invalid value for {asking.split()[1]}: {UNMEASURED}" in done.stderr
    assert run(*ASKING[asking], "--samples", "1000", stdin=IMAGELESS).code == 0


@pytest.mark.parametrize("command", [("check", "-"), ("solve", "-", "--var", "wide=1:9")])
def test_nor_does_it_keep_the_budget_of_a_spec(command: tuple[str, ...]) -> None:
    done = run(*command, stdin=BUDGET)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f"<stdin>:3:39: budget: {UNMEASURED}"
    assert run(*command, "--samples", "1000", stdin=BUDGET).code == 0


def test_every_spec_is_told_of_once_whatever_its_variants() -> None:
    family = BUDGET.replace("budget", "variants: {a: {wide: 1}, b: {wide: 3}}\nbudget")
    done = run("check", "-", stdin=family)
    assert (done.code, done.stderr.count(UNMEASURED)) == (2, 1)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_solve_and_sweep_divide_by_the_samples(jobs: str) -> None:
    """A linear layer of 4 inputs has 5 parameters for each output: over 8 samples, at most 2 each are 3 outputs."""
    given = ("--samples", "8", "--jobs", jobs, "--json")
    found = json.loads(run("solve", "-", "--var", "wide=1:9", "--max", f"{WORD}=2", *given, stdin=IMAGELESS).stdout)
    assert (found["value"], found["best"]["params_per_sample"]) == (3, 15 / 8)
    rows = run("sweep", "-", "--set", "wide=1:3", "--columns", WORD, *given, stdin=IMAGELESS).stdout.splitlines()
    assert [json.loads(row)["params_per_sample"] for row in rows] == [5 / 8, 10 / 8, 15 / 8]


def test_a_total_that_does_not_apply_keeps_any_budget_and_that_is_said() -> None:
    remark = "<stdin>: warning: imageless has no receptive-field, so it is within any budget\n"
    for command in (("check", "-"), ("solve", "-", "--var", "wide=1:3")):
        done = run(*command, "--max", "receptive-field=1", stdin=IMAGELESS)
        assert (done.code, done.stderr) == (0, remark)


def test_a_total_that_does_not_apply_stays_empty_and_that_is_said_once() -> None:
    remark = "warning: imageless has no receptive-field: its column stays empty\n"
    for asked in (("--columns", "receptive-field"), ("--pareto", "receptive-field,wide:max")):
        done = run("sweep", "-", "--set", "wide=1:3", *asked, stdin=IMAGELESS)
        assert (done.code, done.stderr) == (0, remark)
    done = run("sweep", "-", "--set", "wide=1:3", "--where", "receptive_field > 1", stdin=IMAGELESS)
    assert (done.code, done.stderr.strip().endswith("; the network has no receptive-field")) == (2, True)


def test_networks_are_sorted_by_what_none_has() -> None:
    done = run("compare", "-", "--sort", "receptive-field", "--json", stdin=IMAGELESS)
    assert json.loads(done.stdout)["largest_receptive_field"] is None
