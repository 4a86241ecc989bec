"""Activation memory when the network is used: what each layer gives, and what is alive while it runs.

Elementwise layers overwrite an input that nobody needs any more; `peak_activation_bytes_out_of_place` is without that.
"""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.setting import Setting

ALWAYS = False
NEEDS = None
AT_OTHER_SIZES = None
COLUMNS = (
    Column("activation_size", "Output size", Kind.BYTES, "output_bytes", fold=max),
    Column("live", "Alive", Kind.BYTES, "live_bytes", fold=max),
)
TOTALS = (
    Total(
        "peak_activation_bytes",
        "Peak activations",
        Kind.BYTES,
        short="Peak memory",
        word="peak-memory",
        column="live",
    ),
    Total("peak_layer", "Peak at", Kind.TEXT),
    Total("peak_activation_bytes_out_of_place", "Peak without reuse in place", Kind.BYTES),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the bytes for a batch of samples in the setting's dtype."""
    size = setting.batch * setting.itemsize
    live, plain = liveness(graph), liveness(graph, in_place=False)
    rows = [
        (node.output_shape.size * size, alive * size) for node, alive in zip(graph.nodes, live.per_node, strict=True)
    ]
    name = graph.nodes[live.peak].name if graph.nodes else ""
    return Measured(rows, (max(live.per_node, default=0) * size, name, max(plain.per_node, default=0) * size))
