"""The totals of one network for many values of its vars. What a point leaves as it was is not worked out again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from cnnparams.engine.build import build, ports_in
from cnnparams.engine.costs import Totals, costs_giving
from cnnparams.engine.graph import Graph, Port
from cnnparams.engine.network import MOST_LAYERS
from cnnparams.engine.reads import vars_behind
from cnnparams.engine.resize import Known, Resizer
from cnnparams.engine.resized import Resized
from cnnparams.engine.setting import Setting
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose, values

_MOST_NODES = 2 * MOST_LAYERS
"""How many nodes of networks are kept for points to come."""


class _Base(NamedTuple):
    """A network as it was built for one point, and its totals, cost by cost."""

    resizer: Resizer
    totals: list[Totals]


class Evaluator:
    """Gives the totals named by `fields`, for values of vars over those that are chosen in the spec."""

    def __init__(self, spec: Spec, fields: Collection[str], setting: Setting) -> None:
        self.spec = spec
        self.name = spec.choice.variant or spec.name
        self.setting = setting
        self._costs = costs_giving(fields, setting)
        self._wanted = [total.field for cost in self._costs for total in cost.TOTALS]
        self._behind_layers = vars_behind(spec, (spec.layers, spec.blocks, spec.outputs))
        self._behind_inputs = vars_behind(spec, spec.inputs) | spec.variables.bounds.keys()
        self._known = Known()
        self._bases: dict[tuple[str, ...], _Base] = {}
        self._inputs: dict[tuple[str, ...], tuple[Port, ...]] = {}
        self._nodes = 0

    def __call__(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """Return the totals by their fields; raise SpecError where there is no network at this point."""
        totals = self._totals(point)
        return dict(zip(self._wanted, (value for part in totals for value in part), strict=True))

    def _totals(self, point: Mapping[str, Any]) -> list[Totals]:
        key = tuple([repr(value) for name, value in point.items() if name in self._behind_layers])
        base = self._bases.get(key)
        if base is None:
            return self._first(key, point)
        resized = base.resizer.resize(self._ports(point))
        if resized is None:
            return self._measured(build(self._chosen(point)))
        return self._again(base.totals, resized)

    def _again(self, before: list[Totals], network: Resized) -> list[Totals]:
        whole = None
        totals = []
        for cost, old in zip(self._costs, before, strict=True):
            if cost.AT_OTHER_SIZES:
                totals.append(cost.AT_OTHER_SIZES(old, network))
            else:
                whole = whole or network.spelt_out()
                totals.append(cost.measure(whole, self.setting).totals)
        return totals

    def _first(self, key: tuple[str, ...], point: Mapping[str, Any]) -> list[Totals]:
        graph = build(self._chosen(point))
        base = _Base(Resizer(graph, self._known), self._measured(graph))
        self._nodes += len(graph.nodes)
        if self._nodes > _MOST_NODES:
            self._bases.clear()
            self._nodes = len(graph.nodes)
        self._bases[key] = base
        return base.totals

    def _ports(self, point: Mapping[str, Any]) -> tuple[Port, ...]:
        key = tuple([repr(value) for name, value in point.items() if name in self._behind_inputs])
        if key not in self._inputs:
            chosen = self._chosen(point)
            self._inputs[key] = ports_in(chosen, values(chosen))
        return self._inputs[key]

    def _measured(self, graph: Graph) -> list[Totals]:
        return [cost.measure(graph, self.setting).totals for cost in self._costs]

    def _chosen(self, point: Mapping[str, Any]) -> Spec:
        choice = self.spec.choice
        return choose(self.spec, choice.variant, {**choice.values, **point})
