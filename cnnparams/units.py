"""Amounts as people write them: 8GiB, 256 KiB, 1.5M, 1e6, 10ms, 3 uJ, 2GB/s."""

import re
from collections.abc import Collection
from fractions import Fraction
from typing import NamedTuple

from cnnparams.errors import quote

_DIGITS = "[0-9]{1,40}"  # many more than 64 bits have, and so few that each text is read at once
_NUMBER = rf"({_DIGITS}(\.({_DIGITS})?)?([eE][+-]?[0-9]{{1,2}})?|\.{_DIGITS})"
_LETTERS = r"[A-Za-z\u00b5\u03bc]+(/s)?"
_AMOUNT = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>({_LETTERS})?)\s*")
_IN_ARITHMETIC = re.compile(rf"(?<![\w.]){_NUMBER}\s*{_LETTERS}(?!\w)")
_MICRO = str.maketrans({"\u00b5": "u", "\u03bc": "u"})  # the sign for micro, and the Greek letter that looks like it
_LARGE: dict[str, Fraction | int] = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
_BINARY: dict[str, Fraction | int] = {f"{prefix}i": 1024**power for power, prefix in enumerate("KMGT", 1)}
_SMALL: dict[str, Fraction | int] = {prefix: Fraction(1, 10**power) for power, prefix in ((9, "n"), (6, "u"), (3, "m"))}
_MOST = 2**63 - 1


class AmountError(ValueError):
    """A text that is no amount: the bare fact, and examples of what is where they help."""

    def __init__(self, fact: str, right: str | None = None) -> None:
        self.fact = fact
        self.right = right
        super().__init__(f"{fact}, such as {right}" if right else fact)


class Unit(NamedTuple):
    """What amounts are counted in: its symbol, the prefixes that are read before it, and those written, ascending.

    Where `case` does not matter, 1kb is 1KB; where there are small prefixes it does, as 1 mJ is not 1 MJ.
    """

    symbol: str
    prefixes: dict[str, Fraction | int]
    steps: dict[str, Fraction | int]
    examples: str
    case: bool = False

    def read(self, text: str) -> Fraction:
        """Return the number that an amount stands for: 1M is 1,000,000, 1Mi is 1,048,576; the symbol may be left out.

        Raise AmountError for anything else.
        """
        match = _AMOUNT.fullmatch(text)
        prefix = match and self._folded(match["unit"].translate(_MICRO)).removesuffix(self._folded(self.symbol))
        factor = {self._folded(known): factor for known, factor in self.prefixes.items()}.get(prefix or "")
        if match is None or factor is None:
            raise AmountError(f"{quote(text)} is not an amount", self.examples)
        amount: Fraction = Fraction(match["number"]) * factor
        if amount > _MOST:
            raise AmountError(f"{quote(text)} is more than 64 bits can hold")
        return amount

    def write(self, amount: Fraction | float) -> str:
        """Write an amount with the largest prefix that leaves 1 or more of it, rounded to hundredths from what it is.

        What is counted in the unit itself, and in nothing smaller, stays as it is.
        """
        exact = Fraction(amount)
        smallest = next(iter(self.steps))
        prefix = next((step for step, factor in reversed(self.steps.items()) if exact >= factor), smallest)
        scaled, unit = exact / self.steps[prefix], f" {prefix}{self.symbol}"
        if prefix == smallest == "":
            return f"{number(scaled)}{unit}"
        whole, hundredths = divmod(round(100 * scaled), 100)
        return f"{whole:,}.{hundredths:02}{unit}"

    def _folded(self, text: str) -> str:
        return text if self.case else text.casefold()


FRACTIONS_BELOW = 10**13
"""From here on a float has less than three true digits of a fraction; from 2^53 on, not even all whole ones."""


def number(exact: Fraction) -> float:
    """Return an exact number as what has no fractions holds it (YAML, JSON, a cell), with no digit that is not so."""
    return round(exact) if exact.denominator == 1 or abs(exact) >= FRACTIONS_BELOW else float(exact)


def _examples(symbol: str) -> str:
    return f"1M{symbol} (1,000,000), 1Mi{symbol} (1,048,576), 1.5k{symbol} or 1e6"


COUNTS = Unit("", _LARGE | _BINARY, {"": 1}, _examples(""))
BYTES = Unit("B", _LARGE | _BINARY, {"": 1, **_BINARY}, _examples("B"))
SECONDS = Unit("s", _SMALL | {"": 1}, _SMALL | {"": 1}, "10ms, 250us, 1.5s or 1e-3", case=True)
JOULES = Unit("J", _SMALL | _LARGE, _SMALL | _LARGE, "3uJ, 1.5mJ, 2kJ or 1e-3", case=True)
BYTES_PER_SECOND = Unit("B/s", _LARGE | _BINARY, _LARGE, "2GB/s (2,000,000,000), 1MiB/s (1,048,576) or 1e9")


def is_amount(text: str) -> bool:
    """Tell whether a text is a number and a unit, whatever that may be."""
    return _AMOUNT.fullmatch(text) is not None


def spelled_out(text: str, units: Collection[Unit]) -> str:
    """Return arithmetic with the amounts in it as numbers: weights < 256KiB is weights < 262144.

    An amount is in the first of the units that reads it; what none reads stays as it is.
    """
    return _IN_ARITHMETIC.sub(lambda match: _spelled(match[0], units), text)


def _spelled(written: str, units: Collection[Unit]) -> str:
    for unit in units:
        try:
            amount = unit.read(written)
        except AmountError:
            continue
        return str(amount) if amount.denominator == 1 else f"({amount.numerator} / {amount.denominator})"
    return written
