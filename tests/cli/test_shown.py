"""--columns, --sort and --top, which mean the same for every table."""

import json

import pytest

from tests.cli.run import run

SWEEP = ("sweep", "mobilenet_v2", "--set", "width=0.5,1", "--set", "size=160,192")
TABLES = {
    "count": ("count", "lenet5"),
    "receptive-field": ("receptive-field", "lenet5"),
    "memory": ("memory", "lenet5"),
    "compare": ("compare", "lenet5", "simple_cnn", "resnet8"),
    "specs": ("specs",),
    "sweep": SWEEP,
    "diff": ("diff", "lenet5", "simple_cnn"),
}


def table(*args: str) -> list[list[str]]:
    """Return the header and the rows of the first table with a frame."""
    done = run(*args)
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(" ─"))
    end = next((i for i, line in enumerate(lines) if i > at and not line.startswith(" ")), len(lines))
    return [line.split() for line in (lines[at - 1], *lines[at + 1 : end])]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_columns_asked_for_in_an_order_and_only_the_first_rows(name: str) -> None:
    layer = ["layer"] if name in ("count", "receptive-field", "memory") else []
    columns = ",".join([*layer, "macs", "params"])
    header, *rows = table(*TABLES[name], "--columns", columns, "--sort", "-macs", "--top", "2")
    if name == "diff":  # which tells of the quantities in their own order
        assert header[-2:] == ["Parameters", "MACs"]
        assert len(rows) == 1 + 2  # the first is of the input
        return
    assert header[-2:] == ["MACs", "Parameters"]
    found = [int(row[-2].replace(",", "")) for row in rows if row[0] != "/"]
    assert (len(found), found) == (2, sorted(found, reverse=True))
    assert "2 of " in run(*TABLES[name], "--sort", "-macs", "--top", "2").stdout


@pytest.mark.parametrize("option", ["--columns", "--sort"])
@pytest.mark.parametrize("name", TABLES)
def test_a_misspelt_word_is_told_alike(name: str, option: str) -> None:
    done = run(*TABLES[name], option, "parms")
    assert (done.code, done.stdout) == (2, "")
    assert f"Invalid value for {option}: unknown " in done.stderr
    assert "'parms'; did you mean 'params'?" in done.stderr


def test_without_an_order_the_top_is_that_of_the_most_parameters() -> None:
    done = run("compare", "lenet5", "simple_cnn", "resnet8", "--top", "2", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in rows] == ["simple_cnn", "resnet8"]
    assert rows[0]["total_params_ratio"] == 707_690 / 61_706


def test_a_sweep_is_ordered_by_a_var_or_by_what_is_no_column() -> None:
    rows = [json.loads(line) for line in run(*SWEEP, "--sort", "-size", "--json").stdout.splitlines()]
    assert [(row["width"], row["size"]) for row in rows] == [(0.5, 192), (1, 192), (0.5, 160), (1, 160)]
    rows = [json.loads(line) for line in run(*SWEEP, "--sort", "flops", "--json").stdout.splitlines()]
    assert [(row["width"], row["size"]) for row in rows] == [(0.5, 160), (0.5, 192), (1, 160), (1, 192)]
    assert "total_flops" not in rows[0]
    assert "did you mean 'size'?" in run(*SWEEP, "--sort", "siz").stderr


def test_changes_are_ordered_by_how_much_they_change() -> None:
    shown = run("diff", "resnet18", "resnet34", "--sort", "-params", "--top", "1", "--columns", "params,frozen").stdout
    assert "+4,722,688" in shown
    assert "1 of 4 changes, by Parameters." in shown
    assert "MACs" not in shown
    assert "Frozen " in shown
    assert "changes have no order by receptive-field" in run("diff", "lenet5", "resnet8", "--sort", "rf").stderr
