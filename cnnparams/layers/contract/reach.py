"""What a place of a layer's output sees of the layer's input, one dimension at a time; batch norm as in evaluation.

A place is an index along a dimension, with everything at it: what some channel sees there, the place sees.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import NamedTuple

MOST_PHASES = 4096
"""A pattern that takes longer to repeat counts as seeing everything."""


class Taps(NamedTuple):
    """The elements that places see: the places 0 to q - 1 those of `phases`, the next q places those `step` further."""

    phases: tuple[range, ...]
    step: int

    def at(self, place: int) -> range:
        """Return the elements that a place sees."""
        around, phase = divmod(place, len(self.phases))
        own = self.phases[phase]
        return range(own.start + around * self.step, own.stop + around * self.step, own.step)


class Reach(NamedTuple):
    """What a place of the output sees along one dimension of an input: `taps`, as it moves along dimension `dims[0]`.

    Without dims it sees the same whatever the place. Without taps it sees one element, at a place that several dims
    decide. Where `statistics` of the whole dimension are taken, it sees these besides.
    """

    dims: tuple[int, ...]
    taps: Taps | None
    statistics: bool = False


Reaches = tuple[Reach, ...]
"""What a place sees along each dimension of an input."""

SAME_PLACE = Taps((range(1),), 1)
UNKNOWN: Reaches = (Reach((), None),)
"""The reaches of a layer of which nobody knows what it sees."""


def moving(dim: int, taps: Taps = SAME_PLACE) -> Reach:
    """Return the reach that moves with the place along a dimension of the output."""
    return Reach((dim,), taps)


def all_taps(n: int) -> Taps:
    """Return those of a layer that sees all n elements from everywhere."""
    return Taps((range(n),), 0)


def everything(n: int) -> Reach:
    """Return the reach of all n elements, along a dimension that is no dimension of the output."""
    return Reach((), all_taps(n))


@cache
def same_places(rank: int, statistics: frozenset[int] = frozenset()) -> Reaches:
    """Return the reaches of an elementwise layer, which may take statistics along some dimensions."""
    return tuple(Reach((dim,), SAME_PLACE, dim in statistics) for dim in range(rank))


def replaced(reaches: Reaches, dim: int, reach: Reach) -> Reaches:
    """Return the reaches with another one along a dimension."""
    return (*reaches[:dim], reach, *reaches[dim + 1 :])


def repeated_reaches(dims: tuple[int, ...], sizes: tuple[int, ...]) -> Reaches:
    """Return the same place along dimensions of these sizes: a size of 1 that is repeated is seen from everywhere."""
    facing = enumerate(zip(dims, sizes, strict=True))
    return tuple(moving(at) if n == size else everything(n) for at, (n, size) in facing)


def image_reaches(channels: Reach, along: tuple[Taps, ...]) -> Reaches:
    """Return the reaches of a layer over (channels, *spatial)."""
    return (channels, *(moving(dim, taps) for dim, taps in enumerate(along, 1)))


def window_taps(k: int, s: int, before: int, d: int = 1) -> Taps:
    """Return those of a window of k elements, d apart, that moves by s and starts `before` elements early."""
    return Taps((range(-before, d * (k - 1) + 1 - before, d),), s)


def transposed_taps(n: int, k: int, s: int, p: int, d: int) -> Taps:
    """Return those of a transposed window: place u sees i where u + p - s * i is one of 0, d, ..., d * (k - 1).

    Where the kernel leaves gaps, a place sees nothing.
    """
    common = math.gcd(s, d)
    inverse = pow(s // common, -1, d // common)

    def seen(place: int) -> range:
        if (place + p) % common:
            return range(0)
        least = -((d * (k - 1) - place - p) // s)
        first = least + ((place + p) // common * inverse - least) % (d // common)
        return range(first, (place + p) // s + 1, d // common)

    return _repeating(n, Fraction(1, s), seen)


def adaptive_taps(n: int, size: int) -> Taps:
    """Return those of PyTorch's adaptive pooling: place u sees floor(u n / size) to ceil((u + 1) n / size).

    These windows differ in size where `size` does not divide n.
    """
    if size == 1:
        return all_taps(n)
    return _repeating(n, Fraction(n, size), lambda u: range(u * n // size, -(-(u + 1) * n // size)))


def nearest_taps(n: int, ratio: Fraction, start: Fraction = Fraction(0)) -> Taps:
    """Return those of copying: place u sees floor(start + u ratio), ratio elements of the input to one of the output.

    PyTorch works with floats, and may be one off where that is a whole number.
    """

    def seen(place: int) -> range:
        nearest = math.floor(start + place * ratio)
        return range(nearest, nearest + 1)

    return _repeating(n, ratio, seen) if n > 1 else all_taps(n)


def interpolated_taps(n: int, ratio: Fraction, start: Fraction, reach: int) -> Taps:
    """Return those of interpolation between `reach` neighbours on either side: 1 linear, 2 cubic.

    Place u lies at start + u ratio; where that is an element, it sees no other. Neighbours outside of the image stand
    for those at its border.
    """

    def seen(place: int) -> range:
        at = start + place * ratio
        below = math.floor(at)
        return range(below, below + 1) if at == below else range(below + 1 - reach, below + 1 + reach)

    return _repeating(n, ratio, seen) if n > 1 else all_taps(n)


def regrouped_reaches(before: tuple[int, ...], after: tuple[int, ...]) -> Reaches:
    """Return the reaches of a reshape: dimensions that stay are seen as they are, others through those they became."""
    reaches = [everything(n) for n in before]
    old, new = ([i for i, n in enumerate(dims) if n > 1] for dims in (before, after))
    while old:
        ins, outs = [old.pop(0)], [new.pop(0)]
        while (left := _product(before, ins)) != (right := _product(after, outs)):
            if left < right:
                ins.append(old.pop(0))
            else:
                outs.append(new.pop(0))
        stays = len(ins) == len(outs) == 1
        for i in ins:
            reaches[i] = moving(outs[0]) if stays else Reach(tuple(outs), None)
    return tuple(reaches)


def _product(dims: tuple[int, ...], chosen: list[int]) -> int:
    return math.prod(dims[i] for i in chosen)


def _repeating(n: int, ratio: Fraction, seen: Callable[[int], range]) -> Taps:
    """Return the taps of a pattern that moves by `ratio` elements with each place."""
    if ratio.denominator > MOST_PHASES:
        return all_taps(n)
    return Taps(tuple(map(seen, range(ratio.denominator))), ratio.numerator)
