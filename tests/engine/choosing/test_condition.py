"""Conditions read vars and totals, and say what is wrong with them."""

import pytest

from cnnparams.engine.choosing.sweep import ConditionError, parse_condition
from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.costs.register import totals
from cnnparams.units import spelled_out

MEASURED = {"total_params": 10, "total_macs": 200, "peak_activation_bytes": 4096, "largest_receptive_field": (3, 7)}


def holds(text: str, **point: object) -> bool:
    return parse_condition(text, point).holds(point, MEASURED)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("params < 11", True),
        ("params < 10", False),
        ("params < 1e6 and width >= 0.5", True),
        ("macs / params == 20", True),
        ("peak_memory <= 4 * 1024", True),
        ("receptive_field == 7", True),
        ("wide or params > 10", False),
        ("unit == basic", True),
        ("width", None),
    ],
)
def test_a_condition(text: str, answer: bool | None) -> None:
    point = {"width": 0.5, "wide": False, "unit": "basic", "basic": "basic"}
    if answer is None:
        with pytest.raises(ConditionError, match="'width' is neither true nor false"):
            holds(text, **point)
    else:
        assert holds(text, **point) is answer


def test_a_var_comes_before_a_total_of_its_name() -> None:
    assert holds("params == 3", params=3)
    assert parse_condition("params == 3", ["params"]).totals == {}


def test_every_word_can_be_read() -> None:
    for word, total in totals().items():
        name = word.replace("-", "_")
        assert parse_condition(f"{name} > 1", []).totals == {name: total}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("parms < 3", "unknown name 'parms'; did you mean 'params'?"),
        ("qqq < 3", "unknown name 'qqq'; choose from size, params, "),
        ("params <", "'params <' is not an expression; write arithmetic"),
        ("params = 3", "'params = 3' is not an expression"),
        ("params + 3", "'params + 3' is a number, not a condition such as params < 1e6"),
        ("__import__('os')", "is not an expression"),
    ],
)
def test_what_is_no_condition(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as raised:
        parse_condition(text, ["size"])
    assert message in str(raised.value)


def test_a_condition_without_a_value_is_told() -> None:
    with pytest.raises(ConditionError, match="'params / zero > 1': division by zero"):
        holds("params / zero > 1", zero=0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("weights < 256KiB", "weights < 262144"),
        ("params<=1.5M and macs < 2 M", "params<=1500000 and macs < 2000000"),
        ("x < 10ms", "x < (1 / 100)"),
        ("x < 3 uJ or x > 2GB/s", "x < (3 / 1000000) or x > 2000000000"),
        ("1 if a else 2k", "1 if a else 2000"),
        ("width2 * 3 and 1e6 > k", "width2 * 3 and 1e6 > k"),
        ("3 bananas", "3 bananas"),
        ("a1k + 8/s", "a1k + 8/s"),
    ],
)
def test_amounts_in_arithmetic_are_numbers(text: str, number: str) -> None:
    assert spelled_out(text, [kind.unit for kind in Kind if kind.measure]) == number


def test_a_condition_reads_amounts() -> None:
    condition = parse_condition("weights < 1KiB", [])
    assert [condition.holds({}, {"weight_bytes": size}) for size in (1023, 1024)] == [True, False]
