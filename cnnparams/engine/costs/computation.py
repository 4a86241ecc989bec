"""Multiply-accumulates."""

from __future__ import annotations

from cnnparams.engine.costs import Measured
from cnnparams.engine.graph import Graph
from cnnparams.engine.quantity import Column, Kind, Total
from cnnparams.engine.setting import Setting
from cnnparams.layers.shape import Shape

ORDER = 20
ALWAYS = True
COLUMNS = (Column("macs", "MACs", Kind.COUNT, "macs", fold=sum),)
TOTALS = (Total("total_macs", "MACs", Kind.COUNT, short="MACs", budget="macs"),)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the multiply-accumulates for one sample; equal layers at equal shapes are worked out once."""
    known: dict[tuple[int, tuple[Shape, ...]], tuple[int]] = {}
    rows = []
    for node in graph.nodes:
        key = (id(node.layer), node.input_shapes)
        rows.append(known.get(key) or known.setdefault(key, (node.layer.macs(*node.input_shapes),)))
    return Measured(rows, (sum(macs for (macs,) in rows),))
