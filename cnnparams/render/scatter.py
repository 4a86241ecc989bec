"""Points drawn with letters in a terminal, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from string import ascii_letters
from typing import NamedTuple

_WIDTH, _HEIGHT = 64, 18
_UNITS = ("", "k", "M", "G", "T", "P")
_MORE = "*"
"""Marks places for which no letter is left."""


class Point(NamedTuple):
    """A name, and the two numbers to draw; 0 has no place on a logarithmic axis."""

    name: str
    x: int
    y: int


class Axis(NamedTuple):
    """The decades from one power of ten to another, on so many places."""

    first: int
    last: int
    places: int

    def place(self, value: int) -> int:
        """Return the place of a value."""
        part = (math.log10(value) - self.first) / (self.last - self.first)
        return round(part * (self.places - 1))

    def ticks(self) -> dict[int, str]:
        """Return the powers of ten by their places."""
        return {self.place(10**power): _power(power) for power in range(self.first, self.last + 1)}


def scatter(points: Sequence[Point], x_title: str, y_title: str) -> Iterator[str]:
    """Yield the lines of a drawing, and a legend of its letters; points at one place share a letter."""
    drawn = [point for point in points if point.x > 0 and point.y > 0]
    if not drawn:
        yield f"\nNothing to draw: no network has both {x_title} and {y_title}.\n"
        return
    x, y = _axis([point.x for point in drawn], _WIDTH), _axis([point.y for point in drawn], _HEIGHT)
    names: dict[tuple[int, int], list[str]] = {}
    for point in drawn:
        names.setdefault((y.place(point.y), x.place(point.x)), []).append(point.name)
    marks = dict(zip(names, chain(ascii_letters, repeat(_MORE)), strict=False))
    yield f"\n{y_title}\n"
    labels = y.ticks()
    for row in reversed(range(_HEIGHT)):
        line = "".join(marks.get((row, column), " ") for column in range(_WIDTH)).rstrip()
        yield f"{labels.get(row, ''):>5} ┤{line}\n" if row in labels else f"      │{line}\n"
    yield from _below(x, x_title)
    yield "\n"
    yield from (f"  {marks[place]} {', '.join(called)}\n" for place, called in names.items())


def _axis(values: Sequence[int], places: int) -> Axis:
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(first, max(last, first + 1), places)


def _below(x: Axis, title: str) -> Iterator[str]:
    labels = x.ticks()
    yield f"      └{''.join('┬' if place in labels else '─' for place in range(_WIDTH))} {title}\n"
    line = ""
    for place, label in labels.items():
        line = f"{line:<{7 + place - len(label) // 2}}{label}"
    yield f"{line}\n"


def _power(power: int) -> str:
    thousands = min(power // 3, len(_UNITS) - 1)
    return f"{10 ** (power - 3 * thousands)}{_UNITS[thousands]}"
