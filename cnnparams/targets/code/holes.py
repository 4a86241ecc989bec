"""Places in the code of a class, with the values that belong there in each of its instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

from cnnparams.expression import Value
from cnnparams.layers.contract.settings import one_for_all
from cnnparams.targets.code.simplify import Expr

ABSENT: Any = object()
"""Stands for a value where it does not matter."""


class ConflictError(Exception):
    """Instances that differ in what no class can leave open."""


class HoleKind(Enum):
    """What a value stands for in Python: itself, or by its name an activation's class, or a class of the module."""

    VALUE = auto()
    ACTIVATION = auto()
    MODULE = auto()


class HoleRow(NamedTuple):
    """One instance of what is being written: the number of the class's instance, and values that only it has."""

    number: int
    extra: Mapping[str, Value]


class Hole(NamedTuple):
    """A place in the code: its value in each row, and what may be written there, best first.

    `counts` tells that it is a number of channels or features: it may well be a multiple of another.
    """

    name: str
    values: Sequence[Value]
    candidates: Iterable[Expr] = ()
    kind: HoleKind = HoleKind.VALUE
    counts: bool = False


def same(a: Value, b: Value) -> bool:
    """Tell whether two values are written alike; one number stands for as many that agree."""
    a, b = one_for_all(a), one_for_all(b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


def fits(value: Value, wanted: Value) -> bool:
    """Tell whether a value may stand where another belongs: a list of one is no number to all that PyTorch makes."""
    lists = [isinstance(each, tuple) and len(each) == 1 for each in (value, wanted)]
    return same(value, wanted) and lists != [True, False]
