"""Multiply-accumulates."""

from __future__ import annotations

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Measured, Totals
from cnnparams.engine.network.graph import Graph, of_each
from cnnparams.engine.network.resized import Resized
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape

ALWAYS = True
NEEDS = None
COLUMNS = (Column("macs", "MACs", Kind.COUNT, "macs", fold=sum),)
TOTALS = (Total("total_macs", "MACs", Kind.COUNT, short="MACs", word="macs", column="macs"),)


def measure(graph: Graph, setting: Setting) -> Measured:
    """Return the multiply-accumulates for one sample; equal layers at equal shapes are worked out once."""
    macs = of_each(graph, lambda node: _macs(node.layer, node.input_shapes))
    return Measured([(count,) for count in macs], (sum(macs),))


def _macs(layer: Layer, inputs: tuple[Shape, ...]) -> int:
    return layer.macs(*inputs)


def _at_other_sizes(before: Totals, network: Resized) -> Totals:
    return (network.total(_macs),)


AT_OTHER_SIZES = _at_other_sizes
