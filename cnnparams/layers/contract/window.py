"""The window arithmetic of convolution and pooling: the only place where it is done, along one axis at a time.

Symbols, as in PyTorch's documentation of Conv2d and MaxPool2d: n input size, k kernel_size, s stride, p padding on each
side, d dilation. Beside each function stands its formula as text, `{n}` and its like standing for the names that a
layer gives to these quantities; `explain` shows it, and the tests hold one against the other.
"""

from __future__ import annotations

from functools import lru_cache

Sizes = tuple[int, ...]
Padding = tuple[int, int]
"""Padding before and after, along one axis."""

SIZE = "floor(({n} + 2 * {p} - {d} * ({k} - 1) - 1) / {s}) + 1"
SIZE_CEIL = "min(ceil(({n} + 2 * {p} - {d} * ({k} - 1) - 1) / {s}) + 1, ceil(({n} + {p}) / {s}))"
SIZE_SAME = "ceil({n} / {s})"
SIZE_TRANSPOSED = "({n} - 1) * {s} - 2 * {p} + {d} * ({k} - 1) + {op} + 1"


def extent(k: int, d: int = 1) -> int:
    """Return how many inputs a dilated kernel reaches across: d(k - 1) + 1."""
    return d * (k - 1) + 1


def size(n: int, k: int, s: int, padding: Padding, d: int = 1) -> int:
    """Return floor((n + padding - d(k - 1) - 1) / s) + 1, the number of places of a window; below 1 it fits nowhere."""
    return (n + sum(padding) - extent(k, d)) // s + 1


@lru_cache(maxsize=4096)
def sizes(spatial: Sizes, kernels: Sizes, strides: Sizes, paddings: tuple[Padding, ...], dilations: Sizes) -> Sizes:
    """Return `size` along each axis; networks that differ in channels ask for the same ones again."""
    return tuple(map(size, spatial, kernels, strides, paddings, dilations))


def size_ceil(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """Return the number of windows in PyTorch's ceil mode.

    A last window may hang over the end, but must start inside the input or its left padding
    (aten/src/ATen/native/Pool.h, pooling_output_shape_pad_lr).
    """
    windows = -((extent(k, d) - n - 2 * p) // s) + 1
    return windows - 1 if (windows - 1) * s >= n + p else windows


def size_transposed(n: int, k: int, s: int, p: int, d: int, output_padding: int) -> int:
    """Return (n - 1)s - 2p + d(k - 1) + output_padding + 1, as PyTorch documents ConvTranspose2d."""
    return (n - 1) * s - 2 * p + d * (k - 1) + output_padding + 1


def same_padding(n: int, k: int, s: int, d: int) -> Padding:
    """Return the padding with which ceil(n / s) windows fit: Keras' rule for "same", an odd rest going to the end."""
    total = max((-(-n // s) - 1) * s + extent(k, d) - n, 0)
    return total // 2, total - total // 2


def unseen(n: int, k: int, s: int, padding: Padding, d: int = 1) -> int:
    """Return how many of the last rows (padding included) no window reaches: the remainder that floor drops."""
    return (n + sum(padding) - extent(k, d)) % s
