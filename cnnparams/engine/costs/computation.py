"""Multiply-accumulates, of one sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnparams.engine.costs.quantity import Column, Kind, Total
from cnnparams.engine.costs.register import Totals, by_node
from cnnparams.engine.network.graph import Node
from cnnparams.engine.setting import Setting
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape

if TYPE_CHECKING:
    from cnnparams.engine.network.resized import Resized

COLUMNS = (Column("macs", "MACs", Kind.COUNT, "macs", fold=sum, joins=True),)
TOTALS = (Total("total_macs", "MACs", Kind.COUNT, short="MACs", word="macs", column="macs"),)


def _of_node(node: Node, setting: Setting) -> tuple[int]:
    return (_macs(node.layer, node.input_shapes),)


measure = by_node(COLUMNS, TOTALS, _of_node)


def _macs(layer: Layer, inputs: tuple[Shape, ...]) -> int:
    return layer.macs(*inputs)


def _at_other_sizes(before: Totals, network: Resized) -> Totals:
    return (network.total(_macs),)


AT_OTHER_SIZES = _at_other_sizes
