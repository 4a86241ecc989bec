"""A plain list of layers -> the spec that a person would write, of the very same network."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cnnparams.engine.network.build import build
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.listing import channels
from cnnparams.engine.network.stack import Plain, stack
from cnnparams.errors import CnnparamsError, SpecError
from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.schema.compose import compose
from cnnparams.schema.draft import BLOCK, TYPE
from cnnparams.schema.keys import DESCRIPTION, INPUT, NAME
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.structures import Edge
from cnnparams.sources.structure.forms import ParallelForm, ResidualForm, form
from cnnparams.sources.structure.formula import NoValue
from cnnparams.sources.structure.naming import block_names
from cnnparams.sources.structure.pattern import EntryRef, FixedType, Pattern, PatternSlot, without_number
from cnnparams.sources.structure.plan import BlockPlan, block_plan
from cnnparams.sources.structure.scopes import Scopes
from cnnparams.sources.structure.sorting import Sorting
from cnnparams.sources.structure.template import Filling, TemplateSite
from cnnparams.sources.structure.tree import FROM, SHARE, grow, leaves, ports
from cnnparams.sources.structure.wording import FIRST, REST, Wording, WrittenBlock


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
    """Return a spec with structure; None where it is not the same network, or none at all, as a guess may be."""
    found = structured(flat, graph, classes, loosely=loosely)
    try:
        return found if "blocks" in found and same_network(_graph(found), graph) else None
    except SpecError:
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
    scopes = visible(flat)
    sorting = Sorting(scopes, classes, loosely=loosely)
    found = block_plan(sorting.root)
    names = block_names(found.blocks, classes)
    filling = Filling(sorting, found, names, _channels(graph))
    blocks: dict[Pattern, WrittenBlock] = {}
    written: dict[str, Any] = {}
    for pattern in found.blocks:
        template = filling.templates[pattern]
        wording = Wording(template)
        script = Script(found, wording, blocks)
        given = {
            template.names[n]: None if (usual := template.defaults[n]) is NoValue.REQUIRED else wording.plain(usual)
            for n in template.given
        }
        layers = script.body(Spot((pattern,)))
        written[names[pattern]] = {**({"params": given} if given else {}), "layers": layers}
        blocks[pattern] = WrittenBlock(names[pattern], template)
    root = Script(found, Wording(filling.templates[sorting.root]), blocks)
    spot = Spot((sorting.root,))
    outputs = [root._text(spot.lists, scopes.reference((scopes.root,), path)) for path in flat.get("outputs", ())]
    layers = root.top(spot) if outputs else root.body(spot)
    head = {key: value for key, value in flat.items() if key not in ("layers", "outputs")}
    return {
        **head,
        **({"outputs": outputs} if outputs else {}),
        **({"blocks": written} if written else {}),
        "layers": layers,
    }


def visible(flat: Plain) -> Scopes:
    """Return the tree of a flat list, of groups that hide nothing which is named from outside."""
    layers, cut = leaves(flat), set[str]()
    while True:
        scopes = Scopes(grow(layers, cut), ports(flat))
        more = scopes.hidden(flat.get("outputs", ())) - cut
        if not more:
            return scopes
        cut |= more


def _channels(graph: Graph) -> dict[str, int]:
    inputs = {port.name: port.shape for port in graph.inputs}
    shapes = {**inputs, **{node.name: node.output_shape for node in graph.nodes}}
    return {name: channels((Edge(name, shape),)) for name, shape in shapes.items()}


def _graph(plain: Plain) -> Graph:
    return build(parse(compose(Text("the spec", json.dumps(plain)))))


class ListEntry(NamedTuple):
    """An entry of a list: the name that it, or its first copy, is to have; and the number of copies.

    `stem` is what it is called before a number where no name is written; `sure` tells that it is there, and how often.
    """

    name: str
    stem: str
    copies: int
    repeated: bool
    sure: bool


def names_to_write(items: Sequence[ListEntry], *, positions: bool) -> list[str | None]:
    """Return the name to write for each entry, None where none is needed; of copies, it stands before their numbers."""
    return _by_position(items) if positions else _by_type(items)


def _by_position(items: Sequence[ListEntry]) -> list[str | None]:
    """In a sequence, what has no name is called by its position."""
    found: list[str | None] = []
    at, sure = 0, True
    for item in items:
        stem, number = without_number(item.name)
        unnamed = not stem and number is not None and (item.repeated or (sure and number == at))
        found.append(None if unnamed else _own(item))
        at, sure = at + item.copies, sure and item.sure
    return found


def _by_type(items: Sequence[ListEntry]) -> list[str | None]:
    """In other lists, what has no name is called by its type and a number, which counts those without a name."""
    found: list[str | None] = []
    count: Counter[str] = Counter()
    unsure: set[str] = set()
    for item in items:
        stem, number = without_number(item.name)
        unnamed = stem == item.stem and stem not in unsure and number == count[stem] + 1
        found.append(None if unnamed else _own(item))
        if unnamed or item.repeated:
            count[stem] += item.copies
            if not item.sure:
                unsure.add(stem)
    return found


def _own(item: ListEntry) -> str:
    return without_number(item.name)[0] if item.repeated else item.name


REPEAT, WHEN, ACTIVATION, LAYERS, SEQUENCE = "repeat", "when", "activation", "layers", "sequence"


class Spot(NamedTuple):
    """A list that is being written: its pattern and those around it, innermost last; and where it is in the block."""

    lists: tuple[Pattern, ...]
    site: TemplateSite = ()

    @property
    def pattern(self) -> Pattern:
        """What the list holds."""
        return self.lists[-1]

    def inside(self, slot: PatternSlot) -> Spot:
        """Return the list that a slot of this one holds."""
        assert isinstance(slot.kind, Pattern)
        return Spot((*self.lists, slot.kind), (*self.site, slot.name))


class Script(NamedTuple):
    """What it takes to write one block: the plan, its own settings, and the blocks that it may use."""

    plan: BlockPlan
    wording: Wording
    blocks: Mapping[Pattern, WrittenBlock]

    def body(self, spot: Spot) -> list[Any]:
        """Return the entries of a list that goes by the name of what it is in."""
        slots = spot.pattern.slots
        if form(spot.pattern) or any(not without_number(slot.name)[0] for slot in slots):
            return [self._structure(spot)]
        return self._entries(spot, slots, positions=False)

    def top(self, spot: Spot) -> list[Any]:
        """Return the entries of a list whose names are those of its entries."""
        return self._entries(spot, spot.pattern.slots, positions=False)

    def _entries(self, spot: Spot, slots: Sequence[PatternSlot], *, positions: bool) -> list[Any]:
        items = [self._item(spot, slot) for slot in slots]
        names = names_to_write(items, positions=positions)
        if len(slots) == 1 and not items[0].repeated and isinstance(slots[0].kind, Pattern):
            names = [items[0].name]  # without one, it would go by the name of the list
        found = [entry for slot, name in zip(slots, names, strict=True) for entry in self._written(spot, slot, name)]
        return [entry[TYPE] if entry.keys() == {TYPE} else entry for entry in found]

    def _item(self, spot: Spot, slot: PatternSlot) -> ListEntry:
        kind, site = slot.kind, (*spot.site, slot.name)
        stem = layer_stem(kind.type) if isinstance(kind, FixedType) else ""
        if isinstance(kind, Pattern) and kind in self.blocks and not slot.wrapped:
            stem = self.blocks[kind].name
        varies = slot.most > 1 and isinstance(self.wording.count(site), str)
        sure = (slot.wrapped or not slot.optional) and not varies
        return ListEntry(self.plan.name(slot), stem, slot.most, slot.most > 1, sure)

    def _written(self, spot: Spot, slot: PatternSlot, name: str | None) -> Iterator[Plain]:
        """Yield the entry for a slot, or the two for its first copy and the rest, where these are not alike."""
        if slot.most == 1:
            yield self._entry(spot, slot, {NAME: name})
            return
        count = self.wording.count((*spot.site, slot.name))
        block = self.blocks.get(slot.kind) if isinstance(slot.kind, Pattern) else None
        alike = block is None or self.wording.is_one_entry((*spot.site, slot.name), block)
        if alike and slot.wire.flows:
            yield self._entry(spot, slot, {NAME: name, REPEAT: count})
            return
        yield self._entry(spot, slot, {NAME: name and f"{name}1"}, FIRST)
        if count == 2:
            yield self._entry(spot, slot, {NAME: name and f"{name}2"}, REST)
        else:
            less = f"{count} - 1" if isinstance(count, str) else count - 1
            yield self._entry(spot, slot, {NAME: name, REPEAT: less}, REST)

    def _entry(self, spot: Spot, slot: PatternSlot, head: Plain, copy: int | None = None) -> Plain:
        """Return one entry: what it is, then its name, what it reads, whether it is there, and its settings."""
        site = (*spot.site, slot.name)
        if not slot.wire.flows and copy != REST:
            refs = [self._text(spot.lists, ref) for ref in slot.wire.refs or ()]
            head = {**head, FROM: refs[0] if len(refs) == 1 else refs}
        if slot.optional and not slot.wrapped:
            head = {**head, WHEN: self.wording.when(site)}
        kind, *rest = self._what(spot, slot, copy).items()
        head = {key: value for key, value in head.items() if value is not None}
        return dict([kind, *head.items(), *rest])

    def _what(self, spot: Spot, slot: PatternSlot, copy: int | None = None) -> Plain:
        """Return what an entry is, without the keys that any entry may have."""
        site = (*spot.site, slot.name)
        if isinstance(slot.kind, FixedType):
            share = {SHARE: self._text(spot.lists, slot.share)} if slot.share else {}
            return {TYPE: slot.kind.type, **self.wording.settings(site, slot.kind.type), **share}
        inner = spot.inside(slot)
        if slot.wrapped:
            return {TYPE: SEQUENCE, LAYERS: [_guarded(self._group(inner, copy), self.wording.when(site))]}
        if slot.kind in self.plan.dotted:
            return {**self._what(inner, slot.kind.slots[0]), **self.wording.flag(site)}
        return self._group(inner, copy)

    def _group(self, spot: Spot, copy: int | None = None) -> Plain:
        flag = self.wording.flag(spot.site)
        if spot.pattern in self.blocks:
            block = self.blocks[spot.pattern]
            return {BLOCK: block.name, **self.wording.arguments(spot.site, block, copy), **flag}
        return {**self._structure(spot), **flag}

    def _structure(self, spot: Spot) -> Plain:
        found = form(spot.pattern)
        if isinstance(found, ResidualForm):
            aside = {found.shortcut.name: self._aside(spot, found.shortcut)} if found.shortcut else {}
            main = self._main(spot, found.main)
            return {TYPE: "residual", LAYERS: main, **aside, **self._activation(spot, found.merge)}
        if isinstance(found, ParallelForm):
            branches = [self._aside(spot, slot) if slot else [] for slot in found.branches]
            join = {} if found.merge.name == "concat" else {"join": found.merge.name}
            return {TYPE: "parallel", **join, "branches": branches, **self._activation(spot, found.merge)}
        return {TYPE: SEQUENCE, LAYERS: self._entries(spot, spot.pattern.slots, positions=True)}

    def _main(self, spot: Spot, slots: Sequence[PatternSlot]) -> list[Any]:
        if any(not without_number(slot.name)[0] for slot in slots):
            return [{TYPE: SEQUENCE, LAYERS: self._entries(spot, slots, positions=True)}]
        return self._entries(spot, slots, positions=False)

    def _aside(self, spot: Spot, slot: PatternSlot) -> list[Any]:
        """Return the list of a shortcut or a branch, which is empty where what it holds is not there."""
        inner = spot.inside(slot)
        if slot.optional:
            body = [] if inner.pattern in self.blocks or self.wording.flag(inner.site) else self.body(inner)
            return [_guarded(body[0] if len(body) == 1 else self._group(inner), self.wording.when(inner.site))]
        if inner.pattern in self.blocks or self.wording.flag(inner.site):
            return [self._group(inner)]
        return self.body(inner)

    def _activation(self, spot: Spot, merge: PatternSlot) -> Plain:
        assert isinstance(merge.kind, FixedType)
        return self.wording.settings((*spot.site, merge.name), merge.kind.type)

    def _text(self, lists: Sequence[Pattern], ref: EntryRef) -> str:
        """Return a name as the innermost of these lists writes it."""
        pattern = lists[len(lists) - 1 - ref.up]
        if ref.name == INPUT:
            return INPUT
        slot = self.plan.slots[pattern].get(ref.name)
        return self.plan.name(slot) if slot else ref.name


def _guarded(entry: Plain | str, when: Any) -> Plain:
    """Return an entry with a condition, after the keys that say what and where it is."""
    entry = {TYPE: entry} if isinstance(entry, str) else entry
    head = {key: value for key, value in entry.items() if key in (TYPE, BLOCK, NAME, REPEAT, FROM)}
    return {**head, WHEN: when, **entry}


def layer_stem(type_: str) -> str:
    """Return what layers of a type are called, before a number."""
    declaration = find_type(type_)
    assert declaration is not None
    return layer_class(declaration).stem
