"""An expression from a stranger: whatever its text, it has a value or is refused, soon and in little memory."""

from __future__ import annotations

import builtins
import time
import tracemalloc
import warnings
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnparams.expression import ExpressionError, parse
from tests.expression_attacks import ENDLESS, NESTED, NO_ARITHMETIC, POWERS, TOKENS
from tests.layers.effort import examples

SCOPE: dict[str, Any] = {"a": 3, "b": 0.5, "c": True, "rows": ((1, 2), (3, 4)), "relu": "relu", "n": None}
SECONDS, BYTES = 1, 5_000_000

HARMLESS = {
    "1_000": 1000,
    "0x10": 16,
    "0b11": 3,
    "1 # one": 1,
    "(1\n+ 2)": 3,
    "\uff41 + 1": 4,
    "((((1))))": 1,
    "1if 1<2else 3": 1,
}


class Answer(NamedTuple):
    """What became of a text, and what that took."""

    value: Any
    refusal: str | None
    seconds: float
    most_bytes: int


def answer(text: str) -> Answer:
    parse.cache_clear()
    tracemalloc.start()
    start = time.process_time()
    value, refusal = None, None
    try:
        value = parse(text).run(SCOPE)
    except ExpressionError as error:
        refusal = str(error)
    seconds, (_, most_bytes) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Answer(value, refusal, seconds, most_bytes)


def refused(text: str) -> bool:
    """Tell whether a text is refused, in words that a line holds; in any case soon, and in little memory."""
    found = answer(text)
    assert found.seconds < SECONDS
    assert found.most_bytes < BYTES
    assert found.refusal is None or 0 < len(found.refusal) < 200
    return found.refusal is not None


@pytest.mark.parametrize("text", POWERS, ids=lambda text: text[:20])
def test_a_number_without_end_is_refused(text: str) -> None:
    assert refused(text)


def test_a_power_that_vanishes_is_nothing() -> None:
    assert parse("10 ** -400").run({}) == 0 == parse("2.0 ** -9223372036854775807").run({})


@pytest.mark.parametrize("text", ENDLESS)
@pytest.mark.parametrize("length", [100, 1000, 1_000_000])
def test_what_opens_and_never_closes_is_refused(text: str, length: int) -> None:
    assert refused(text * (length // len(text)))


@pytest.mark.parametrize("text", NESTED, ids=lambda text: f"{text[:8]}-{len(text)}")
def test_what_is_nested_more_than_50_levels_deep_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize("levels", [1, 50, 51, 190, 201, 498, 100_000])
def test_parentheses_alone_make_no_difference_or_are_refused(levels: int) -> None:
    text = "(" * levels + "1" + ")" * levels
    assert refused(text) or parse(text).run({}) == 1


@pytest.mark.parametrize("levels", [1, 10, 45])
def test_what_is_nested_less_deep_has_a_value(levels: int) -> None:
    assert parse("-" * levels + "1").run({}) == (-1) ** levels
    assert parse("min(1, " * levels + "2" + ")" * levels).run({}) == 1
    assert parse("1 if c else " * levels + "2").run({"c": False}) == 2


@pytest.mark.parametrize("text", NO_ARITHMETIC)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_python_can_read_otherwise_does_no_harm(text: str) -> None:
    assert parse(text).run(SCOPE) == HARMLESS[text]


@pytest.mark.parametrize("name", sorted(vars(builtins)))
def test_no_builtin_can_be_read_or_called_beyond_those_there_are(name: str) -> None:
    assert refused(name) or name in ("True", "False")
    assert refused(f"{name}()")
    assert refused(f"{name}(a)") or name in ("abs", "round")
    assert refused(f"{name}(rows)") or name == "len"


@pytest.mark.parametrize(
    "text", ["1is 1", "1if 2else 3", "0x1for a in b", "'\\d'", "1()", "a is 1", "1 .real", "1or 2", "{}[0]"]
)
def test_no_warning_of_pythons_leaks(text: str) -> None:
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        refused(text)
    assert leaked == []


@examples(500)
@given(st.text(max_size=60))
@example("\ud800")
@example("\x00")
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    refused(text)


@examples(1000)
@given(
    st.lists(st.sampled_from(TOKENS), max_size=15).map(" ".join)
    | st.lists(st.sampled_from(TOKENS), max_size=15).map("".join)
)
def test_any_tokens_of_python_have_a_value_or_are_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("around", ["1 + ({}) * 2", "rows[({})]", "min(1, ({}))", "not ({})"])
def test_what_is_no_arithmetic_is_refused_within_arithmetic_too(around: str) -> None:
    assert [text for text in NO_ARITHMETIC if not refused(around.replace("{}", text))] == []
