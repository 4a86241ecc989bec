from __future__ import annotations

import re

import pytest

from cnnparams.schema.input_shape import InputShape, shape_of


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3x224x224", InputShape((3, 224, 224))),
        ("3,224,224", InputShape((3, 224, 224))),
        (" 128 ", InputShape((128,))),
        ("image=3x8x8", InputShape((3, 8, 8), "image")),
        ("tokens=128:int64", InputShape((128,), "tokens", "int64")),
        ("4x5:bfloat16", InputShape((4, 5), None, "bfloat16")),
    ],
)
def test_a_shape_may_have_a_name_and_a_dtype(written: str, expected: InputShape) -> None:
    assert shape_of(written) == expected
    assert "x".join(map(str, expected.dims)) == str(expected)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "'' is not a shape"),
        ("3x", "'3x' is not a shape without the batch, such as 3x224x224 or image=3x224x224"),
        ("3x-1", "'3x-1' is not a shape"),
        ("1=3x8", "'1=3x8' is not a shape"),
        ("3x0x8", "'3x0x8' has a size of 0: every size is at least 1"),
        ("3:int99", "'3:int99': 'int99' is none of float16, "),
    ],
)
def test_what_is_no_shape_is_told(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        shape_of(written)
