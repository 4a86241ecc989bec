"""Activation memory when the network is used: what each layer gives, and what is alive while it runs.

Elementwise layers overwrite an input that nobody needs any more; `peak_activation_bytes_out_of_place` is without that.
"""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured
from cnnparams.engine.memory.liveness import liveness
from cnnparams.engine.network.graph import Graph, batchless
from cnnparams.engine.setting import Setting

AT_OTHER_SIZES = None
COLUMNS = (
    Column("activation-size", "Output size", Kind.BYTES, "output_bytes", fold=max),
    Column("peak-memory", "Live memory", Kind.BYTES, "live_bytes", fold=max, aliases=("live",)),
)
TOTALS = (
    Total(
        "peak_activation_bytes",
        "Peak activations",
        Kind.BYTES,
        short="Peak memory",
        word="peak-memory",
        column="peak-memory",
    ),
    Total(
        "activation_bytes",
        "Activations of all layers",
        Kind.BYTES,
        word="activation-size",
        column="activation-size",
    ),
    Total("peak_layer", "Peak at", Kind.TEXT),
    Total("peak_activation_bytes_out_of_place", "Peak without in-place reuse", Kind.BYTES),
)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the bytes for a batch of samples."""
    batch = setting.batch
    live, plain = (liveness(graph, setting.dtype, batch, in_place=in_place) for in_place in (True, False))
    once = batchless(graph.nodes)
    given = (node.output_shape.size * setting.itemsize(node.dtype) for node in graph.nodes)
    sizes = [size * (1 if node.name in once else batch) for size, node in zip(given, graph.nodes, strict=True)]
    rows = list(zip(sizes, live.per_node, strict=True))
    name = graph.nodes[live.peak].name if graph.nodes else ""
    whole = sum(size for size, _ in rows)
    return Measured(rows, (max(live.per_node, default=0), whole, name, max(plain.per_node, default=0)))
