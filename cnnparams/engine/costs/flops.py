"""FLOPs: a multiply-accumulate is two of them, a multiplication and an addition (docs/counting.md)."""

from __future__ import annotations

from cnnparams.engine.costs import computation
from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import Setting

AT_OTHER_SIZES = None
COLUMNS = (Column("flops", "FLOPs", Kind.COUNT, "flops", fold=sum),)
TOTALS = (Total("total_flops", "FLOPs", Kind.COUNT, word="flops", column="flops"),)
_PER_MAC = 2


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return twice the MACs of one sample."""
    macs = computation.measure(graph, setting)
    (total,) = macs.totals
    return Measured([(_PER_MAC * count,) for (count,) in macs.rows], (_PER_MAC * total,))
