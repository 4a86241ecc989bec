"""Specs that a program makes to exhaust another: depth, width and repetition without end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bad_runs import Outcome, cnnparams
from tests.cpu import at_most

HEAD = "input: {features: 8}\nlayers:\n"
DEEP = 20_000


@pytest.fixture(autouse=True)
def _in_bounded_time() -> Iterator[None]:
    with at_most(10):
        yield


def refused(text: str) -> str:
    outcome: Outcome = cnnparams("count", "-", stdin=text.encode())
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("<stdin>:")
    assert max(map(len, outcome.err.splitlines())) < 300
    return outcome.err


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}  - {'[' * DEEP}{']' * DEEP}\n",
        f"{HEAD}  - {'{a: ' * DEEP}1{'}' * DEEP}\n",
        f"{HEAD}  - {'[' * DEEP}\n",
        f"{HEAD}  - {'- ' * DEEP}x\n",
        HEAD + "".join(" " * i + "a:\n" for i in range(2, 500)),
        "".join(" " * i + "- \n" for i in range(500)),
    ],
    ids=["lists", "mappings", "lists never closed", "dashes in a line", "indented mappings", "indented lists"],
)
def test_depth_is_refused(text: str) -> None:
    assert "nested more than 100 levels deep" in refused(text)


def test_keys_that_are_mappings_within_mappings_are_refused() -> None:
    """As such, or as too deep where the parser reads so far ahead."""
    said = refused(f"{HEAD}  - {'{' * DEEP}\n")
    assert "a key must be a plain word" in said or "nested more than 100 levels deep" in said


def test_aliases_that_multiply_are_refused() -> None:
    levels = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    assert "aliases expand to more than 100,000 values" in refused(f"a0: &a0 [x]\n{levels}{HEAD}  - relu\n")


def test_merges_that_multiply_are_refused() -> None:
    wide = f"a0: &a0 {{{', '.join(f'k{i}: 1' for i in range(1000))}}}\n"
    merges = "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40))
    assert "aliases expand to more than 100,000 values" in refused(f"{wide}{merges}{HEAD}  - relu\n")


def test_as_many_aliased_values_as_there_may_be_are_refused_for_what_they_are() -> None:
    many = f"a: &a [{'x, ' * 300}x]\nlayers: [{'*a, ' * 300}*a]\ninput: {{features: 8}}\n"
    assert "unknown key 'a'" in refused(many)


def test_a_word_of_a_megabyte_is_told_in_a_line() -> None:
    assert "unknown layer type 'xxxxx" in refused(f"{HEAD}  - {'x' * 2**20}\n")


def test_a_key_of_a_megabyte_in_quotes_is_told_in_a_line() -> None:
    refused(f'{HEAD}  - {{type: relu, ? "{"k" * 2**20}" : 1}}\n')


def test_a_number_of_a_megabyte_is_told_in_a_line() -> None:
    assert "beyond 64 bits" in refused(f"{HEAD}  - {{type: linear, out_features: {'9' * 2**20}}}\n")


def test_an_exponent_without_end_is_told() -> None:
    assert "beyond 64 bits" in refused(f"{HEAD}  - {{type: linear, out_features: 1e{'9' * 1000}}}\n")


def test_an_input_of_many_large_sizes_is_refused() -> None:
    """Its elements are a number of more digits than Python prints."""
    shape = ", ".join(["4611686018427387904"] * 1000)
    text = f"input: {{shape: [{shape}]}}\nlayers:\n  - {{type: reshape, shape: [7]}}\n"
    assert "input must have no more elements than 64 bits can count" in refused(text)


def test_ten_thousand_unknown_keys_are_refused() -> None:
    keys = "".join(f"    kernel_sizes_{i}: 1\n" for i in range(10_000))
    assert "100 problems" in refused(f"{HEAD}  - type: conv2d\n{keys}")
