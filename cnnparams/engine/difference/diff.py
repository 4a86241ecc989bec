"""Report, Report -> Difference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Column, Kind
from cnnparams.engine.difference.alignment import Pair, align
from cnnparams.engine.difference.difference import Change, Difference, LayerDifference, TotalDifference
from cnnparams.engine.network.stack import inferred_settings
from cnnparams.engine.reports.report import LayerReport, PortReport, Report, Shape
from cnnparams.layers.contract.folding import BATCH_DIMS, folding, unfolded
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.layers.contract.settings import Hyperparameter

_COUNTED = (Kind.COUNT, Kind.BYTES)


def adds_up(column: Column) -> bool:
    """Tell whether the values of a column are added over layers, so that there is a difference for several."""
    return column.fold is sum and column.kind in _COUNTED


def diff(before: Report, after: Report, asked: Collection[str] = ()) -> Difference:
    """Return what leads from one network to the other, layer by layer and in total; both are measured alike.

    Totals of these fields are among those that are told, even where both have the same.
    """
    pairs = align(before.layers, after.layers)
    same = {before.layers[i].name: after.layers[j].name for i, j in pairs}
    common = name_map(before, after, {**_inputs(before.inputs, after.inputs), **same})
    columns = tuple(filter(adds_up, after.columns))

    def differing(one: LayerReport | None, other: LayerReport | None) -> LayerDifference:
        found = tuple(changes(one, other, common)) if one and other else ()
        return LayerDifference(one, other, found, _costs(one, other, columns))

    return Difference(
        before=before,
        after=after,
        changes=(*network_changes(before, after, common), *_order(before.layers, after.layers, pairs)),
        layers=tuple(differing(*part) for part in _merged(before.layers, after.layers, pairs)),
        columns=columns,
        totals=tuple(_totals(before, after, asked)),
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


def _totals(before: Report, after: Report, asked: Collection[str]) -> Iterator[TotalDifference]:
    for total in after.totals:
        found = TotalDifference(total, before.costs[total.field], after.costs[total.field])
        has_any = found.before is not None or found.after is not None
        is_marked = total.kind is Kind.MARK and (found.before or found.after)
        differs = total.kind in _COUNTED and found.by
        if is_marked or (has_any and (total.short or differs or total.field in asked)):
            yield found


Ancestry = Mapping[str, tuple[str, ...]]
"""What the names of a network stand for, which is the same for the names of one layer in both."""


class NameMap(NamedTuple):
    """What the layers and inputs of the first network are called in the second; and what those of either stand for."""

    known: Mapping[str, str]
    before: Ancestry
    after: Ancestry


def name_map(before: Report, after: Report, known: Mapping[str, str]) -> NameMap:
    """Return what the names of two networks stand for; `known` are those of the first that the second has too."""
    same = {name: name for name in known.values()}
    return NameMap(known, _ancestry(before, known, "before"), _ancestry(after, same, "after"))


def _ancestry(report: Report, known: Mapping[str, str], side: str) -> Ancestry:
    """Return what each name stands for: itself, or, where the other network has no such layer, what it comes from.

    Whoever reads a part with one way in that was put there, or was taken away, has not been changed for that.
    """
    found: dict[str, tuple[str, ...]] = {}
    read = [*((port.name, ()) for port in report.inputs), *((layer.name, layer.inputs) for layer in report.layers)]
    for name, inputs in read:
        sources = {found[source] for source in inputs}
        own = (known[name],) if name in known else (side, name)
        found[name] = sources.pop() if name not in known and len(sources) == 1 else own
    return found


def changes(before: LayerReport, after: LayerReport, name_map: NameMap) -> Iterator[Change]:
    """Yield what differs, what an author wrote first."""
    settings = list(_settings(before, after))
    yield from _differing("type", Kind.TEXT, before.type, after.type)
    yield from (change for change in settings if change.own)
    yield from _activation(before, after)
    if [name_map.before[name] for name in before.inputs] != [name_map.after[name] for name in after.inputs]:
        yield Change("inputs", Kind.NAMES, before.inputs, after.inputs)
    if after.shares != (before.shares and name_map.known.get(before.shares, before.shares)):
        yield Change("shares", Kind.TEXT, before.shares, after.shares)
    if None not in (learns := (_learns(before), _learns(after))):
        yield from _differing("trainable", Kind.FLAG, *learns)
    yield from _differing("dtype", Kind.TEXT, before.dtype, after.dtype)
    yield from (change for change in settings if not change.own)
    yield from _differing("input_shapes", Kind.SHAPES, before.input_shapes, after.input_shapes, own=False)
    yield from _differing("output_shape", Kind.SHAPE, before.output_shape, after.output_shape, own=False)


def network_changes(before: Report, after: Report, name_map: NameMap) -> Iterator[Change]:
    """Yield how the inputs differ, and which layers give the results."""
    old = {name_map.before[port.name]: port.shape for port in before.inputs}
    if old != {name_map.after[port.name]: port.shape for port in after.inputs}:
        yield Change("inputs", Kind.SHAPES, _shapes(before.inputs), _shapes(after.inputs))
    given = [name_map.before[port.source] for port in before.outputs]
    if given != [name_map.after[port.source] for port in after.outputs]:
        yield Change("outputs", Kind.NAMES, _sources(before.outputs), _sources(after.outputs))


def _shapes(ports: Sequence[PortReport]) -> tuple[Shape, ...]:
    return tuple(port.shape for port in ports)


def _sources(ports: Sequence[PortReport]) -> tuple[str, ...]:
    return tuple(port.source for port in ports)


def _differing(key: str, kind: Kind, before: Any, after: Any, *, own: bool = True) -> Iterator[Change]:
    if before != after:
        yield Change(key, kind, before, after, own)


def _settings(before: LayerReport, after: LayerReport) -> Iterator[Change]:
    pairs = list(_unequal(before.hyperparameters, after.hyperparameters))
    follow = _decided(before) & _decided(after) if pairs else set()
    yield from (Change(one.name, Kind.SETTING, one, other, one.name not in follow) for one, other in pairs)


def _activation(before: LayerReport, after: LayerReport) -> Iterator[Change]:
    yield from _differing("activation", Kind.TEXT, before.activation, after.activation)
    if before.activation == after.activation:
        pairs = _unequal(before.activation_hyperparameters, after.activation_hyperparameters)
        yield from (Change(f"activation.{one.name}", Kind.SETTING, one, other) for one, other in pairs)


def _unequal(
    before: Sequence[Hyperparameter], after: Sequence[Hyperparameter]
) -> Iterator[tuple[Hyperparameter, Hyperparameter]]:
    """Yield the settings that both have, with different values."""
    known = {setting.name: setting for setting in after}
    both = ((setting, known[setting.name]) for setting in before if setting.name in known)
    yield from ((one, other) for one, other in both if one.value != other.value)


def _decided(layer: LayerReport) -> set[str]:
    """Return the settings that the input decides."""
    declaration = find_type(layer.type)
    if declaration is None:
        return set()
    values = {setting.name: setting.value for setting in layer.hyperparameters}
    made = folding(layer_class(declaration).model_construct(**values), values.pop(BATCH_DIMS, 0))
    return set(inferred_settings(*unfolded(made, layer.input_shapes)[:2]))


def _learns(layer: LayerReport) -> bool | None:
    """Tell whether what a layer learns is trainable; None where it learns nothing."""
    roles = {tensor.role for tensor in layer.tensors} - {"buffer"}
    return "trainable" in roles if roles else None
