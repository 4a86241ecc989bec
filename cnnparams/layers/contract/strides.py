"""Where the elements of a tensor lie in memory: PyTorch's arithmetic of strides, for tensors with their batch.

It decides whether a reshape is a view or a copy, and whether a layer works on its input or on a copy of it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LogicalDims = tuple[int, ...]
Strides = tuple[int, ...]


class MemoryLayout(NamedTuple):
    """The dimensions of a tensor, and how far apart in memory its elements are along each of them."""

    dims: LogicalDims
    strides: Strides


def contiguous(dims: LogicalDims) -> Strides:
    """Return the strides of elements that lie one after another, the last dimension moving fastest."""
    return _in_order(dims, range(len(dims)))


def is_contiguous(x: MemoryLayout) -> bool:
    """Tell whether the elements lie one after another; the stride of a dimension of 1 means nothing."""
    return all(n == 1 or own == plain for n, own, plain in zip(*x, contiguous(x.dims), strict=True))


def is_plain(x: MemoryLayout) -> bool:
    """Tell whether the elements lie one after another in the order that PyTorch suggests for them."""
    return _is_channels_last(x) if suggests_channels_last(x) else is_contiguous(x)


def suggests_channels_last(x: MemoryLayout) -> bool:
    """Tell whether PyTorch takes an image of two or three axes for one whose channels move fastest.

    After c10/core/MemoryFormat.h, is_channels_last_strides_2d and _3d, which decide it where sizes are 1.
    """
    rank = len(x.dims)
    if rank not in (4, 5) or x.strides[1] == 0:
        return False
    least = 0
    for dim in (1, *range(rank - 1, 1, -1), 0):
        stride, n = x.strides[dim], x.dims[dim]
        if n == 0 or stride < least or (dim == 0 and least == x.strides[1]):
            return False
        least = stride * n if n > 1 else stride
    return True


def channels_last(dims: LogicalDims) -> Strides:
    """Return the strides of an image whose channels move fastest."""
    return _in_order(dims, (0, *range(2, len(dims)), 1))


def image(dims: LogicalDims, x: MemoryLayout) -> Strides | None:
    """Return the strides of an image that a convolution or a pool makes of x; None where it depends on which.

    Images of two axes keep their channels last where x has them so; with other axes every operation has its own way.
    """
    if not suggests_channels_last(x):
        return contiguous(dims)
    return channels_last(dims) if len(x.dims) == 4 else None


def elementwise_strides(dims: LogicalDims, *operands: MemoryLayout) -> Strides:
    """Return the strides of what an elementwise operation makes of its operands, which are repeated where they are 1.

    After aten/src/ATen/TensorIterator.cpp: fast_set_up, reorder_dimensions and allocate_or_resize_outputs.
    """
    return _alike(dims, *operands) or _in_order(
        dims, _slowest_first(dims, [repeated_strides(dims, x) for x in operands])
    )


def repeated_strides(dims: LogicalDims, x: MemoryLayout) -> Strides:
    """Return the strides with which an operand is read under these dimensions: 0 where it is repeated."""
    missing = len(dims) - len(x.dims)
    own = (0 if n == 1 != size else stride for n, stride, size in zip(*x, dims[missing:], strict=True))
    return (*[0] * missing, *own)


def is_dense(x: MemoryLayout) -> bool:
    """Tell whether the elements fill a piece of memory, in whatever order."""
    size = 1
    for stride, n in sorted((stride, n) for n, stride in zip(*x, strict=True) if n > 1):
        if stride != size:
            return False
        size *= n
    return True


def view_strides(x: MemoryLayout, dims: LogicalDims) -> Strides | None:
    """Return the strides of the same elements under other dimensions; None where only a copy can have them so.

    After aten/src/ATen/TensorUtils.cpp, computeStride_impl.
    """
    found: list[int] = []
    left = list(dims)
    base, elements, seen = x.strides[-1], 1, 1
    for dim in reversed(range(len(x.dims))):
        elements *= x.dims[dim]
        if dim and (x.dims[dim - 1] == 1 or x.strides[dim - 1] == elements * base):
            continue
        while left and (seen < elements or left[-1] == 1):
            found.append(seen * base)
            seen *= left.pop()
        if seen != elements:
            return None
        base, elements, seen = x.strides[dim - 1], 1, 1
    return None if left else tuple(reversed(found))


def _in_order(dims: LogicalDims, order: Sequence[int]) -> Strides:
    """Return the strides of dense elements, the dimension that `order` names last moving fastest."""
    strides, step = [0] * len(dims), 1
    for dim in reversed(order):
        strides[dim] = step
        step *= dims[dim]
    return tuple(strides)


def _is_channels_last(x: MemoryLayout) -> bool:
    return all(n == 1 or own == last for n, own, last in zip(*x, channels_last(x.dims), strict=True))


def _alike(dims: LogicalDims, *operands: MemoryLayout) -> Strides | None:
    """Return the strides of operands that all have the dimensions of the output, and the same order; else None."""
    if any(x.dims != dims for x in operands):
        return None
    if all(map(is_contiguous, operands)):
        return contiguous(dims)
    if len(dims) == 4 and all(map(_is_channels_last, operands)):
        return channels_last(dims)
    strides = operands[0].strides
    return strides if is_dense(operands[0]) and all(x.strides == strides for x in operands) else None


def _slowest_first(dims: LogicalDims, operands: Sequence[Strides]) -> list[int]:
    """Return the dimensions in the order in which the operands' elements lie, as far as that tells them apart."""
    order = list(reversed(range(len(dims))))
    for i in range(1, len(order)):
        at = i
        for before in reversed(range(i)):
            comparison = _compare(dims, operands, order[before], order[at])
            if comparison < 0:
                break
            if comparison > 0:
                order[before], order[at] = order[at], order[before]
                at = before
    return order[::-1]


def _compare(dims: LogicalDims, operands: Iterable[Strides], inner: int, outer: int) -> int:
    """Return 1 where `outer` moves faster than `inner`, -1 where it is as it should be, 0 where nothing tells."""
    for strides in operands:
        a, b = strides[inner], strides[outer]
        if a == 0 or b == 0:
            continue
        if a != b:
            return 1 if a > b else -1
        if dims[inner] > dims[outer]:
            return 1
    return 0
