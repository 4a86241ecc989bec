"""Random expressions, and what Python makes of them: every part is evaluated by Python itself, and then bounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

LARGEST = 2**63 - 1
SCOPE: Mapping[str, Any] = {
    **{"width": 64, "ratio": 0.25, "negative": -3, "zero": 0, "huge": 2**62, "tiny": 5e-324, "whole": 2.0},
    **{"yes": True, "no": False, "widths": (16, 24, 32.5), "rows": ((1, 2), (3, 4), (-5, 0.5)), "none": ()},
}
_FUNCTIONS = {"ceil": math.ceil, "floor": math.floor}
_FAILURES = (ArithmeticError, LookupError, TypeError, ValueError)


class RefusalError(Exception):
    """Python has no value for it, or one that 64 bits cannot hold."""


class Tree(NamedTuple):
    """A part of an expression: its text, with {0}, {1}, ... for the parts within."""

    template: str
    parts: tuple[Tree, ...] = ()

    def text(self) -> str:
        """Return the expression as it is written."""
        return self.template.format(*(f"({part.text()})" if part.parts else part.text() for part in self.parts))

    def value(self) -> Any:
        """Let Python evaluate this part; it asks for the parts within as it needs them."""
        asked: list[Callable[[], Any]] = [part.value for part in self.parts]
        names = {**SCOPE, **_FUNCTIONS, "part": asked, "power": _power}
        template = "power({0}, {1})" if self.template == "{0} ** {1}" else self.template
        try:
            found = eval(template.format(*(f"part[{i}]()" for i in range(len(asked)))), names)
        except _FAILURES:
            raise RefusalError from None
        if isinstance(found, complex) or (isinstance(found, int | float) and not abs(found) <= LARGEST):
            raise RefusalError
        return found


def _power(a: float, b: float) -> Any:
    """Return Python's power, unless it would take Python forever."""
    roughly = abs(float(a)) ** float(b)
    return a**b if roughly < 2.0**65 else roughly


_NAMES = [name for name, value in SCOPE.items() if type(value) in (int, float)]
_PLAIN_NUMBERS = st.one_of(
    st.sampled_from(_NAMES),
    st.integers(0, 9).map(repr),
    st.integers(0, LARGEST).map(repr),
    st.floats(0, 4).map(repr),
    st.floats(0, 9e18).map(repr),
)
_OF_NUMBERS = ["{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} // {1}", "{0} % {1}", "{0} ** {1}"] * 2 + [
    *("-{0}", "+{0}", "round({0})", "ceil({0})", "floor({0})", "abs({0})", "min({0}, {1})", "max({0}, {1}, {2})"),
    *("widths[{0}]", "rows[{0}][{1}]", "len(widths)", "len(none)", "len(rows[{0}])"),
]
_CHOICE = "{0} if {1} else {2}"
_SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_OF_BOOLEANS = ["not {0}", "{0} and {1} and {2}", "{0} or {1} or {2}", "{0} and {1} or {2}", _CHOICE]


@st.composite
def numbers(draw: st.DrawFn, depth: int = 4) -> Tree:
    """Draw an expression that gives a number, or nothing."""
    if depth == 0 or not draw(st.integers(0, 3)):
        return Tree(draw(_PLAIN_NUMBERS))
    template = draw(st.sampled_from([*_OF_NUMBERS, _CHOICE]))
    test = booleans(depth - 1) if template == _CHOICE else numbers(depth - 1)
    return _tree(draw, template, numbers(depth - 1), test)


@st.composite
def booleans(draw: st.DrawFn, depth: int = 4) -> Tree:
    """Draw an expression that is true or false, or nothing."""
    if depth == 0 or not draw(st.integers(0, 5)):
        return Tree(draw(st.sampled_from(["yes", "no", "True", "False"])))
    if draw(st.booleans()):
        inner = booleans(depth - 1)
        return _tree(draw, draw(st.sampled_from(_OF_BOOLEANS)), inner, inner)
    chain = "".join(f" {draw(_SIGNS)} {{{i}}}" for i in range(1, draw(st.integers(2, 3))))
    return _tree(draw, "{0}" + chain, numbers(depth - 1), numbers(depth - 1))


def _tree(draw: st.DrawFn, template: str, inner: st.SearchStrategy[Tree], second: st.SearchStrategy[Tree]) -> Tree:
    used = [i for i in range(3) if f"{{{i}}}" in template]
    return Tree(template, tuple(draw(second if i == 1 else inner) for i in used))
