"""Difference -> the rows that tell it: each change, and parts of the network that are new or gone as one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, groupby
from typing import NamedTuple

from cnnparams.engine.difference.difference import Difference, LayerDifference, Status


class OutlineRow(NamedTuple):
    """Layers of one status that stand together; several `parts` are copies: layer3.6, layer3.7, ..."""

    status: Status
    parts: tuple[str, ...]
    layers: tuple[LayerDifference, ...]

    @property
    def costs(self) -> Mapping[str, int]:
        """The differences of the layers together."""
        return {field: sum(layer.costs[field] for layer in self.layers) for field in self.layers[0].costs}


def outline(difference: Difference) -> list[OutlineRow]:
    """Return what was added, removed and changed, in order; then what is affected, by the first part of its name.

    Layers that differ in name alone are left out, unless all do.
    """
    rows = [*_joined(_own(difference)), *_affected(difference)]
    renamed = (layer for layer in difference.layers if layer.status is Status.RENAMED)
    return rows or [OutlineRow(layer.status, (layer.layer.name,), (layer,)) for layer in renamed]


def _affected(difference: Difference) -> Iterator[OutlineRow]:
    parts: dict[str, list[LayerDifference]] = {}
    for layer in difference.layers:
        if layer.status is Status.AFFECTED:
            parts.setdefault(layer.layer.name.partition(".")[0], []).append(layer)
    yield from (OutlineRow(Status.AFFECTED, (part,), tuple(layers)) for part, layers in parts.items())


def _own(difference: Difference) -> Iterator[OutlineRow]:
    """Yield each layer that was changed, and the parts that are new or gone."""
    common = [layer for layer in difference.layers if layer.before and layer.after]
    stays = {
        Status.ADDED: _around(layer.after.name for layer in common if layer.after),
        Status.REMOVED: _around(layer.before.name for layer in common if layer.before),
    }

    def place(layer: LayerDifference) -> tuple[Status, str]:
        status, name = layer.status, layer.layer.name
        if status not in stays:
            return status, name
        return status, next((part for part in _prefixes(name) if part not in stays[status]), name)

    for (status, part), layers in groupby(difference.layers, key=place):
        if status in stays or status is Status.CHANGED:
            yield OutlineRow(status, (part,), tuple(layers))


def _around(names: Iterable[str]) -> set[str]:
    """Return the names, and those of the parts that they stand in."""
    return {part for name in names for part in _prefixes(name)}


def _prefixes(name: str) -> list[str]:
    """Return layer1, layer1.0 and layer1.0.conv1 for the last of them."""
    return list(accumulate(name.split("."), "{}.{}".format))


def _joined(rows: Iterable[OutlineRow]) -> Iterator[OutlineRow]:
    """Yield the rows, copies that follow one another as one."""
    for _, copies in groupby(rows, key=_shape):
        first, *others = copies
        layers = (layer for row in (first, *others) for layer in row.layers)
        yield OutlineRow(first.status, tuple(row.parts[0] for row in (first, *others)), tuple(layers))


def _shape(row: OutlineRow) -> tuple[object, ...]:
    """Return what copies have in common: the part that they stand in, and the names inside of them."""
    (part,) = row.parts
    outer, dot, _ = part.rpartition(".")
    inner = tuple(layer.layer.name.removeprefix(part) for layer in row.layers)
    return (row.status, outer, inner) if dot and len(inner) > 1 else (row.status, part)
