"""An amount reads as what it says, and a wrong one is told."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.costs.quantity import Kind
from cnnparams.units import BYTES, COUNTS, AmountError, Unit, is_amount


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("8GiB", BYTES, 8 * 2**30),
        ("256KiB", BYTES, 262_144),
        ("256 kib", BYTES, 262_144),
        ("1.5MB", BYTES, 1_500_000),
        ("12", BYTES, 12),
        ("12B", BYTES, 12),
        ("1M", COUNTS, 1_000_000),
        ("1Mi", COUNTS, 1_048_576),
        ("1e6", COUNTS, 1_000_000),
        ("0.5k", COUNTS, 500),
        (".5k", COUNTS, 500),
        ("300M", COUNTS, 300_000_000),
        ("2T", COUNTS, 2 * 10**12),
    ],
)
def test_an_amount(text: str, unit: Unit, amount: int) -> None:
    assert unit.read(text) == amount


@pytest.mark.parametrize("text", ["", "B", "x", "1KiX", "-1", "1 000", "1,5M", "1e999", "9" * 30, "1MM", "nan", "0x10"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountError, match=r"amount|64 bits"):
        BYTES.read(text)
    with pytest.raises(AmountError):
        COUNTS.read("9" * 10_000)


def test_an_amount_is_exact() -> None:
    assert COUNTS.read("0.1") == Fraction(1, 10)
    assert COUNTS.read("1.1Mi") == Fraction(11 * 2**20, 10)
    assert COUNTS.read("9007199254740993") == 2**53 + 1


def test_a_count_has_no_bytes() -> None:
    with pytest.raises(AmountError) as raised:
        COUNTS.read("1MB")
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
        assert BYTES.read(f"{number}{prefix[0]}B") == number * prefix[1]


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert COUNTS.read(text) >= 0


@pytest.mark.parametrize(
    ("text", "kind", "amount", "written"),
    [
        ("10ms", Kind.SECONDS, Fraction(1, 100), "10.00 ms"),
        ("250 us", Kind.SECONDS, Fraction(1, 4000), "250.00 us"),
        ("1.5µs", Kind.SECONDS, Fraction(3, 2_000_000), "1.50 us"),
        ("0", Kind.SECONDS, 0, "0.00 ns"),
        ("90", Kind.SECONDS, 90, "90.00 s"),
        ("1e-3", Kind.SECONDS, Fraction(1, 1000), "1.00 ms"),
        ("3 uJ", Kind.JOULES, Fraction(3, 10**6), "3.00 uJ"),
        ("5mJ", Kind.JOULES, Fraction(1, 200), "5.00 mJ"),
        ("5MJ", Kind.JOULES, 5 * 10**6, "5.00 MJ"),
        ("2GB/s", Kind.BYTES_PER_SECOND, 2 * 10**9, "2.00 GB/s"),
        ("1mib/s", Kind.BYTES_PER_SECOND, 2**20, "1.05 MB/s"),
        ("999", Kind.BYTES_PER_SECOND, 999, "999 B/s"),
        ("64KiB", Kind.BYTES, 2**16, "64.00 KiB"),
        ("1.5k", Kind.COUNT, 1500, "1,500"),
        ("0.5", Kind.RATIO, Fraction(1, 2), "0.50"),
    ],
)
def test_a_kind_reads_and_writes_its_amounts(text: str, kind: Kind, amount: Fraction, written: str) -> None:
    assert kind.measure
    assert kind.unit.read(text) == amount
    assert kind.measure.write(amount) == written


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("10", Kind.TEXT),
        ("10Ms", Kind.SECONDS),
        ("1GB", Kind.BYTES_PER_SECOND),
        ("1s", Kind.COUNT),
        ("1B/s", Kind.BYTES),
    ],
)
def test_an_amount_in_another_unit_is_refused(text: str, kind: Kind) -> None:
    with pytest.raises(AmountError) if kind.measure else contextlib.nullcontext():
        kind.unit.read(text)


@given(st.integers(0, 10**15), st.sampled_from([kind for kind in Kind if kind.unit.symbol]))
def test_what_is_written_reads_as_what_it_is_but_for_a_hundredth(number: int, kind: Kind) -> None:
    assert kind.measure
    amount = Fraction(number, 10**6)
    again = kind.unit.read(kind.measure.write(amount).replace(",", ""))
    assert abs(again - amount) <= max(amount / 200, Fraction(1, 10**11))


@pytest.mark.parametrize("text", ["8/s", "2 * k/s", "width", "8 / k"])
def test_arithmetic_is_no_amount(text: str) -> None:
    assert not is_amount(text)
