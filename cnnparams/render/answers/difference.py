"""A difference: what changed, layer by layer, and what that does to the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.difference.difference import Change, Difference, LayerDifference, Status, TotalDifference
from cnnparams.engine.difference.outline import OutlineRow, outline
from cnnparams.engine.reports.grid import Heading, Row
from cnnparams.engine.reports.ranking import AS_THEY_RUN, Ranking
from cnnparams.render import cells
from cnnparams.render.answer import Answer
from cnnparams.render.documents import encode, layer_a_line
from cnnparams.render.sections import Note, Phrase, Section, Table
from cnnparams.render.view import Layout

SCHEMA_VERSION = 1
_TYPE, _ENTERS, _LEAVES = "type", "input_shapes", "output_shape"  # changes that have a place of their own
_CALLED = {Status.SAME: "the same"}


class DifferenceAnswer(Answer):
    """What leads from one network to another."""

    json = staticmethod(layer_a_line)

    def __init__(
        self, difference: Difference, chosen: Sequence[Total] | None = None, ranking: Ranking = AS_THEY_RUN
    ) -> None:
        """Take a difference, the totals that tables show, and the order in which they tell of changes of layers."""
        self.difference = difference
        self.chosen = chosen
        self.ranking = ranking

    def sections(self, layout: Layout) -> Iterator[Section]:
        """Yield the layers that differ, and the totals; or that there are none."""
        if self.difference.is_none:
            yield Note((headline(self.difference),))
            return
        rows = outline(self.difference)
        yield self._layer_table(self.ranking.rank(rows, self._value), layout)
        if told := self.ranking.told(len(rows), "changes"):
            yield Note((told,))
        yield _total_table(self.difference, self._told(), layout)

    def _told(self) -> list[TotalDifference]:
        """Return the totals that are shown: those chosen, or all."""
        found = {total.total.field: total for total in self.difference.totals}
        return [found[t.field] for t in self.chosen if t.field in found] if self.chosen else list(found.values())

    def _value(self, part: OutlineRow) -> Any:
        """Return what the ranking is by: the name of a part, or by how much it differs."""
        return part.parts[0] if self.ranking.field == "name" else abs(part.costs[self.ranking.field])

    def _layer_table(self, rows: Iterable[OutlineRow], layout: Layout) -> Table:
        """Return what changes of the network itself, and of its layers; columns without any text are left out."""
        difference = self.difference
        usual = (total.total for total in difference.totals if total.total.short and total.total.kind is Kind.COUNT)
        columns = _shown(difference, self.chosen or usual)
        told = (("change", "Change", Kind.TEXT), ("layer", "Layer", Kind.TEXT), ("what", "What", Kind.TEXT))
        own = (*told, ("output", "Output", Kind.SHAPE))
        heads = [*(Heading(*named) for named in own), *(Heading(c.key, c.title, c.kind) for c in columns)]
        cells_of = [
            ["changed", change.key, _values(change, layout), "", *[""] * len(columns)] for change in difference.changes
        ]
        for part in rows:
            numbers = [cells.signed(part.costs[column.field], column.kind) for column in columns]
            cells_of.append([part.status.value, *_texts(part, difference.columns, layout), *numbers])
        kept = [i for i in range(len(heads)) if any(row[i] for row in cells_of)]
        written = [Row(tuple(Phrase(row[i]) for i in kept)) for row in cells_of]
        return Table(tuple(heads[i] for i in kept), written, headline(difference), option="--columns")

    def records(self, layout: Layout) -> Table:
        """Return a row for each layer of either network."""
        columns = self.difference.columns
        told = [Heading(key, key, Kind.TEXT) for key in ("status", "before", "after", "type", "changes")]
        rows = (
            Row((*_record(found, layout), *(found.costs[column.field] for column in columns)))
            for found in self.difference.layers
        )
        return Table((*told, *(Heading(column.key, column.title, Kind.VALUE) for column in columns)), rows)

    def documents(self, layout: Layout) -> Iterator[Mapping[str, Any]]:
        """Yield one document: every layer of both networks; columns and totals have the keys of the report."""
        difference = self.difference
        yield {
            "schema_version": SCHEMA_VERSION,
            "before": difference.before.name,
            "after": difference.after.name,
            "layout": layout.name,
            "same": difference.is_none,
            "changes": _encoded(difference.changes, layout),
            "totals": {total.total.field: _total(total, layout) for total in difference.totals},
            "layers": [_layer(layer, layout) for layer in difference.layers],
        }


def headline(difference: Difference) -> str:
    """Say which networks these are, and what became of how many layers."""
    networks = _arrow(difference.before.name, difference.after.name)
    if difference.is_none:
        return f"{networks}: the same network"
    counts = Counter(layer.status for layer in difference.layers)
    told = (f"{counts[status]} {_CALLED.get(status, status.value)}" for status in Status if counts[status])
    return f"{networks}: {', '.join(told)}"


def _total_table(difference: Difference, totals: Iterable[TotalDifference], layout: Layout) -> Table:
    """Return the totals that stand side by side, and the other counts that differ and are not among these."""
    names = (difference.before.name, difference.after.name)
    before, after = names if len(set(names)) == 2 else ("Before", "After")
    numbers = (("before", before), ("after", after), ("difference", "Difference"), ("ratio", "Ratio"))
    heads = (Heading("total", "Total", Kind.TEXT), *(Heading(*named, Kind.COUNT) for named in numbers))
    rows, known = [], set()
    for found in totals:
        total, told = found.total, (found.total.kind, found.before, found.after)
        if total.short or total.kind is Kind.MARK or (total.kind is Kind.COUNT and told not in known):
            known.add(told)
            values = [cells.write(value, total.kind, layout) for value in (found.before, found.after)]
            differing = [cells.signed(found.by, total.kind), cells.times(found.ratio)]
            rows.append(Row(tuple(map(Phrase, (total.short or total.title, *values, *differing)))))
    return Table(heads, rows)


def changes_text(changes: Iterable[Change], layout: Layout) -> str:
    """Write changes one after another: out_channels 64 -> 128, bias true -> false."""
    return ", ".join(f"{change.key} {_values(change, layout)}" for change in changes)


def _shown(difference: Difference, totals: Iterable[Total]) -> list[Column]:
    """Return the columns of layers that these totals are made of: by default the counts that stand side by side."""
    words = {total.column for total in totals}
    return [column for column in difference.columns if column.key in words]


def _texts(part: OutlineRow, columns: Sequence[Column], layout: Layout) -> list[str]:
    """Write what stands between status and numbers: name, what changed, output."""
    last = part.layers[-1]
    before, after = last.before or last.layer, last.after or last.layer
    name, what = _arrow(before.name, after.name), _what(last, layout)
    if len(part.layers) > 1:
        copies = f"{len(part.parts)} parts, " if len(part.parts) > 1 else ""
        name, what = " to ".join(dict.fromkeys((part.parts[0], part.parts[-1]))), f"{copies}{len(part.layers)} layers"
    if part.status is Status.AFFECTED and not any(found.changes for found in part.layers):
        what = f"{what}: {_costs_text(part, columns)}"
    return [name, what, _arrow(layout.text(before.output_shape), layout.text(after.output_shape))]


def _costs_text(part: OutlineRow, columns: Sequence[Column]) -> str:
    """Write the differences of layers that nothing else can be told of: their neighbours decide what they save."""
    costs = part.costs
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


def _record(found: LayerDifference, layout: Layout) -> tuple[str, ...]:
    names = (layer.name if layer else "" for layer in (found.before, found.after))
    return (found.status.value, *names, found.layer.type, changes_text(found.changes, layout))


def _layer(found: LayerDifference, layout: Layout) -> dict[str, Any]:
    layer = found.layer
    return {
        "status": found.status.value,
        "before": found.before.name if found.before else None,
        "after": found.after.name if found.after else None,
        "type": layer.type,
        "hyperparameters": encode(layer.hyperparameters, Kind.SETTINGS, layout),
        "output_shape": encode(layer.output_shape, Kind.SHAPE, layout),
        "changes": _encoded(found.changes, layout),
        "difference": dict(found.costs),
    }


def _encoded(changes: Sequence[Change], layout: Layout) -> list[dict[str, Any]]:
    return [
        {
            "key": change.key,
            "before": encode(change.before, change.kind, layout),
            "after": encode(change.after, change.kind, layout),
            "own": change.own,
        }
        for change in changes
    ]


def _total(found: TotalDifference, layout: Layout) -> dict[str, Any]:
    before, after = (encode(value, found.total.kind, layout) for value in (found.before, found.after))
    return {"before": before, "after": after, "difference": found.by, "ratio": found.ratio}
