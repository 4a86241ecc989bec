"""One cell of a table, as people read it or as programs do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from cnnparams.engine.reports.report import NUMBERS, Kind
from cnnparams.errors import some, yaml_text
from cnnparams.inert import printable
from cnnparams.render.view import HWC, Layout

RIGHT_ALIGNED = NUMBERS | {Kind.PER_AXIS}

_FORMATS: dict[Kind, Callable[[Any, Layout], str]] = {
    Kind.TEXT: lambda value, _: printable(value or ""),
    Kind.NAMES: lambda names, _: some(names),
    Kind.SETTING: lambda setting, _: _setting(setting.brief),
    Kind.SETTINGS: lambda settings, _: ", ".join(f"{s.label}={_setting(s.brief)}" for s in settings if s.label),
    Kind.SHAPE: lambda shape, layout: layout.text(shape),
    Kind.SHAPES: lambda shapes, layout: layout.texts(shapes),
    Kind.VALUE: lambda value, _: printable(yaml_text(value)),
    Kind.TENSORS: lambda tensors, _: ", ".join(f"{tensor.name} {_dims(tensor.shape)}" for tensor in tensors),
    Kind.FIELD: lambda view, _: _field(view) if view else "",
    Kind.PER_AXIS: lambda numbers, _: _per_axis(numbers) if numbers else "",
    Kind.FLAG: lambda value, _: {True: "yes", False: "no", None: ""}[value],
    Kind.MARK: lambda value, _: "yes" if value else "",
}


def write(value: object, kind: Kind, layout: Layout) -> str:
    """Write a value for people: 1,216 and 97.8%."""
    if kind.measure:
        return "" if value is None else kind.measure.write(value)
    return _FORMATS[kind](value, layout)


def estimated(written: str) -> str:
    """Mark a written value as an estimate."""
    return f"~{written}"


def plain(value: Any, kind: Kind, layout: Layout) -> str | int | float | None:
    """Return a value for programs: numbers stay numbers."""
    number: int | float | None = value if kind in NUMBERS else None
    return number if isinstance(value, int | float | None) and kind in NUMBERS else write(value, kind, layout)


def amount(exact: Fraction, kind: Kind) -> str:
    """Write a number of some kind; one of those for each axis is a count."""
    return write(exact, kind if kind.measure else Kind.COUNT, HWC)


def size(count: int | Fraction) -> str:
    """Write a number of bytes."""
    return write(count, Kind.BYTES, HWC)


def times(ratio: float | None) -> str:
    """Write how many times one number is another: 2.19x."""
    return "" if ratio is None else f"{write(ratio, Kind.RATIO, HWC)}x"


def signed(number: float | None, kind: Kind) -> str:
    """Write a difference: +12,832 and -1.50 MiB."""
    if number is None or not number:
        return "" if number is None else "0"
    amount = write(abs(number), kind, HWC) if kind.unit.symbol else f"{abs(number):,}"
    return f"{'+' if number > 0 else '-'}{amount}"


def _setting(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field(view: Any) -> str:
    """Write a receptive field; all: that of a layer which takes in all of its input, beside others: (all)."""
    sizes = _per_axis([axis.size if axis.local else "all" for axis in view])
    return f"{sizes} (all)" if any(axis.local and axis.everywhere for axis in view) else sizes


def _per_axis(numbers: Sequence[Any]) -> str:
    """Write a number for each axis, or one where they agree: 1x2."""
    return str(numbers[0]) if len(set(numbers)) == 1 else "x".join(map(str, numbers))


def _dims(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
