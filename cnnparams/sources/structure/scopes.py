"""What an entry may name, and how: the scopes of the spec language, over the tree of a network.

An entry names earlier entries of its list and of the lists around it; what is inside of those cannot be named. A block
sees nothing but what enters it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnparams.schema.keys import INPUT
from cnnparams.sources.structure.pattern import EntryRef, Wire
from cnnparams.sources.structure.tree import Group, Part, TreeLayer, groups

Lineage = tuple[Group, ...]
"""The groups that something is in, outermost first."""


class Scopes:
    """A tree, and which of its groups are closed: they read nothing but what enters them, and share no tensors."""

    def __init__(self, root: Group, ports: tuple[str, ...]) -> None:
        self.root = root
        self.ports = ports
        self.leaves: list[TreeLayer] = []
        self.lineages: dict[str, Lineage] = {}
        self.before: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, frozenset[str]] = {}
        self._enter(root, (root,))
        self.closed = {group.path for group in groups(root) if self._is_closed(group)}

    def _enter(self, group: Group, lineage: Lineage) -> None:
        self.lineages[group.path] = lineage
        self.names[group.path] = frozenset(child.name for child in group.children)
        before = group.reads if group.path else self.ports
        for child in group.children:
            self.before[child.path], before = before, (child.out,)
            if isinstance(child, Group):
                self._enter(child, (*lineage, child))
            else:
                self.lineages[child.path] = lineage
                self.leaves.append(child)

    def _is_closed(self, group: Group) -> bool:
        """Tell whether the group could be a block."""
        return all(self._is_content(leaf, group) for leaf in self.leaves[group.at : group.end])

    def _is_content(self, leaf: TreeLayer, group: Group) -> bool:
        entering = group.reads
        outside = [source for source in leaf.reads if not self.is_inside(source, group)]
        by_one = len(entering) == 1 and set(outside) <= set(entering)
        return leaf.share is None and (not outside or by_one or leaf.reads == entering)

    def is_inside(self, path: str, group: Group) -> bool:
        """Tell whether a layer is in a group."""
        return group in self.lineages.get(path, ())

    def reference(self, lineage: Lineage, path: str) -> EntryRef:
        """Return how an entry of the innermost of these groups names the output of a layer or of an input."""
        shared = self._shared(lineage, path)
        lists = len(lineage)
        block = next((i for i in range(lists - 1, shared - 1, -1) if lineage[i].path in self.closed), None)
        if block is not None:
            return EntryRef(lists - 1 - block, INPUT)
        theirs = self.lineages.get(path, ())
        name = theirs[shared].name if len(theirs) > shared else self._own_name(path, theirs)
        return EntryRef(lists - shared, name)

    def wire(self, lineage: Lineage, at: int) -> Wire:
        """Return what the child with that number of the innermost of these groups reads."""
        child = lineage[-1].children[at]
        refs = tuple(self.reference(lineage, path) for path in child.reads)
        return Wire(self.flows(child), refs[:1] if self._are_all(lineage, refs) else refs)

    def _are_all(self, lineage: Lineage, refs: tuple[EntryRef, ...]) -> bool:
        """Tell whether these are several tensors that enter a block, which are all called by one name there."""
        block = lineage[len(lineage) - 1 - refs[0].up]
        return refs[0].name == INPUT and len(block.reads) > 1 and block.path in self.closed

    def flows(self, part: Part) -> bool:
        """Tell whether a layer or a group reads what leaves the one before it in its list; the first, what enters."""
        return part.reads == self.before[part.path]

    def hidden(self, outputs: Iterable[str]) -> set[str]:
        """Return the groups that cannot be: what is in them is named from outside, or would be mistaken for it."""
        found = {group.path for group in groups(self.root) if INPUT in self.names[group.path]}
        for path in outputs:
            found |= set(self._opened((self.root,), path))
        for leaf in self.leaves:
            lineage = self.lineages[leaf.path]
            for path in leaf.reads:
                found |= set(self._opened(lineage, path))
            if leaf.share:
                found |= set(self._opened(lineage, leaf.share, whole=True))
                found |= set(self._mistaken(lineage, leaf.share))
        parts = ((group, child) for group in (self.root, *groups(self.root)) for child in group.children)
        for group, part in parts:
            if not self.flows(part):
                found |= {name for path in part.reads for name in self._mistaken(self.lineages[group.path], path)}
        return found

    def _opened(self, lineage: Lineage, path: str, *, whole: bool = False) -> Iterator[str]:
        """Yield the groups that hide a layer from a reader; where not `whole`, a group's name is that of its output."""
        theirs = self.lineages.get(path, ())
        for group in theirs[self._shared(lineage, path) :]:
            if group.out == path and not whole:
                return
            yield group.path

    def _mistaken(self, lineage: Lineage, path: str) -> Iterator[str]:
        """Yield the groups around a reader, up to a block, in which something has the name that it would write."""
        ref = self.reference(lineage, path)
        for group in lineage[len(lineage) - ref.up :][::-1] if ref.name != INPUT else ():
            if ref.name in self.names[group.path]:
                yield group.path

    def _shared(self, lineage: Lineage, path: str) -> int:
        """Return how many of the groups have the layer in them; inputs are in the whole network."""
        theirs = self.lineages.get(path, (self.root,))
        differ = (i for i, (ours, other) in enumerate(zip(lineage, theirs, strict=False)) if ours is not other)
        return next(differ, min(len(lineage), len(theirs)))

    def _own_name(self, path: str, lineage: Lineage) -> str:
        return path if len(lineage) <= 1 else path[len(lineage[-1].path) + 1 :]
