"""Expressions: what Python computes, within 64 bits, of the operators and functions that there are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnparams.expression import BOOLEAN, NUMBER, ExpressionError, parse
from tests.expression_trees import SCOPE, RefusalError, Tree, booleans, numbers
from tests.layers.effort import examples

LONGEST = 1000
LARGEST = 2**63 - 1


def value(text: str, **scope: Any) -> Any:
    return parse(text).run(scope)


def check_agrees(tree: Tree) -> None:
    """Compare with what Python computes of the same text, in value and in type."""
    text = tree.text()
    assume(len(text) <= LONGEST)
    try:
        expected = tree.value()
    except RefusalError:
        with pytest.raises(ExpressionError):
            value(text, **SCOPE)
    else:
        found = value(text, **SCOPE)
        assert (type(found), found) == (type(expected), expected), text


@examples(500)
@given(numbers())
def test_numbers_are_those_of_python(tree: Tree) -> None:
    check_agrees(tree)


@examples(500)
@given(booleans())
def test_what_is_true_and_false_is_so_in_python(tree: Tree) -> None:
    check_agrees(tree)


@given(numbers(), booleans())
def test_the_kind_of_a_value_is_told_before_it_is_known(number: Tree, boolean: Tree) -> None:
    for tree, kind in ((number, NUMBER), (boolean, BOOLEAN)):
        text = tree.text()
        assume(len(text) <= LONGEST)
        assert parse(text).kind in (None, kind)


def as_mobilenet_rounds(value: float, divisor: int, least: int | None) -> int:
    """Sandler et al., as their code has it."""
    rounded = max(least or divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


@examples(500)
@given(
    st.integers(0, 10**6) | st.floats(0, 10**6),
    st.integers(1, 512),
    st.none() | st.integers(1, 1000),
)
def test_make_divisible_rounds_as_mobilenet_does(v: float, divisor: int, least: int | None) -> None:
    expected = as_mobilenet_rounds(v, divisor, least)
    text = "make_divisible(v, d)" if least is None else "make_divisible(v, d, least)"
    assert value(text, v=v, d=divisor, least=least) == expected
    assert type(value(text, v=v, d=divisor, least=least)) is int


@given(st.integers(0, 10**6), st.integers(1, 512))
def test_make_divisible_gives_a_multiple_that_is_near(v: int, divisor: int) -> None:
    found = value("make_divisible(v, d)", v=v, d=divisor)
    assert found % divisor == 0
    assert found >= max(divisor, 0.9 * v)
    assert found - v <= divisor


@pytest.mark.parametrize("limit", [LARGEST, -LARGEST])
def test_a_value_of_64_bits_is_the_largest_there_is(limit: int) -> None:
    assert value("v", v=limit) == value("v * 1", v=limit) == limit
    with pytest.raises(ExpressionError, match="64 bits"):
        value("v + s", v=limit, s=1 if limit > 0 else -1)


@pytest.mark.parametrize(
    "text",
    [
        *("2 ** 63", "2 ** 62 * 2", "9223372036854775808", "-9223372036854775807 - 1", "1e308 * 10", "1e400"),
        *("2 ** 0.5 ** -10", "(-3) ** 41", "1e18 // 1e-300", "make_divisible(1e18, 1e-300)", "0.5 ** -2000"),
        *("9e18 + 9e18", "1 if true else 9223372036854775808"),
    ],
)
def test_what_64_bits_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="is beyond what 64 bits can hold"):
        value(text)


@pytest.mark.parametrize(
    "text", ["1 / 0", "1 // 0", "1 % 0", "1 / 0.0", "0 ** -1", "0.0 ** -1", "make_divisible(3, 0)"]
)
def test_division_by_zero_is_told(text: str) -> None:
    with pytest.raises(ExpressionError, match="division by zero"):
        value(text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("x + 1", "'x' has no value here"),
        ("flag + 1", r"\+ takes numbers, but gets true"),
        ("-flag", "- takes numbers, but gets true"),
        ("flag < 2", "< takes numbers, but gets true"),
        ("min(1, flag)", "min takes numbers, but gets true"),
        ("row * 2", r"\* takes numbers, but gets a list"),
        ("word + 1", r"\+ takes numbers, but gets 'relu'"),
        ("nothing + 1", r"\+ takes numbers, but gets nothing"),
        ("1 and flag", "'and' takes true or false, but gets 1"),
        ("flag and 0.5", "'and' takes true or false, but gets 0.5"),
        ("not 0", "'not' takes true or false, but gets 0"),
        ("1 if 1 else 2", "'if' takes true or false, but gets 1"),
        ("n[0]", "only a list can be indexed, not 7"),
        ("word[0]", "only a list can be indexed, not 'relu'"),
        ("row[flag]", "a list index must be a whole number, not true"),
        ("row[1.0]", "a list index must be a whole number, not 1.0"),
        ("row[2]", "index 2 is out of range: the list has 2 items"),
        ("row[-3]", "index -3 is out of range: the list"),
        ("len(3)", "len takes a list, but gets 3"),
        ("len(word)", "len takes a list, but gets 'relu'"),
        ("(-8) ** 0.5", "a negative number cannot be raised to a fraction"),
        ("round(1.5, 1)", "round takes 1 value, but gets 2"),
        ("min(1)", "min takes 2 to 20 values, but gets 1"),
        ("make_divisible()", "make_divisible takes 1 to 3 values, but gets 0"),
    ],
)
def test_what_python_would_stretch_to_is_refused(text: str, fact: str) -> None:
    with pytest.raises(ExpressionError, match=fact):
        value(text, flag=True, row=(1, 2), word="relu", nothing=None, n=7)


@pytest.mark.parametrize(
    "text", ["flag or missing", "1 if flag else missing", "not flag and missing", "2 < 1 < missing"]
)
def test_what_is_not_reached_needs_no_value(text: str) -> None:
    assert value(text, flag=True) == eval(text, {"flag": True})


def test_true_and_false_are_written_as_in_yaml_or_in_python() -> None:
    assert [value(text) for text in ("true", "false", "True", "False")] == [True, False, True, False]


def test_words_and_lists_can_be_compared() -> None:
    scope: dict[str, Any] = {"a": "relu", "b": "relu", "c": "silu", "row": (1, 2), "same": (1, 2.0), "nothing": None}
    assert value("a == b and a != c and row == same and nothing != a", **scope) is True


def test_an_expression_tells_the_names_it_reads_and_no_functions() -> None:
    assert parse("min(width, 3) + rows[index][0] if flag and true else channels").names == {
        "width",
        "rows",
        "index",
        "flag",
        "channels",
    }


def test_space_around_and_within_does_not_matter() -> None:
    assert value("  1+ 2 *\t3 ") == value("1 + 2 * 3") == 7
