"""Numbers that a float cannot hold: every digit that is printed is so."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.costs.quantity import Kind, number, quotient
from cnnparams.render import cells
from cnnparams.render.view import HWC
from tests.cli.run import run

IN, OUT = 3_037_000_501, 3_037_000_499
WEIGHTS = IN * OUT + OUT  # 9,223,372,040,037,250,498: 2^63 and more, and no float
SPEC = (
    "budget: {params: 1.5, weights: 100.5}\n"
    f"input: {{features: {IN}}}\n"
    "layers:\n"
    f"  - {{type: linear, out_features: {OUT}, bias: false}}\n"
    "  - {type: linear, out_features: 1, bias: false}\n"
)
SMALL = 61_706  # parameters of LeNet-5


def shown(*args: str, code: int = 0) -> str:
    done = run(*args, stdin=SPEC)
    assert done.code == code, done.stderr
    return done.stdout


def rounded(exact: Fraction, digits: int = 0) -> str:
    """Return an exact number in decimal, rounded as decimal arithmetic does."""
    scaled = round(exact * 10**digits)
    return f"{Decimal(scaled).scaleb(-digits):,.{digits}f}"


def test_counts_and_sizes_of_tables() -> None:
    table = shown("count", "-")
    assert table.count(f"{WEIGHTS:,}") == 3  # total, trainable, multiply-accumulates
    assert f"{rounded(Fraction(4 * WEIGHTS, 1024**4), 2)} TiB" in table
    assert f"{rounded(Fraction(4 * WEIGHTS, 1024**4), 2)} TiB" in shown("memory", "-")


def test_ratios_are_whole_where_they_are_large() -> None:
    ratio = rounded(Fraction(WEIGHTS, SMALL))
    for command in ("compare", "diff"):
        assert f"{ratio}x" in shown(command, "lenet5", "-")
    (_, row) = map(json.loads, shown("compare", "lenet5", "-", "--json").splitlines())
    assert (row["total_params"], row["total_params_ratio"]) == (WEIGHTS, round(Fraction(WEIGHTS, SMALL)))
    assert row["total_params_ratio"] == int(ratio.replace(",", ""))
    totals = json.loads(shown("diff", "lenet5", "-", "--json"))["totals"]["total_params"]
    assert (totals["difference"], totals["ratio"]) == (WEIGHTS - SMALL, row["total_params_ratio"])


def test_differences_and_what_is_over_a_budget() -> None:
    assert f"+{WEIGHTS - SMALL:,}" in shown("diff", "lenet5", "-")
    budgets = {each["total"]: each for each in json.loads(shown("check", "-", "--json", code=1))["budgets"]}
    assert (budgets["params"]["value"], budgets["params"]["limit"]) == (WEIGHTS, 1.5)
    assert budgets["params"]["excess"] in (WEIGHTS - 2, WEIGHTS - 1)  # the half is in neither
    assert budgets["weights"]["value"] == 4 * WEIGHTS
    text = shown("check", "-", code=1)
    assert re.search(rf"params: {WEIGHTS:,} is ({WEIGHTS - 2:,}|{WEIGHTS - 1:,}) over the budget of 1\.5;", text)
    assert "over the budget of 100.5 B" in text


def test_parameters_for_each_sample() -> None:
    each = json.loads(shown("count", "-", "--samples", "7", "--json"))["params_per_sample"]
    assert each == round(Fraction(WEIGHTS, 7))
    assert f"{each:,}" in shown("count", "-", "--samples", "7")
    assert json.loads(shown("count", "lenet5", "--samples", "100", "--json"))["params_per_sample"] == 617.06


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_rows_of_a_sweep(format_: str) -> None:
    spec = SPEC.replace("budget", "vars: {one: 1}\nbudget").replace("out_features: 1", "out_features: one")
    done = run("sweep", "-", "--set", "one=1", "--columns", "params,weights", "--format", format_, stdin=spec)
    assert f"{WEIGHTS}" in done.stdout
    assert f"{4 * WEIGHTS}" in done.stdout


def test_an_explanation() -> None:
    assert f"{IN:,} × {OUT:,}" in (text := shown("explain", "-")) or f"{OUT:,} × {IN:,}" in text  # noqa: RUF001
    assert f"= {IN * OUT:,}" in text
    assert f"= {WEIGHTS:,}" in text


def test_strides_of_many_layers() -> None:
    """Windows of 3 with stride 3 do not overlap: after 39 of them stride and field are 3^39, beyond 2^53."""
    pool = "{type: max_pool2d, repeat: 39, kernel_size: 3, stride: 3}"
    spec = f"input: {{channels: 1, height: {3**39}, width: 1}}\nlayers: [{pool}]\n"
    spec = spec.replace("kernel_size: 3, stride: 3", "kernel_size: [3, 1], stride: [3, 1]")
    found: Any = json.loads(run("receptive-field", "-", "--json", stdin=spec).stdout)
    assert found["effective_stride"] == [3**39, 1]
    assert found["receptive_field"] == [3**39, 1]


AMOUNTS = st.integers(1, 2**80)


@given(AMOUNTS)
def test_a_size_is_rounded_from_the_exact_amount(count: int) -> None:
    written, unit = cells.size(count).rsplit(" ", 1)
    factor = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}[unit]
    digits = Fraction(written.replace(",", ""))
    assert abs(digits - Fraction(count, factor)) <= Fraction(0 if unit == "B" else 1, 200)


@given(AMOUNTS, AMOUNTS)
def test_a_quotient_has_no_digit_that_is_not_so(value: int, whole: int) -> None:
    exact, found = Fraction(value, whole), quotient(value, whole)
    if isinstance(found, int):
        assert abs(found - exact) <= Fraction(1, 2)
        assert cells.write(found, Kind.RATIO, HWC) == f"{found:,}"
    else:
        assert exact < 10**13
        assert found == value / whole
        if exact >= Fraction(1, 10):
            written = Fraction(cells.write(found, Kind.RATIO, HWC).replace(",", ""))
            assert abs(written - exact) < Fraction(1, 200) + Fraction(1, 500)


@given(st.fractions(0, 2**70))
def test_a_number_with_a_fraction(exact: Fraction) -> None:
    found = number(exact)
    assert abs(Fraction(found) - exact) <= (Fraction(1, 2) if isinstance(found, int) else Fraction(1, 1000))
