"""Keras' padding "same", for which PyTorch has no word where the stride is not 1: pad, then slide without padding."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.layers.oracles.case import Dims

_FILLS = {"zeros": "constant"}


def axes(value: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Return a setting as a number for each axis."""
    return value if isinstance(value, tuple) else (value,) * rank


def padded(
    torch: ModuleType,
    sizes: Dims,
    kernel: Any,
    stride: Any,
    dilation: Any = 1,
    fill: str = "zeros",
) -> Callable[[Any], Any]:
    """Return a function that pads as tensorflow.org/api_docs/python/tf/nn has it for "SAME"; an odd row at the end."""
    rank, pads = len(sizes), []
    for n, k, s, d in zip(sizes, *(axes(value, rank) for value in (kernel, stride, dilation)), strict=True):
        needed = max((math.ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
        pads.append((needed // 2, needed - needed // 2))
    flat = [side for pair in reversed(pads) for side in pair]
    return lambda x: torch.nn.functional.pad(x, flat, mode=_FILLS.get(fill, fill))
