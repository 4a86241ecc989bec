"""Report, Report -> Difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter

from cnnparams.engine.alignment import align
from cnnparams.engine.changes import changes, names, network_changes
from cnnparams.engine.difference import Change, Difference, LayerDifference, TotalDifference
from cnnparams.engine.quantity import Column, Kind
from cnnparams.engine.report import LayerReport, PortReport, Report
from cnnparams.engine.sequences import Pair

_COUNTED = (Kind.COUNT, Kind.BYTES)


def diff(before: Report, after: Report) -> Difference:
    """Return what leads from one network to the other, layer by layer and in total; both are measured alike."""
    pairs = align(before.layers, after.layers)
    same = {before.layers[i].name: after.layers[j].name for i, j in pairs}
    common = names(before, after, {**_inputs(before.inputs, after.inputs), **same})
    columns = tuple(column for column in after.columns if column.fold is sum and column.kind in _COUNTED)

    def differing(one: LayerReport | None, other: LayerReport | None) -> LayerDifference:
        found = tuple(changes(one, other, common)) if one and other else ()
        return LayerDifference(one, other, found, _costs(one, other, columns))

    return Difference(
        before=before,
        after=after,
        changes=(*network_changes(before, after, common), *_order(before.layers, after.layers, pairs)),
        layers=tuple(differing(*part) for part in _merged(before.layers, after.layers, pairs)),
        columns=columns,
        totals=tuple(_totals(before, after)),
    )


def _inputs(before: Sequence[PortReport], after: Sequence[PortReport]) -> dict[str, str]:
    """Return which input is which: those of the same name, and the others in order."""
    old, new = [port.name for port in before], [port.name for port in after]
    rest = zip([name for name in old if name not in new], [name for name in new if name not in old], strict=False)
    return {**{name: name for name in old if name in new}, **dict(rest)}


def _merged(
    before: Sequence[LayerReport], after: Sequence[LayerReport], pairs: Sequence[Pair]
) -> list[tuple[LayerReport | None, LayerReport | None]]:
    """Return every layer of both, in the order of the second; those that are gone behind what stood before them."""
    now, was = dict(pairs), {j: i for i, j in pairs}
    rows: list[tuple[tuple[int, int], tuple[LayerReport | None, LayerReport | None]]] = [
        ((j, -1), (before[was[j]] if j in was else None, layer)) for j, layer in enumerate(after)
    ]
    place = -1
    for i, layer in enumerate(before):
        place = now.get(i, place)
        if i not in now:
            rows.append(((place, i), (layer, None)))
    return [row for _, row in sorted(rows, key=itemgetter(0))]


def _order(before: Sequence[LayerReport], after: Sequence[LayerReport], pairs: Sequence[Pair]) -> Iterator[Change]:
    """Yield the layers that both have in another order: `pairs` are in the order of the first."""
    positions = [j for _, j in pairs]
    highest = [-1, *accumulate(positions, max)]
    lowest = [*accumulate(reversed(positions), min)][::-1]
    moved = [(i, j) for (i, j), most, least in zip(pairs, highest, lowest, strict=False) if not (most < j <= least)]
    if moved:
        names = tuple(before[i].name for i, _ in moved)
        yield Change("order", Kind.NAMES, names, tuple(after[j].name for j in sorted(j for _, j in moved)))


def _costs(before: LayerReport | None, after: LayerReport | None, columns: Sequence[Column]) -> Mapping[str, int]:
    old, new = (layer.costs if layer else {} for layer in (before, after))
    return {column.field: new.get(column.field, 0) - old.get(column.field, 0) for column in columns}


def _totals(before: Report, after: Report) -> Iterator[TotalDifference]:
    for total in after.totals:
        found = TotalDifference(total, before.costs[total.field], after.costs[total.field])
        has_any = found.before is not None or found.after is not None
        is_marked = total.kind is Kind.MARK and (found.before or found.after)
        if is_marked or (has_any and (total.short or (total.kind in _COUNTED and found.by))):
            yield found
