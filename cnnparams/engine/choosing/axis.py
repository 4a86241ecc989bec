"""The values that a var goes through, as people write them: 0.25:1.5:0.25, 128,160,224 or one value; and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from cnnparams.errors import CnnparamsError, listed, quote
from cnnparams.schema.bounds import Bounds
from cnnparams.schema.compose import compose
from cnnparams.schema.input_shape import InputShape, shape_of
from cnnparams.schema.source import Text

MOST_VALUES = 1_000_000
_COMMA = re.compile(r",(?![^\[]*\])")  # but not inside of a list
_RANGE = re.compile(r"\s*:\s*".join([r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,2})?)"] * 2) + r"(?:\s*:\s*(.*))?")
_EXAMPLES = "such as width=0.25:1.5:0.25, size=128,160,224 or classes=10"


class AxisError(CnnparamsError):
    """Text that stands for no values; it says what is expected."""


class SweepAxis(NamedTuple):
    """A var, and its values in order."""

    name: str
    values: tuple[Any, ...]


def parse_axis(text: str) -> SweepAxis:
    """Return the axis of NAME=VALUES; raise AxisError for other text.

    Values are separated by commas; FROM:TO:STEP stands for all from one to the other, both included. Steps are exact:
    they are counted in decimal fractions. A step of 1 may be left out between whole numbers.
    """
    name, equals, written = text.partition("=")
    if not equals or not name.isidentifier() or not written.strip():
        raise AxisError(f"{quote(text)} is not NAME=VALUES, {_EXAMPLES}")
    parts = [part.strip() for part in _COMMA.split(written)]
    values = tuple(value for part in parts for value in _values(name, part))
    return SweepAxis(name, values)


def ascending(text: str, default: Any, bounds: Bounds | None = None) -> SweepAxis:
    """Return the numbers that a var goes through, least first: those of NAME=VALUES, or of NAME those around a default.

    Around a whole number these are 1 to 4 times as much, around another 0.01 to 4 times as much in steps of 0.01; those
    of them that the var may be.
    Raise AxisError for values that are no numbers.
    """
    axis = parse_axis(text if "=" in text else f"{text}={_around(text, default)}")
    if bounds and "=" not in text:
        axis = axis._replace(values=tuple(value for value in axis.values if not bounds.forbids(value)))
    for value in axis.values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise AxisError(f"{axis.name}: {quote(value)} is not a number, so no value is the largest")
    return axis._replace(values=tuple(sorted(set(axis.values))))


class InputAxis(NamedTuple):
    """The shapes that an input goes through; the name is None where none is said."""

    name: str | None
    shapes: tuple[InputShape, ...]


def parse_input_axis(text: str) -> InputAxis:
    """Return the shapes of [NAME=]SHAPES; raise AxisError for other text.

    Shapes are separated by commas; a size may be FROM:TO:STEP, and where several are, they move together.
    """
    before, equals, written = text.rpartition("=")
    name = before.strip() if equals else None
    try:
        shapes = tuple(shape_of(one) for part in written.split(",") for one in _shapes(name, part))
    except ValueError as error:
        raise AxisError(str(error)) from None
    return InputAxis(name, shapes)


def _shapes(name: str | None, written: str) -> Iterator[str]:
    """Yield each shape that stands there, with the name and the type of elements, if these are said."""
    whole, dtype = re.fullmatch(r"(.*?)(:[a-z]+\d*)?", written.strip(), re.DOTALL).groups("")  # type: ignore[union-attr]
    sizes = [_sizes(name or "input", size) for size in whole.split("x")]
    count = max(map(len, sizes))
    if any(len(size) not in (1, count) for size in sizes):
        counts = listed([str(len(size)) for size in sizes if len(size) > 1], "and")
        raise AxisError(f"{quote(written)}: sizes move together, and here they have {counts} values")
    for i in range(count):
        said = "x".join(size[i % len(size)] for size in sizes)
        yield f"{name}={said}{dtype}" if name is not None else f"{said}{dtype}"


def _sizes(name: str, written: str) -> list[str]:
    match = _RANGE.fullmatch(written)
    return [*map(str, _range(name, written, match[1], match[2], match[3]))] if match else [written]


def _around(name: str, default: Any) -> str:
    if isinstance(default, bool) or not isinstance(default, int | float) or default <= 0:
        raise AxisError(f"{name} is {quote(default)}, around which there is no range; give {name}=FROM:TO:STEP")
    return f"1:{4 * default}" if isinstance(default, int) else f"0.01:{4 * default}:0.01"


def _values(name: str, written: str) -> tuple[Any, ...]:
    match = _RANGE.fullmatch(written)
    if match:
        return _range(name, written, match[1], match[2], match[3])
    if not written:
        raise AxisError(f"{name} has an empty value, {_EXAMPLES}")
    return (compose(Text("--set", f"{name}: {written}")).root[name],)


def _range(name: str, written: str, first: str, last: str, step: str | None) -> tuple[Any, ...]:
    try:
        start, end, by = Fraction(first), Fraction(last), Fraction(step or "1")
    except (ValueError, ZeroDivisionError):
        raise AxisError(f"{name}: {quote(written)} is not FROM:TO:STEP, {_EXAMPLES}") from None
    is_whole = all(part.lstrip("+-").isdecimal() for part in (first, last, step or "1"))
    if step is None and not is_whole:
        raise AxisError(f"{name}: {quote(written)} needs a step, {_EXAMPLES}")
    if by == 0 or (end - start) / by < 0:
        raise AxisError(f"{name}: {quote(written)} never goes from {first} to {last}")
    count = int((end - start) / by) + 1
    if count > MOST_VALUES:
        raise AxisError(f"{name}: {quote(written)} gives {count:,} values, but at most {MOST_VALUES:,} are allowed")
    return tuple(int(value) if is_whole else float(value) for value in (start + by * i for i in range(count)))
