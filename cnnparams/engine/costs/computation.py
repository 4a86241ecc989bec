"""Multiply-accumulates."""

from __future__ import annotations

from cnnparams.engine.costs import Measured
from cnnparams.engine.graph import Graph, of_each
from cnnparams.engine.quantity import Column, Kind, Total
from cnnparams.engine.setting import Setting

ORDER = 20
ALWAYS = True
COLUMNS = (Column("macs", "MACs", Kind.COUNT, "macs", fold=sum),)
TOTALS = (Total("total_macs", "MACs", Kind.COUNT, short="MACs", word="macs", column="macs"),)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the multiply-accumulates for one sample; equal layers at equal shapes are worked out once."""
    macs = of_each(graph, lambda node: node.layer.macs(*node.input_shapes))
    return Measured([(count,) for count in macs], (sum(macs),))
