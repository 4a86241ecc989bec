"""How many layers a network has."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured, same
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import Setting

AT_OTHER_SIZES = same
COLUMNS: tuple[Column, ...] = ()
TOTALS = (Total("layer_count", "Layers", Kind.COUNT, short="Layers", word="layers"),)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the number of layers, those without parameters too."""
    return Measured([()] * len(graph.nodes), (len(graph.nodes),))
