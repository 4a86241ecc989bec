"""The rows of a difference as tables show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnnparams.engine.costs.quantity import Column, Kind
from cnnparams.engine.difference.difference import Change, Difference, LayerDifference, Status
from cnnparams.engine.difference.outline import OutlineRow, outline
from cnnparams.render import cells
from cnnparams.render.view import Layout


class Table(NamedTuple):
    """Titles of columns and whether they are aligned to the right, and rows of text."""

    heads: list[tuple[str, bool]]
    rows: list[list[str]]


_TYPE, _ENTERS, _LEAVES = "type", "input_shapes", "output_shape"  # changes that have a place of their own
_CALLED = {Status.SAME: "the same"}


def headline(difference: Difference) -> str:
    """Say which networks these are, and what became of how many layers."""
    networks = _arrow(difference.before.name, difference.after.name)
    if difference.is_none:
        return f"{networks}: the same network"
    counts = Counter(layer.status for layer in difference.layers)
    told = (f"{counts[status]} {_CALLED.get(status, status.value)}" for status in Status if counts[status])
    return f"{networks}: {', '.join(told)}"


def layer_table(difference: Difference, layout: Layout) -> Table:
    """Return what changes of the network itself, and of its layers; columns without any text are left out."""
    shown = _shown(difference)
    titles = [("Change", False), ("Layer", False), ("What", False), ("Output", False)]
    heads = [*titles, *((column.title, True) for column in shown)]
    rows = [["changed", change.key, _values(change, layout), "", *[""] * len(shown)] for change in difference.changes]
    for row in outline(difference):
        costs = row.costs
        numbers = [cells.signed(costs[column.field], column.kind) for column in shown]
        rows.append([row.status.value, *_texts(row, difference.columns, layout), *numbers])
    kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
    return Table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows])


def total_table(difference: Difference, layout: Layout) -> Table:
    """Return the totals that stand side by side, and the other counts that differ and are not among these."""
    names = (difference.before.name, difference.after.name)
    before, after = names if len(set(names)) == 2 else ("Before", "After")
    heads = [("Total", False), *((title, True) for title in (before, after, "Difference", "Ratio"))]
    rows, known = [], set()
    for found in difference.totals:
        total, told = found.total, (found.total.kind, found.before, found.after)
        if total.short or total.kind is Kind.MARK or (total.kind is Kind.COUNT and told not in known):
            known.add(told)
            values = [cells.write(value, total.kind, layout) for value in (found.before, found.after)]
            differing = [cells.signed(found.by, total.kind), cells.times(found.ratio)]
            rows.append([total.short or total.title, *values, *differing])
    return Table(heads, rows)


def changes_text(changes: Iterable[Change], layout: Layout) -> str:
    """Write changes one after another: out_channels 64 -> 128, bias true -> false."""
    return ", ".join(f"{change.key} {_values(change, layout)}" for change in changes)


def _shown(difference: Difference) -> list[Column]:
    """Return the counts that totals side by side are made of."""
    words = {found.total.column for found in difference.totals if found.total.short}
    return [column for column in difference.columns if column.kind is Kind.COUNT and column.key in words]


def _texts(row: OutlineRow, columns: Sequence[Column], layout: Layout) -> list[str]:
    """Write what stands between status and numbers: name, what changed, output."""
    last = row.layers[-1]
    before, after = last.before or last.layer, last.after or last.layer
    name, what = _arrow(before.name, after.name), _what(last, layout)
    if len(row.layers) > 1:
        parts = f"{len(row.parts)} parts, " if len(row.parts) > 1 else ""
        name, what = " to ".join(dict.fromkeys((row.parts[0], row.parts[-1]))), f"{parts}{len(row.layers)} layers"
    if row.status is Status.AFFECTED and not any(found.changes for found in row.layers):
        what = f"{what}: {_costs_text(row, columns)}"
    return [name, what, _arrow(layout.text(before.output_shape), layout.text(after.output_shape))]


def _costs_text(row: OutlineRow, columns: Sequence[Column]) -> str:
    """Write the differences of layers that nothing else can be told of: their neighbours decide what they save."""
    costs = row.costs
    told = ((column.title, cells.signed(costs[column.field], column.kind)) for column in columns if costs[column.field])
    return ", ".join(map(" ".join, told))


def _what(found: LayerDifference, layout: Layout) -> str:
    """Write the type of a layer, and the settings of one that is new or gone, or what has changed."""
    before, after = found.before or found.layer, found.after or found.layer
    is_common = found.before and found.after
    told = _changes(found, layout) if is_common else cells.write(after.hyperparameters, Kind.SETTINGS, layout)
    return ": ".join(filter(None, (_arrow(before.type, after.type), told)))


def _changes(found: LayerDifference, layout: Layout) -> str:
    """Write what changed, in brackets what follows; of shapes, those that enter, where nothing else can be seen."""
    own = [change for change in found.changes if change.own]
    following = [change for change in found.changes if not change.own]
    settings = [change for change in following if change.key not in (_ENTERS, _LEAVES)]
    is_seen = own or any(change.key == _LEAVES for change in following)
    told = changes_text((change for change in own if change.key != _TYPE), layout)
    follows = changes_text(settings or ([] if is_seen else following), layout)
    return f"{told} ({follows})" if told and follows else told or follows


def _values(change: Change, layout: Layout) -> str:
    return " -> ".join(cells.write(value, change.kind, layout) or "none" for value in (change.before, change.after))


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"
