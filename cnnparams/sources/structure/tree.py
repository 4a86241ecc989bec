"""A plain list of layers as the tree that their names spell: layer1.0.conv1 stands in layer1.0, which is in layer1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from cnnparams.engine.network.stack import Plain
from cnnparams.schema.keys import INPUT

DEEPEST = 12  # of lists within lists; names with more parts keep their dots

FROM, SHARE, TRAINABLE = "from", "share", "trainable"


@dataclass(frozen=True, eq=False, slots=True)
class TreeLayer:
    """A layer: its path, its name in the list that it stands in, what it reads, and its number in the network."""

    path: str
    name: str
    type: str
    settings: Mapping[str, Any]
    reads: tuple[str, ...]
    share: str | None
    at: int

    @property
    def out(self) -> str:
        """The layer whose output leaves here."""
        return self.path

    @property
    def end(self) -> int:
        """The number after the last layer here."""
        return self.at + 1


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """Layers and groups one after another whose paths begin alike; not `trainable` where all of it is frozen."""

    path: str
    name: str
    children: tuple[TreeLayer | Group, ...]
    trainable: bool
    at: int
    end: int

    @property
    def reads(self) -> tuple[str, ...]:
        """What enters: what the first layer reads."""
        return self.children[0].reads

    @property
    def out(self) -> str:
        """The layer whose output leaves here."""
        return self.children[-1].out


Part = TreeLayer | Group


def leaves(plain: Plain) -> list[TreeLayer]:
    """Return the layers of a plain list, each with all that it reads."""
    before, found = ports(plain), []
    for at, entry in enumerate(plain["layers"]):
        given = entry.get(FROM, before)
        reads = (given,) if isinstance(given, str) else tuple(given)
        settings = {key: value for key, value in entry.items() if key not in ("type", "name", FROM, SHARE)}
        found.append(TreeLayer(entry["name"], entry["name"], entry["type"], settings, reads, entry.get(SHARE), at))
        before = (entry["name"],)
    return found


def ports(plain: Plain) -> tuple[str, ...]:
    """Return the names of a network's inputs."""
    return (INPUT,) if INPUT in plain else tuple(plain["inputs"])


def grow(layers: Sequence[TreeLayer], cut: Collection[str] = ()) -> Group:
    """Return the tree of a network; the groups whose paths are in `cut` are left out, what is in them moves up."""
    return Group("", "", _children(list(layers), "", cut, 0), True, 0, len(layers))


def groups(root: Group) -> Iterator[Group]:
    """Yield every group within another, outer ones first."""
    for child in root.children:
        if isinstance(child, Group):
            yield child
            yield from groups(child)


def _children(layers: list[TreeLayer], prefix: str, cut: Collection[str], depth: int) -> tuple[Part, ...]:
    heads = _heads([leaf.path[len(prefix) :] for leaf in layers], prefix, cut, depth)
    children: list[Part] = []
    for head, pairs in groupby(zip(heads, layers, strict=True), key=lambda pair: pair[0]):
        inside = [leaf for _, leaf in pairs]
        first, path = inside[0], prefix + head
        if first.path == path:
            children.append(replace(first, name=head))
            continue
        frozen = all(leaf.settings.get(TRAINABLE) is False for leaf in inside)
        below = _children([_without_flag(leaf) for leaf in inside] if frozen else inside, f"{path}.", cut, depth + 1)
        children.append(Group(path, head, below, not frozen, first.at, inside[-1].end))
    return tuple(children)


def _without_flag(leaf: TreeLayer) -> TreeLayer:
    return replace(leaf, settings={key: value for key, value in leaf.settings.items() if key != TRAINABLE})


def _heads(names: list[str], prefix: str, cut: Collection[str], depth: int) -> list[str]:
    """Return how the names begin: as far as tells neighbours that belong together from all others."""
    if depth == DEEPEST:
        return names
    parts = [name.split(".", DEEPEST) for name in names]
    sizes = [1] * len(names)
    while True:
        heads = [".".join(part[:size]) for part, size in zip(parts, sizes, strict=True)]
        wrong = {head for head in _scattered(heads, names) if head} | {
            h for h in heads if prefix + h in cut or h == INPUT
        }
        longer = [i for i, head in enumerate(heads) if head in wrong and sizes[i] < len(parts[i])]
        if not longer:
            return heads
        for i in longer:
            sizes[i] += 1


def _scattered(heads: list[str], names: list[str]) -> Iterator[str]:
    """Yield beginnings that come back after another, or that are a name themselves."""
    runs = Counter(head for head, _ in groupby(heads))
    yield from (head for head, count in runs.items() if count > 1)
    whole = {name for head, name in zip(heads, names, strict=True) if head == name}
    yield from (head for head, name in zip(heads, names, strict=True) if head in whole and head != name)
