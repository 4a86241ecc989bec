"""A scatter plot drawn with letters in a terminal, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from string import ascii_letters
from typing import NamedTuple

from cnnparams.render.sections import Scatter

_WIDTH, _HEIGHT = 64, 18
_MARGIN = 7
_WIDEST = 120
_UNITS = ("", "k", "M", "G", "T", "P")
_MORE = "*"
"""Marks places for which no letter is left."""


class LogAxis(NamedTuple):
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


def drawing(scatter: Scatter, room: int = _WIDEST) -> Iterator[str]:
    """Yield the lines of a drawing that fits the room, and a legend of its letters; points at one place share one."""
    drawn = [(name, x, y) for name, x, y in scatter.points if x > 0 and y > 0]
    if not drawn:
        yield f"Nothing to draw: no network has both {scatter.x_title} and {scatter.y_title}."
        return
    width = min(_WIDTH, room - _MARGIN - len(scatter.x_title) - 1)
    across, up = _axis([x for _, x, _ in drawn], width), _axis([y for _, _, y in drawn], _HEIGHT)
    names: dict[tuple[int, int], list[str]] = {}
    for name, x, y in drawn:
        names.setdefault((up.place(y), across.place(x)), []).append(name)
    marks = dict(zip(names, chain(ascii_letters, repeat(_MORE)), strict=False))
    yield scatter.y_title
    labels = up.ticks()
    for row in reversed(range(_HEIGHT)):
        line = "".join(marks.get((row, column), " ") for column in range(width)).rstrip()
        yield f"{labels.get(row, ''):>5} ┤{line}" if row in labels else f"      │{line}"
    yield from _below(across, scatter.x_title)
    yield ""
    yield from (f"  {marks[place]} {', '.join(called)}" for place, called in names.items())


def _axis(values: Sequence[int], places: int) -> LogAxis:
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return LogAxis(first, max(last, first + 1), places)


def _below(x: LogAxis, title: str) -> Iterator[str]:
    labels = x.ticks()
    yield f"      └{''.join('┬' if place in labels else '─' for place in range(x.places))} {title}"
    line = ""
    for place, label in labels.items():
        line = f"{line:<{_MARGIN + place - len(label) // 2}}{label}"
    yield line


def _power(power: int) -> str:
    thousands = min(power // 3, len(_UNITS) - 1)
    return f"{10 ** (power - 3 * thousands)}{_UNITS[thousands]}"
