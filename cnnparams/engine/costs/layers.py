"""How many layers a network has."""

from __future__ import annotations

from cnnparams.engine.costs import Measured, same
from cnnparams.engine.graph import Graph
from cnnparams.engine.quantity import Column, Kind, Total
from cnnparams.engine.setting import Setting

ORDER = 60
ALWAYS = False
NEEDS = None
AT_OTHER_SIZES = same
COLUMNS: tuple[Column, ...] = ()
TOTALS = (Total("layer_count", "Layers", Kind.COUNT, short="Layers", word="layers"),)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the number of layers, those without parameters too."""
    return Measured([()] * len(graph.nodes), (len(graph.nodes),))
