"""Sizes as people write them: 8GiB, 256 KiB, 1.5MB, 1e6."""

from __future__ import annotations

import re
from fractions import Fraction

from cnnparams.errors import quote

_DIGITS = "[0-9]{1,40}"  # many more than 64 bits have, and so few that each text is read at once
_SIZE = re.compile(
    rf"\s*(?P<number>{_DIGITS}(\.({_DIGITS})?)?([eE][+]?[0-9]{{1,2}})?|\.{_DIGITS})\s*(?P<unit>[A-Za-z]*)\s*"
)
_PREFIXES = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}
_BINARY = {f"{prefix}i": 1024**power for power, prefix in enumerate(("k", "m", "g", "t"), 1)}
_MOST = 2**63 - 1


class AmountError(ValueError):
    """A text that is no amount: the bare fact, and examples of what is where they help."""

    def __init__(self, fact: str, right: str | None = None) -> None:
        self.fact = fact
        self.right = right
        super().__init__(f"{fact}, such as {right}" if right else fact)


def examples(unit: str = "") -> str:
    """Return how amounts of a unit may be written."""
    return f"1M{unit} (1,000,000), 1Mi{unit} (1,048,576), 1.5k{unit} or 1e6"


def is_amount(text: str) -> bool:
    """Tell whether a text is a number and a unit, whatever that may be."""
    return _SIZE.fullmatch(text) is not None


def parse_amount(text: str, unit: str = "") -> int:
    """Return an amount as a whole number, what is beyond it cut off; see `parse_exactly`."""
    return int(parse_exactly(text, unit))


def parse_exactly(text: str, unit: str = "") -> Fraction:
    """Return the number that an amount stands for: 1M is 1,000,000, 1Mi is 1,048,576; with unit B, 256KiB.

    The unit itself may be left out. Raise AmountError for anything else.
    """
    match = _SIZE.fullmatch(text)
    known = _PREFIXES | _BINARY
    prefix = match["unit"].casefold().removesuffix(unit.casefold()) if match else ""
    factor = known.get(prefix)
    if match is None or factor is None:
        raise AmountError(f"{quote(text)} is not an amount", examples(unit))
    amount: Fraction = Fraction(match["number"]) * factor
    if amount > _MOST:
        raise AmountError(f"{quote(text)} is more than 64 bits can hold")
    return amount
