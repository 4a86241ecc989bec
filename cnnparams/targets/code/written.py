"""Values as a spec writes them, and what the names in them stand for in a class of the exported module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cnnparams.expression import Value
from cnnparams.schema.computed import Computed
from cnnparams.schema.expression_hints import CHANNELS, INDEX
from cnnparams.targets.code import formula
from cnnparams.targets.code.simplify import Expr

NameView = Mapping[str, "Written"]
"""The params that are known in a list, each as its user wrote it."""


class Written(NamedTuple):
    """A value, computed or plain: the values of names there, its view, and the tensor whose channels it may read."""

    value: Any
    scope: Mapping[str, Value]
    view: NameView
    source: str


class WritingPlace(NamedTuple):
    """Where a written value is to be said: a class whose own names are the params in `view`.

    `known` are the params of other views as far as they have been said: they may be many, and used again and again.
    `channels` gives the formula of a tensor's channels; `number` what stands for the number of a copy, if not a number.
    """

    view: NameView
    channels: Callable[[str], Expr | None]
    own: Callable[[str], Expr]
    number: Expr | None
    known: dict[tuple[int, str], Expr]


class UnwritableError(ValueError):
    """A value that cannot be said with the names of a class."""


def said(written: Written, place: WritingPlace) -> Expr:
    """Return the formula of a written value; raise UnwritableError where the names are not known there."""
    if not isinstance(written.value, Computed):
        return formula.literal(written.value)
    found = formula.of(written.value, lambda name: _name(name, written, place))
    if formula.is_long(found):
        raise UnwritableError(written.value)
    return found


def _name(name: str, written: Written, place: WritingPlace) -> Expr:
    if name == CHANNELS:
        found = place.channels(written.source)
        if found is None:
            raise UnwritableError(name)
        return found
    if name in written.view:
        return place.own(name) if written.view is place.view else _elsewhere(name, written, place)
    if name == INDEX and place.number is not None:
        return place.number
    return formula.literal(written.scope[name])


def _elsewhere(name: str, written: Written, place: WritingPlace) -> Expr:
    key = id(written.view), name
    if key not in place.known:
        place.known[key] = said(written.view[name], place)
    return place.known[key]
