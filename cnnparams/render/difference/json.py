"""A difference as JSON, a layer a line: every layer of both networks, those that are the same too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnnparams.engine.costs.quantity import Kind
from cnnparams.engine.difference.difference import Change, Difference, LayerDifference, TotalDifference
from cnnparams.render.json_document import encode, laid_out
from cnnparams.render.view import Layout, View

SCHEMA_VERSION = 1


def render(difference: Difference, view: View) -> Iterator[str]:
    """Yield one document; columns and totals have the keys that the report gives them."""
    layout = view.layout
    yield laid_out(
        {
            "schema_version": SCHEMA_VERSION,
            "before": difference.before.name,
            "after": difference.after.name,
            "layout": layout.name,
            "same": difference.is_none,
            "changes": _changes(difference.changes, layout),
            "totals": {total.total.field: _total(total, layout) for total in difference.totals},
            "layers": [_layer(layer, layout) for layer in difference.layers],
        }
    )


def _layer(found: LayerDifference, layout: Layout) -> dict[str, Any]:
    layer = found.layer
    return {
        "status": found.status.value,
        "before": found.before.name if found.before else None,
        "after": found.after.name if found.after else None,
        "type": layer.type,
        "hyperparameters": encode(layer.hyperparameters, Kind.SETTINGS, layout),
        "output_shape": encode(layer.output_shape, Kind.SHAPE, layout),
        "changes": _changes(found.changes, layout),
        "difference": dict(found.costs),
    }


def _changes(changes: Sequence[Change], layout: Layout) -> list[dict[str, Any]]:
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
