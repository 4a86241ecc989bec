"""The code of several layers -> one template, and the values that fill its holes in each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cnnparams.bridge.export.holes import ABSENT, ConflictError
from cnnparams.expression import Value
from cnnparams.layers.base import Layer
from cnnparams.layers.spelling import Code

_CALL = re.compile(r"([\w.]+)\(([^()]*)\)")
_ARGUMENT = re.compile(r"(?:(\w+)=)?\{(\w+)\}")


class Template(NamedTuple):
    """A template and, for each of its holes, the value in each row."""

    text: str
    holes: Mapping[str, list[Value]]


def joined(codes: Sequence[Code | None], layers: Sequence[Layer | None]) -> Template:
    """Return the template of all; a setting that some leave out has its default there.

    A row without a layer has no code. Raise ConflictError for code that differs in more than settings.
    """
    given = [code for code in codes if code]
    text = given[0].template
    if any(code.template != text for code in given):
        text = _union([code.template for code in given], next(layer for layer in layers if layer))
    holes = dict.fromkeys(hole for code in given for hole in code.values if f"{{{hole}}}" in text)
    return Template(text, {hole: [_value(hole, *row) for row in zip(codes, layers, strict=True)] for hole in holes})


def _value(hole: str, code: Code | None, layer: Layer | None) -> Value:
    if code is None or layer is None:
        return ABSENT
    return code.values[hole] if hole in code.values else type(layer).model_fields[hole].default


def _union(templates: Sequence[str], layer: Layer) -> str:
    """Return the call of a class with every setting that one of these calls has."""
    calls = [_CALL.fullmatch(text) for text in templates]
    found = [_arguments(call[2]) for call in calls if call]
    names = {call[1] for call in calls if call}
    by_place = {tuple(hole for named, hole in arguments if not named) for arguments in found}
    if not all(calls) or len(names) > 1 or len(by_place) > 1:
        raise ConflictError(templates[0])
    named = _merged([[hole for name, hole in arguments if name] for arguments in found])
    optional = [hole for hole in named if any((hole, hole) not in arguments for arguments in found)]
    if not type(layer).model_fields.keys() >= set(optional):
        raise ConflictError(templates[0])
    (first,), (name,) = by_place, names
    arguments = [*(f"{{{hole}}}" for hole in first), *(f"{hole}={{{hole}}}" for hole in named)]
    return f"{name}({', '.join(arguments)})"


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """Return all that any of these lists has, in an order that is that of each."""
    found: list[str] = []
    for order in orders:
        for before, item in zip([None, *order], order, strict=False):
            if item not in found:
                found.insert(found.index(before) + 1 if before else 0, item)
    return found


def _arguments(text: str) -> list[tuple[str | None, str]]:
    """Return the arguments of a call, each with its name and its hole; raise ConflictError where one is no hole."""
    found = [_ARGUMENT.fullmatch(argument) for argument in text.split(", ") if argument]
    if not all(argument and argument[1] in (None, argument[2]) for argument in found):
        raise ConflictError(text)
    return [(argument[1], argument[2]) for argument in found if argument]
