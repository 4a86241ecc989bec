"""A figure that is an estimate says so, wherever it appears; one that is exact does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import run

EXACT = "simple_cnn"


@pytest.fixture
def lstm(tmp_path: Path) -> str:
    """Return a network of which PyTorch leaves to oneDNN what is kept (docs/memory.md)."""
    path = tmp_path / "lstm.yaml"
    path.write_text("vars: {h: 6}\ninput: {shape: [25, 8]}\nlayers: [{type: lstm, name: reader, hidden_size: h}]\n")
    return str(path)


def shown(*args: str, code: int = 0) -> str:
    done = run(*args)
    assert done.code == code, done.stderr
    return done.stdout


def test_memory_names_the_layers_behind_its_figures(lstm: str) -> None:
    lines = shown("memory", lstm, "--training", "--fit", "1MiB").splitlines()
    marked = [line.split()[0] for line in lines if line.endswith(" (an estimate)")]
    assert marked == ["Saved", "Total"]
    assert any(line.startswith("The largest batch") and line.endswith("(an estimate).") for line in lines)
    assert "What is saved for the backward pass is an estimate for reader: PyTorch may keep more." in lines
    found = json.loads(shown("memory", lstm, "--training", "--json"))
    assert (found["saved_is_estimate"], found["uncertain"]) == (True, ["reader"])


@pytest.mark.parametrize("args", [["--dtype", "float64"], []])
def test_memory_does_not_mark_what_is_exact(lstm: str, args: list[str]) -> None:
    spec = lstm if args else EXACT
    assert "estimate" not in shown("memory", spec, "--training", *args)
    found = json.loads(shown("memory", spec, "--training", "--json", *args))
    assert (found["saved_is_estimate"], found["uncertain"]) == (False, [])


def test_tables_of_layers(lstm: str) -> None:
    columns = ["--columns", "layer,saved"]
    for format_ in ("table", "markdown"):
        text = shown("count", lstm, *columns, "--format", format_)
        assert text.count("~4.88 KiB") == 2  # the layer and the total
        assert "Saved is an estimate" in text
        assert "stimate" not in shown("count", EXACT, *columns, "--format", format_)
    assert shown("count", lstm, *columns, "--format", "csv").splitlines()[1:] == ["lstm,reader,5000,yes"]
    assert shown("count", EXACT, *columns, "--format", "csv").startswith("network,layer,saved\n")
    found = json.loads(shown("count", lstm, *columns, "--json"))
    assert (found["saved_is_estimate"], found["layers"][0]["saved_is_estimate"]) == (True, True)


@pytest.mark.parametrize("columns", ["saved", "training-memory", "params,saved,training-memory"])
def test_a_sweep_has_a_column_that_says_so(lstm: str, columns: str) -> None:
    args = ["sweep", lstm, "--set", "h=2,3", "--columns", columns]
    rows = [json.loads(line) for line in shown(*args, "--format", "jsonl").splitlines()]
    assert [row["saved_is_estimate"] for row in rows] == [True, True]
    assert "Saved is an estimate" in shown(*args)
    assert shown(*args, "--format", "csv").splitlines()[0].endswith(",saved_is_estimate")


def test_networks_side_by_side(lstm: str) -> None:
    rows = [*map(json.loads, shown("compare", EXACT, lstm, "--json").splitlines())]
    assert [row["saved_is_estimate"] for row in rows] == [False, True]
    assert "saved_is_estimate" not in shown("compare", EXACT, "lenet5", "--json")
    assert json.loads(shown("diff", EXACT, lstm, "--json"))["totals"]["saved_is_estimate"]["after"] is True
    assert "Saved is an estimate" in shown("diff", EXACT, lstm)
    assert "estimate" not in shown("diff", EXACT, "lenet5")


def test_what_is_solved(lstm: str) -> None:
    args = ["solve", lstm, "--var", "h=1:5", "--max", "saved=4KiB"]
    assert json.loads(shown(*args, "--json"))["best"]["saved_is_estimate"] is True
    assert "Saved is an estimate" in shown(*args)


def test_a_budget_that_an_estimate_keeps_or_breaks(lstm: str) -> None:
    kept = run("check", lstm, "--max", "saved=1MiB")
    assert (kept.code, kept.stdout) == (0, "")
    assert kept.stderr == f"{lstm}: warning: saved of lstm is an estimate\n"
    assert "saved: 4.88 KiB (an estimate) is 904 B over" in shown("check", lstm, "--max", "saved=4KiB", code=1)
    found = json.loads(shown("check", lstm, "--max", "saved=1MiB", "--max", "params=1M", "--json"))
    assert {each["total"]: each["is_estimate"] for each in found["budgets"]} == {"saved": True, "params": False}
