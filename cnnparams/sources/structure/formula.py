"""What stands for values that differ from one use of a block to the next: its params, and arithmetic over them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, NamedTuple


class NoValue(Enum):
    """What is no value: of a setting in a part that is not there, of one that must be given, of one not found."""

    ABSENT = auto()
    REQUIRED = auto()
    UNKNOWN = auto()


class Formula(NamedTuple):
    """An expression in pieces: text, and numbers of params."""

    pieces: tuple[str | int, ...]

    def text(self, names: Sequence[str]) -> str:
        """Return the expression, given what the params are called."""
        return "".join(piece if isinstance(piece, str) else names[piece] for piece in self.pieces)

    def mentions(self, word: str) -> bool:
        """Tell whether a word stands in the text."""
        return any(isinstance(piece, str) and word in piece for piece in self.pieces)


class Split(NamedTuple):
    """Two values: of the first of several copies, and of the rest."""

    first: Any
    rest: Any


class ScaleFactor(NamedTuple):
    """A whole multiple, or the whole part, of a number."""

    times: int
    parts: int

    def of(self, base: int) -> int:
        """Return the multiple, or the part."""
        return self.times * base // self.parts

    def formula(self, name: str | int) -> Formula:
        """Return how it is written of what has a name, or of the param with a number."""
        if self.times > 1:
            return formula(f"{self.times} * ", name)
        return formula(name, f" // {self.parts}") if self.parts > 1 else formula(name)


SAME = ScaleFactor(1, 1)


def formula(*pieces: str | int | Formula) -> Formula:
    """Return a formula of text, of numbers of params, and of other formulas."""
    parts = (piece.pieces if isinstance(piece, Formula) else (piece,) for piece in pieces)
    return Formula(tuple(part for each in parts for part in each))


def same_value(one: Any, other: Any) -> bool:
    """Tell whether values are equal, and of one type: 1 is not true, and not 1.0."""
    return type(one) is type(other) and bool(one == other)


def scale(values: Sequence[Any], bases: Sequence[Any]) -> ScaleFactor | None:
    """Return what makes every value that is there of its base; None where there is no such thing."""
    pairs = [pair for pair in zip(values, bases, strict=True) if pair[0] is not NoValue.ABSENT]
    if not pairs or any(type(value) is not int or type(base) is not int or not base for value, base in pairs):
        return None
    value, base = pairs[0]
    found = ScaleFactor(value // base, 1) if value >= base else ScaleFactor(1, base // value) if value else None
    return found if found and all(value == found.of(base) for value, base in pairs) else None


def all_equal(values: Sequence[Any]) -> bool:
    """Tell whether all values are the same."""
    return all(same_value(value, values[0]) for value in values)
