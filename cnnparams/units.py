"""Sizes as people write them: 8GiB, 256 KiB, 1.5MB, 1e6."""

from __future__ import annotations

import re
from fractions import Fraction

_SIZE = re.compile(r"\s*(?P<number>[0-9]+(\.[0-9]*)?([eE][+]?[0-9]{1,2})?|\.[0-9]+)\s*(?P<unit>[A-Za-z]*)\s*")
_PREFIXES = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "t": 1000**4}
_BINARY = {f"{prefix}i": 1024**power for power, prefix in enumerate(("k", "m", "g", "t"), 1)}
_MOST = 2**63 - 1


def parse_amount(text: str, unit: str = "") -> int:
    """Return an amount as a whole number, what is beyond it cut off; see `parse_exactly`."""
    return int(parse_exactly(text, unit))


def parse_exactly(text: str, unit: str = "") -> Fraction:
    """Return the number that an amount stands for: 1M is 1,000,000, 1Mi is 1,048,576; with unit B, 256KiB.

    The unit itself may be left out. Raise ValueError, saying what is expected, for anything else.
    """
    match = _SIZE.fullmatch(text)
    known = _PREFIXES | _BINARY
    prefix = match["unit"].casefold().removesuffix(unit.casefold()) if match else ""
    factor = known.get(prefix)
    if match is None or factor is None:
        examples = f"1M{unit} (1,000,000), 1Mi{unit} (1,048,576), 1.5k{unit} or 1e6"
        raise ValueError(f"{text!r} is not an amount, such as {examples}")
    amount: Fraction = Fraction(match["number"]) * factor
    if amount > _MOST:
        raise ValueError(f"{text!r} is more than 64 bits can hold")
    return amount
