"""The words of totals: what limits, sorts and plots by them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.costs import computation, parameters, register, storage
from cnnparams.engine.costs.quantity import Kind, magnitude
from cnnparams.engine.costs.register import (
    COSTS,
    Listed,
    UnknownTotalError,
    UnmeasuredError,
    costs_giving,
    find_total,
    short_totals,
    totals,
)
from cnnparams.engine.reports.report import columns, find_column
from cnnparams.engine.setting import USUAL, Setting
from tests.engine.drawn_specs import VARIANTS, specs
from tests.engine.graph_rows import drawn, graph_of


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
    with pytest.raises(UnknownTotalError, match="unknown quantity 'parms'") as raised:
        find_total("parms")
    assert raised.value.hint == "did you mean 'params'?"


def test_a_word_like_no_other_is_told_with_all_that_are_known() -> None:
    with pytest.raises(UnknownTotalError) as raised:
        find_total("xyzzy")
    assert str(raised.value.hint).startswith("choose from params, trainable, frozen, buffers, macs, ")


def test_what_a_setting_says_too_little_for_is_not_measured() -> None:
    field, known = "params_per_sample", Setting(samples=3)
    with pytest.raises(UnmeasuredError, match=r"params-per-sample is not measured without .*: give samples="):
        costs_giving([field], USUAL)
    assert [total.field for cost in costs_giving([field], known) for total in cost.TOTALS] == [field]
    assert {total.field for total in short_totals(known)} - {total.field for total in short_totals()} == {field}


@pytest.mark.parametrize("word", [word for word in totals() if word != "params-per-sample"])
def test_all_else_is_measured_in_any_setting(word: str) -> None:
    assert costs_giving([find_total(word).field], USUAL)


@pytest.mark.parametrize("listed", COSTS, ids=lambda listed: listed.module)
def test_the_register_knows_all_that_a_module_gives(listed: Listed) -> None:
    """So that it need not be imported to know."""
    columns, totals = listed.cost.COLUMNS, listed.cost.TOTALS
    words = {word for column in columns for word in (column.key, *column.aliases)} | {t.word for t in totals if t.word}
    assert listed.names == words | {c.field for c in columns} | {t.field for t in totals}
    assert listed.always or not any(column.default for column in columns)


def test_every_module_is_registered_and_each_name_is_of_one() -> None:
    modules = {path.stem for path in Path(register.__file__).parent.glob("[a-z]*.py")}
    assert {listed.module for listed in COSTS} == modules - {"register", "quantity"}
    assert sum(len(listed.names) for listed in COSTS) == len(frozenset().union(*(listed.names for listed in COSTS)))


def test_a_quantity_of_layers_and_of_the_network_has_one_word() -> None:
    assert [(word, total.column) for word, total in totals().items() if total.column not in (None, word)] == [
        ("gradients", "trainable"),  # which has no column of its own: these weigh most in it
        ("optimizer", "trainable"),
        ("training-memory", "saved"),
        ("params-per-sample", "trainable"),
    ]


@pytest.mark.parametrize(
    ("old", "word"),
    [
        ("weight_size", "weights"),
        ("buffer_size", "buffer-size"),
        ("activation_size", "activation-size"),
        ("live", "peak-memory"),
        ("rf", "receptive-field"),
        ("rf_stride", "effective-stride"),
        ("RF_Padding", "effective-padding"),
        ("sees_all", "sees-all"),
        ("saved_estimate", "saved-estimate"),
        ("macs", "macs"),
        ("output", "output"),
    ],
)
def test_old_words_are_still_taken(old: str, word: str) -> None:
    found = find_column(old)
    assert found
    assert found.key == word
    assert found == columns()[word]


@drawn(20)
@given(specs(), st.sampled_from(sorted(VARIANTS)))
def test_what_is_asked_by_node_is_what_each_node_has_alone(spec: dict[str, Any], variant: str) -> None:
    graph, setting = graph_of(spec, variant), Setting(dtype="float16")
    for cost in (parameters, computation, storage):
        rows = cost.measure(graph, setting).rows
        alone = [cost.measure(graph._replace(nodes=(node,)), setting).rows[0] for node in graph.nodes]
        own = [i for i, column in enumerate(cost.COLUMNS) if not column.part_of]
        assert [[row[i] for i in own] for row in rows] == [[row[i] for i in own] for row in alone]
