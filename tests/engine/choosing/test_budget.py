"""What the budget of a spec comes to, and what WORD=AMOUNT does."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.choosing.budget import limit, limits, spec_schema
from cnnparams.engine.costs.quantity import Limit
from cnnparams.engine.costs.register import totals
from cnnparams.errors import CnnparamsError
from cnnparams.schema.variables import choose
from tests.bad_runs import cnnparams
from tests.specs import spec_of

LAYERS = "input: {features: 4}\nlayers: [{type: linear, out_features: 2}]\n"
FAMILY = """
vars: {width: 4, unit: 1000, k: 7}
variants: {small: {}, large: {width: 8, unit: 2000}}
input: {features: width}
budget: {params: unit * width, macs: 300k, saved: "width * k"}
layers: [{type: linear, out_features: k}]
"""


def limits_of(text: str, variant: str | None = None, **values: float) -> tuple[Limit, ...]:
    return limits(choose(spec_of(text), variant, values))


def budget(text: str, variant: str | None = None, **values: float) -> dict[str | None, Fraction]:
    return {limit.total.word: limit.most for limit in limits_of(text, variant, **values)}


@pytest.mark.parametrize(
    ("written", "most"),
    [
        ("params: 1M", 10**6),
        ("params: 1Mi", 2**20),
        ("params: 1e6", 10**6),
        ("params: '1e6'", 10**6),
        ("params: 1.5k", 1500),
        ("params: 0", 0),
        ("params: 0.1", Fraction(1, 10)),
        ("params: 3 * 7", 21),
        ("weights: 256KiB", 2**18),
        ("weights: 256 kib", 2**18),
        ("weights: 1M", 10**6),
        ("weights: 1MB", 10**6),
        ("PEAK_memory: 12", 12),
    ],
)
def test_an_amount_reads_as_what_it_says(written: str, most: Fraction) -> None:
    (found,) = budget(f"budget: {{{written}}}\n{LAYERS}").values()
    assert found == most


@pytest.mark.parametrize(
    ("variant", "values", "expected"),
    [
        ("small", {}, (4_000, 300_000, 28)),
        ("large", {}, (16_000, 300_000, 56)),
        ("large", {"width": 3}, (6_000, 300_000, 21)),
    ],
)
def test_expressions_have_the_values_of_the_variant_and_the_command(
    variant: str, values: dict[str, float], expected: tuple[int, ...]
) -> None:
    assert tuple(budget(FAMILY, variant, **values).values()) == expected


def test_a_limit_knows_its_place() -> None:
    (found,) = limits_of(f"budget:\n  params: 12\n{LAYERS}")
    assert str(found.place) == "test.yaml:2:11"


@pytest.mark.parametrize("text", [LAYERS, f"budget: {{}}\n{LAYERS}", f"budget:\n{LAYERS}"])
def test_a_spec_may_have_no_budget(text: str) -> None:
    assert limits_of(text) == ()


def test_what_a_spec_stands_for_keeps_its_budget_as_numbers(tmp_path: Path) -> None:
    family, plain = tmp_path / "family.yaml", tmp_path / "plain.yaml"
    family.write_text(FAMILY)
    plain.write_text(LAYERS)
    shown = json.loads(cnnparams("show", f"{family}@large", "--json").out)
    assert shown["budget"] == {"params": 16_000, "macs": 300_000, "saved": 56}
    assert "budget" not in json.loads(cnnparams("show", plain, "--json").out)


@pytest.mark.parametrize("command", ["check", "count", "show", "compare", "memory"])
def test_a_wrong_budget_is_told_whatever_is_asked(command: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(f"budget: {{parms: 1}}\n{LAYERS}")
    done = cnnparams(command, path)
    assert (done.code, done.out) == (2, "")
    assert "unknown quantity 'parms'" in done.err


@pytest.mark.parametrize("word", totals())
@given(number=st.integers(0, 2**40), prefix=st.sampled_from(["", "k", "Ki", "M", "Mi"]))
def test_a_budget_and_an_option_read_the_same(word: str, number: int, prefix: str) -> None:
    amount = f"{number}{prefix}"
    (found,) = limits_of(f"budget: {{{word}: {amount}}}\n{LAYERS}")
    assert found._replace(place=None) == limit(f"{word}={amount}") == Limit(found.total, found.most)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("params", "'params' is not WORD=AMOUNT, such as params=1M"),
        ("params=", "params: '' is not an amount, such as 1M (1,000,000)"),
        ("params=1MB", "params: '1MB' is not an amount, such as 1M (1,000,000)"),
        ("params=-1", "params: '-1' is not an amount"),
        ("params=nan", "params: 'nan' is not an amount"),
        ("peak-memory=12 bananas", "peak-memory: '12 bananas' is not an amount, such as 1MB (1,000,000)"),
        ("parms=1M", "unknown quantity 'parms'; did you mean 'params'?"),
        ("=1M", "unknown quantity ''; choose from params, trainable, "),
    ],
)
def test_what_is_no_limit_is_told(written: str, said: str) -> None:
    with pytest.raises(CnnparamsError) as raised:
        limit(written)
    assert str(raised.value).startswith(said)


def test_an_editor_knows_the_words_of_a_budget() -> None:
    known = spec_schema()["properties"]["budget"]
    assert (list(known["properties"]), known["additionalProperties"]) == (list(totals()), False)
