"""The values of an axis are those that its text says."""

import contextlib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.choosing.axis import AxisError, parse_axis, parse_input_axis
from cnnparams.errors import CnnparamsError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("width=0.25:1.5:0.25", (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)),
        ("width=0.1:0.5:0.2", (0.1, 0.3, 0.5)),
        ("width=0.1:0.4:0.2", (0.1, 0.3)),
        ("size=128,160,224", (128, 160, 224)),
        ("size=32:128:32", (32, 64, 96, 128)),
        ("size=128:32:-32", (128, 96, 64, 32)),
        ("n=1:4", (1, 2, 3, 4)),
        ("n=-1:1", (-1, 0, 1)),
        ("n=1e2:3e2:1e2", (100.0, 200.0, 300.0)),
        ("classes=10", (10,)),
        ("width=1.0", (1.0,)),
        ("size=32, 64:96:32 ,224", (32, 64, 96, 224)),
        ("unit=basic,bottleneck", ("basic", "bottleneck")),
        ("flag=true,false", (True, False)),
        ("depths=[2, 2],[3, 4]", ([2, 2], [3, 4])),
        ("act=null,relu", (None, "relu")),
        ("wide=2 * base", ("2 * base",)),
    ],
)
def test_an_axis(text: str, values: tuple[Any, ...]) -> None:
    axis = parse_axis(text)
    assert axis.name == text.split("=")[0]
    assert axis.values == values
    assert all(isinstance(value, type(expected)) for value, expected in zip(axis.values, values, strict=True))


@given(
    st.decimals(0, 1000, places=3), st.decimals("0.001", 10, places=3), st.integers(0, 200), st.decimals(0, 1, places=3)
)
def test_a_range_is_counted_exactly(first: Fraction, step: Fraction, count: int, rest: Fraction) -> None:
    last = first + step * count + step * rest / 2
    values = parse_axis(f"x={first}:{last}:{step}").values
    assert values == tuple(float(Fraction(first) + Fraction(step) * i) for i in range(count + 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("width", "'width' is not NAME=VALUES"),
        ("=1", "'=1' is not NAME=VALUES"),
        ("my width=1", "is not NAME=VALUES"),
        ("width=", "is not NAME=VALUES"),
        ("width=1,,2", "width has an empty value"),
        ("width=0.5:1", "width: '0.5:1' needs a step"),
        ("width=1:2:0", "never goes from 1 to 2"),
        ("width=2:1", "never goes from 2 to 1"),
        ("width=1:2:-1", "never goes from 1 to 2"),
        ("width=1:2:x", "is not FROM:TO:STEP"),
        ("width=1:2:1:1", "is not FROM:TO:STEP"),
        ("width=0:1:1e-9", "1,000,000,001 values, but at most 1,000,000 are allowed"),
    ],
)
def test_text_that_stands_for_no_values(text: str, message: str) -> None:
    with pytest.raises(AxisError) as raised:
        parse_axis(text)
    assert message in str(raised.value)


@given(st.text(max_size=30))
def test_any_text_is_an_axis_or_told(text: str) -> None:
    with contextlib.suppress(CnnparamsError):
        assert parse_axis(f"x={text}").values


@pytest.mark.parametrize(
    ("written", "name", "shapes"),
    [
        ("3x160x160", None, ["3x160x160"]),
        ("3x160x160,3x224x192", None, ["3x160x160", "3x224x192"]),
        ("image=3x4:8:2x4:8:2, 1x2x2", "image", ["3x4x4", "3x6x6", "3x8x8", "1x2x2"]),
        ("tokens=16:64:16:int64", "tokens", ["16", "32", "48", "64"]),
        ("8:4:-2", None, ["8", "6", "4"]),
    ],
)
def test_an_input_goes_through_shapes(written: str, name: str | None, shapes: list[str]) -> None:
    axis = parse_input_axis(written)
    assert (axis.name, [str(shape) for shape in axis.shapes]) == (name, shapes)
    assert {(shape.name, shape.dtype) for shape in axis.shapes} == {(name, "int64" if "int64" in written else None)}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("3x4:8x4:9", "'3x4:8x4:9': sizes move together, and here they have 5 and 6 values"),
        ("3x8x8,", "'' is not a shape without the batch"),
        ("3x0:4x8", "'3x0x8' has a size of 0: every size is at least 1"),
        ("3x1:2:0.5", "'3x1.0' is not a shape without the batch"),
        ("3x8:4", "input: '8:4' never goes from 8 to 4"),
        ("3x{160:224:32}", "'3x{160:224:32}' is not a shape"),
        ("1=3x8", "'1=3x8' is not a shape"),
        ("tokens=4:8:int99", "'int99' is none of float16"),
    ],
)
def test_what_is_no_shape_is_told(written: str, told: str) -> None:
    with pytest.raises(AxisError) as raised:
        parse_input_axis(written)
    assert told in str(raised.value)
