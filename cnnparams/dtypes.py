"""The types that elements may have, in PyTorch's words, and the bytes that each takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Dtype = Literal["float64", "float32", "bfloat16", "float16", "float8", "int16", "int8"]

DTYPES: Mapping[str, int] = MappingProxyType(
    {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "float8": 1, "int16": 2, "int8": 1}
)
"""Bytes of an element."""
