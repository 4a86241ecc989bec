"""Which names of a list need not be written, as the entries would be called so without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cnnparams.bridge.structure.pattern import numbered


class Item(NamedTuple):
    """An entry of a list: the name that it, or its first copy, is to have; and the number of copies.

    `stem` is what it is called before a number where no name is written; `sure` tells that it is there, and how often.
    """

    name: str
    stem: str
    copies: int
    repeated: bool
    sure: bool


def written(items: Sequence[Item], *, positions: bool) -> list[str | None]:
    """Return the name to write for each entry, None where none is needed; of copies, it stands before their numbers."""
    return _by_position(items) if positions else _by_type(items)


def _by_position(items: Sequence[Item]) -> list[str | None]:
    """In a sequence, what has no name is called by its position."""
    found: list[str | None] = []
    at, sure = 0, True
    for item in items:
        stem, number = numbered(item.name)
        unnamed = not stem and number is not None and (item.repeated or (sure and number == at))
        found.append(None if unnamed else _own(item))
        at, sure = at + item.copies, sure and item.sure
    return found


def _by_type(items: Sequence[Item]) -> list[str | None]:
    """In other lists, what has no name is called by its type and a number, which counts those without a name."""
    found: list[str | None] = []
    count: Counter[str] = Counter()
    unsure: set[str] = set()
    for item in items:
        stem, number = numbered(item.name)
        unnamed = stem == item.stem and stem not in unsure and number == count[stem] + 1
        found.append(None if unnamed else _own(item))
        if unnamed or item.repeated:
            count[stem] += item.copies
            if not item.sure:
                unsure.add(stem)
    return found


def _own(item: Item) -> str:
    return numbered(item.name)[0] if item.repeated else item.name
