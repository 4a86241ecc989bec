"""The window arithmetic of convolution and pooling: the only place where it is done, along one axis at a time.

Symbols, as in PyTorch's documentation of Conv2d and MaxPool2d: n input size, k kernel_size, s stride, p padding on each
side, d dilation. Beside each function stands its formula as text, `{n}` and its like standing for the names that a
layer gives to these quantities; `explain` shows it, and the tests hold one against the other.

Like all arithmetic of layers it uses operators alone, so that a size may also be an array, or a symbol.
"""

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
    before, after = padding
    return (n + before + after - d * (k - 1) - 1) // s + 1


def size_ceil(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """Return the number of windows in PyTorch's ceil mode.

    A last window may hang over the end, but must start inside the input or its left padding
    (aten/src/ATen/native/Pool.h, pooling_output_shape_pad_lr).
    """
    windows = -((extent(k, d) - n - 2 * p) // s) + 1
    return smaller(windows, -(-(n + p) // s))


def size_same(n: int, s: int) -> int:
    """Return ceil(n / s), the number of windows that `same_padding` makes room for."""
    return -(-n // s)


def size_transposed(n: int, k: int, s: int, p: int, d: int, output_padding: int) -> int:
    """Return (n - 1)s - 2p + d(k - 1) + output_padding + 1, as PyTorch documents ConvTranspose2d."""
    return (n - 1) * s - 2 * p + d * (k - 1) + output_padding + 1


def same_padding(n: int, k: int, s: int, d: int) -> Padding:
    """Return the padding with which ceil(n / s) windows fit: Keras' rule for "same", an odd rest going to the end."""
    total = max((size_same(n, s) - 1) * s + extent(k, d) - n, 0)
    return total // 2, total - total // 2


def unreached(n: int, k: int, s: int, padding: Padding, d: int = 1) -> int:
    """Return how many of the last rows (padding included) no window reaches: the remainder that floor drops."""
    return (n + sum(padding) - extent(k, d)) % s


def smaller(a: int, b: int) -> int:
    """Return min(a, b), which Python's min finds by an order that arrays and symbols do not have."""
    return (a + b - abs(a - b)) // 2


def larger(a: int, b: int) -> int:
    """Return max(a, b)."""
    return (a + b + abs(a - b)) // 2
