"""An amount reads as what it says, and a wrong one is told."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.units import parse_amount


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
    with pytest.raises(ValueError, match=r"amount|64 bits"):
        parse_amount(text, "B")


@given(st.integers(0, 2**53), st.sampled_from([("", 1), ("k", 10**3), ("Ki", 2**10), ("M", 10**6), ("Mi", 2**20)]))
def test_a_whole_number_times_its_prefix(number: int, prefix: tuple[str, int]) -> None:
    if number * prefix[1] < 2**63:
        assert parse_amount(f"{number}{prefix[0]}B", "B") == number * prefix[1]


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_amount(text) >= 0
