"""A plain list of layers -> the spec that a person would write, of the very same network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.listing import channels
from cnnparams.engine.network.stack import Plain, stack
from cnnparams.errors import CnnparamsError
from cnnparams.schema.compose import compose
from cnnparams.schema.keys import DESCRIPTION, NAME
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.structures import Edge
from cnnparams.sources.structure.formula import Mark
from cnnparams.sources.structure.naming import block_names
from cnnparams.sources.structure.pattern import Pattern
from cnnparams.sources.structure.plan import plan
from cnnparams.sources.structure.script import Script, Spot
from cnnparams.sources.structure.sight import Sight
from cnnparams.sources.structure.sorting import Sorting
from cnnparams.sources.structure.template import Filling
from cnnparams.sources.structure.tree import grow, leaves, ports
from cnnparams.sources.structure.wording import Block, Wording


def recovered(plain: Plain, classes: Mapping[str, str] = MappingProxyType({})) -> Plain:
    """Return a plain list of layers with blocks and repeats; blocks are called after the classes at their paths.

    It is returned as it is where nothing in it is a block, or where that would be longer, or not the same network.
    """
    try:
        graph = _graph(plain)
        flat = {**{key: plain[key] for key in (NAME, DESCRIPTION) if key in plain}, **stack(graph)}
        for loosely in (True, False):
            found = _attempt(flat, graph, classes, loosely=loosely)
            if found is not None:
                return min(found, plain, key=_length)
    except CnnparamsError:  # the list itself is no network
        pass
    return plain


def _length(spec: Plain) -> int:
    return len(json.dumps(spec))


def _attempt(flat: Plain, graph: Graph, classes: Mapping[str, str], *, loosely: bool) -> Plain | None:
    """Return a spec with structure; None where it is not the same network."""
    try:
        found = structured(flat, graph, classes, loosely=loosely)
        return found if "blocks" in found and same_network(_graph(found), graph) else None
    except Exception:  # whatever goes wrong, the flat list is right
        return None


def same_network(one: Graph, other: Graph) -> bool:
    """Tell whether two networks have the same layers under the same names, wired alike, of the same shapes.

    An output may be called after what is around the layer that gives it.
    """
    nodes = [[node._replace(path=()) for node in graph.nodes] for graph in (one, other)]
    outputs = [[port._replace(name="") for port in graph.outputs] for graph in (one, other)]
    return (nodes[0], one.inputs, outputs[0]) == (nodes[1], other.inputs, outputs[1])


def structured(flat: Plain, graph: Graph, classes: Mapping[str, str], *, loosely: bool) -> Plain:
    """Return a flat list as blocks and their uses; `loosely`, groups may differ in parts that are left out."""
    sight = visible(flat)
    sorting = Sorting(sight, classes, loosely=loosely)
    found = plan(sorting.root)
    names = block_names(found.blocks, classes)
    filling = Filling(sorting, found, names, _channels(graph))
    blocks: dict[Pattern, Block] = {}
    written: dict[str, Any] = {}
    for pattern in found.blocks:
        template = filling.templates[pattern]
        wording = Wording(template)
        script = Script(found, wording, blocks)
        given = {
            template.names[n]: None if (usual := template.defaults[n]) is Mark.REQUIRED else wording.plain(usual)
            for n in template.given
        }
        layers = script.body(Spot((pattern,)))
        written[names[pattern]] = {**({"params": given} if given else {}), "layers": layers}
        blocks[pattern] = Block(names[pattern], template)
    root = Script(found, Wording(filling.templates[sorting.root]), blocks)
    spot = Spot((sorting.root,))
    outputs = [root._text(spot.lists, sight.reference((sight.root,), path)) for path in flat.get("outputs", ())]
    layers = root.top(spot) if outputs else root.body(spot)
    head = {key: value for key, value in flat.items() if key not in ("layers", "outputs")}
    return {
        **head,
        **({"outputs": outputs} if outputs else {}),
        **({"blocks": written} if written else {}),
        "layers": layers,
    }


def visible(flat: Plain) -> Sight:
    """Return the tree of a flat list, of groups that hide nothing which is named from outside."""
    layers, cut = leaves(flat), set[str]()
    while True:
        sight = Sight(grow(layers, cut), ports(flat))
        more = sight.hidden(flat.get("outputs", ())) - cut
        if not more:
            return sight
        cut |= more


def _channels(graph: Graph) -> dict[str, int]:
    inputs = {port.name: port.shape for port in graph.inputs}
    shapes = {**inputs, **{node.name: node.output_shape for node in graph.nodes}}
    return {name: channels((Edge(name, shape),)) for name, shape in shapes.items()}


def _graph(plain: Plain) -> Graph:
    return build(parse(compose(Text("the spec", json.dumps(plain)))))
