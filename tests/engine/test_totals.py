"""The words of totals: what limits, sorts and plots by them."""

import pytest

from cnnparams.engine.costs.quantity import Kind, magnitude
from cnnparams.engine.costs.register import (
    UnknownTotalError,
    UnmeasuredError,
    costs_giving,
    find_total,
    short_totals,
    totals,
)
from cnnparams.engine.reports.report import columns
from cnnparams.engine.setting import USUAL, Setting


def test_every_total_with_a_word_has_a_magnitude() -> None:
    examples = {Kind.COUNT: 3, Kind.BYTES: 4, Kind.PER_AXIS: (5, 6), Kind.RATIO: 0.5}
    assert {word: total.kind for word, total in totals().items() if total.kind not in examples} == {}
    assert [magnitude(value, kind) for kind, value in examples.items()] == [3, 4, 6, 0.5]
    assert magnitude(None, Kind.PER_AXIS) is None
    assert magnitude("conv1", Kind.TEXT) is None


def test_the_column_of_a_total_is_a_column() -> None:
    assert {total.column for total in totals().values()} - {None} <= columns().keys()


@pytest.mark.parametrize("word", ["peak-memory", "peak_memory", "Peak-Memory", " peak-memory "])
def test_a_total_is_found_by_its_word(word: str) -> None:
    assert find_total(word).field == "peak_activation_bytes"


def test_a_misspelt_word_is_told_with_a_guess() -> None:
    with pytest.raises(UnknownTotalError, match="nothing that is measured is called 'parms'") as raised:
        find_total("parms")
    assert raised.value.hint == "did you mean 'params'?"


def test_a_word_like_no_other_is_told_with_all_that_are_known() -> None:
    with pytest.raises(UnknownTotalError) as raised:
        find_total("xyzzy")
    assert raised.value.hint.startswith("known are params, trainable, frozen, buffers, macs, ")


def test_what_a_setting_says_too_little_for_is_not_measured() -> None:
    field, known = "params_per_sample", Setting(samples=3)
    with pytest.raises(UnmeasuredError, match=r"params-per-sample is not measured without .*: give --samples"):
        costs_giving([field], USUAL)
    assert [total.field for cost in costs_giving([field], known) for total in cost.TOTALS] == [field]
    assert {total.field for total in short_totals(known)} - {total.field for total in short_totals()} == {field}


@pytest.mark.parametrize("word", [word for word in totals() if word != "params-per-sample"])
def test_all_else_is_measured_in_any_setting(word: str) -> None:
    assert costs_giving([find_total(word).field], USUAL)
