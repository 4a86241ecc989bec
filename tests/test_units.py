"""An amount reads as what it says, and a wrong one is told."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.units import AmountError, is_amount, parse_amount, parse_exactly


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("8GiB", "B", 8 * 2**30),
        ("256KiB", "B", 262_144),
        ("256 kib", "B", 262_144),
        ("1.5MB", "B", 1_500_000),
        ("12", "B", 12),
        ("12B", "B", 12),
        ("1M", "", 1_000_000),
        ("1Mi", "", 1_048_576),
        ("1e6", "", 1_000_000),
        ("0.5k", "", 500),
        (".5k", "", 500),
        ("300M", "", 300_000_000),
        ("2T", "", 2 * 10**12),
    ],
)
def test_an_amount(text: str, unit: str, amount: int) -> None:
    assert parse_amount(text, unit) == amount


@pytest.mark.parametrize("text", ["", "B", "x", "1KiX", "-1", "1 000", "1,5M", "1e999", "9" * 30, "1MM", "nan", "0x10"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError, match=r"amount|64 bits"):
        parse_amount(text, "B")
    with pytest.raises(AmountError):
        parse_amount("9" * 10_000)


def test_an_amount_is_exact() -> None:
    assert parse_exactly("0.1") == Fraction(1, 10)
    assert parse_exactly("1.1Mi") == Fraction(11 * 2**20, 10)
    assert parse_exactly("9007199254740993") == 2**53 + 1


def test_a_count_has_no_bytes() -> None:
    with pytest.raises(AmountError) as raised:
        parse_exactly("1MB")
    assert raised.value.fact == "'1MB' is not an amount"
    assert raised.value.right == "1M (1,000,000), 1Mi (1,048,576), 1.5k or 1e6"
    assert str(raised.value) == f"{raised.value.fact}, such as {raised.value.right}"


@pytest.mark.parametrize("text", ["1M", " 256 KiB ", "12 bananas", "1e6", ".5", "1MB"])
def test_a_number_and_a_unit_are_written_as_an_amount(text: str) -> None:
    assert is_amount(text)


@pytest.mark.parametrize("text", ["", "M", "-1M", "2 * width", "1M + 1", "k", "1,5M"])
def test_what_is_not_written_as_an_amount(text: str) -> None:
    assert not is_amount(text)


@given(st.integers(0, 2**53), st.sampled_from([("", 1), ("k", 10**3), ("Ki", 2**10), ("M", 10**6), ("Mi", 2**20)]))
def test_a_whole_number_times_its_prefix(number: int, prefix: tuple[str, int]) -> None:
    if number * prefix[1] < 2**63:
        assert parse_amount(f"{number}{prefix[0]}B", "B") == number * prefix[1]


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_amount(text) >= 0
