"""The words and numbers of YAML 1.2's core schema, and nothing of YAML 1.1's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.schema.compose import resolve


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_these_are_nothing(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "false", "False", "FALSE"])
def test_these_are_true_or_false(text: str) -> None:
    assert resolve(text) is (text.casefold() == "true")


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "y", "n", "Yes", "NO", "nUll", "tRUE", "none", "None"])
def test_words_of_yaml_1_1_stay_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "12:30",
        "1:2:3",
        "1_000",
        "0b11",
        "017_",
        "1,000",
        "3x3",
        "1e",
        "e3",
        ".",
        "-",
        "+",
        "--1",
        "1.2.3",
        "0xG",
        "+0x1",
    ],
)
def test_what_only_looks_like_a_number_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["2001-01-01", "2001-01-01T00:00:00Z", "=", "<<", "inf", "nan", "Infinity"])
def test_dates_and_other_types_of_yaml_1_1_stay_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("0xff", 255),
        (str(2**63 - 1), 2**63 - 1),
    ],
)
def test_whole_numbers(text: str, value: int) -> None:
    assert (type(resolve(text)), resolve(text)) == (int, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e6", 10**6), ("1E3", 1000), ("12e+2", 1200), ("-2e1", -20), ("1e18", 10**18), ("0e999999", 0), ("10e-1", 1)],
)
def test_an_exponent_without_a_point_is_a_whole_number_and_exact(text: str, value: int) -> None:
    assert (type(resolve(text)), resolve(text)) == (int, value)


@pytest.mark.parametrize(
    ("text", "value"), [("2.0", 2.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("1.5e3", 1500.0), ("1e-5", 1e-5)]
)
def test_a_point_or_a_fraction_makes_a_float(text: str, value: float) -> None:
    assert (type(resolve(text)), resolve(text)) == (float, value)


@pytest.mark.parametrize(
    "text", [str(2**63), str(-(2**63)), "9" * 5000, "0x" + "F" * 17, "0o" + "7" * 30, "1e19", "1e400", "-1.5e30"]
)
def test_numbers_beyond_64_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="beyond 64 bits"):
        resolve(text)


@pytest.mark.parametrize("text", [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        resolve(text)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_integer_of_64_bits_is_itself(value: int) -> None:
    assert resolve(str(value)) == value
    assert resolve(hex(abs(value))) == abs(value)


@given(st.floats(-1e18, 1e18))
def test_every_float_is_itself(value: float) -> None:
    assert resolve(repr(value)) == value
