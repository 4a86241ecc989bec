"""Spec -> Graph, with a record of what became of each entry: who wants to write a network down again reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cnnparams.engine.network.build import lay_out
from cnnparams.engine.network.context import Context
from cnnparams.engine.network.graph import Graph
from cnnparams.engine.network.listing import Listing
from cnnparams.expression import Value
from cnnparams.schema.spec import Entry, Spec
from cnnparams.schema.structures import Edges, Entries


@dataclass(slots=True, eq=False)
class TracedEntry:
    """One entry as it was laid out: its name in the network, the values of names there, and the lists inside of it.

    `flow` are the tensors that would go on without it, `entered` those that it reads, `left` those that leave it.
    """

    entry: Entry
    path: str
    scope: Mapping[str, Value]
    flow: Edges
    entered: Edges
    left: Edges = ()
    lists: "list[Traced]" = field(default_factory=list)

    @property
    def source(self) -> str:
        """Where what `channels` counts comes from."""
        return (self.entered or self.flow)[0].source


class Traced(Listing):
    """A list that remembers a step for each entry that is there, for each of its copies where it is repeated."""

    replays: ClassVar[bool] = False

    def __init__(self, context: Context, entries: Entries, outer: "Traced | None", **options: Any) -> None:
        super().__init__(context, entries, outer, **options)
        self.steps: list[TracedEntry] = []
        self.entered: Edges = ()
        self.left: Edges = ()

    @property
    def path(self) -> str:
        """The name that the names in the list begin with."""
        return self.context.prefix

    @property
    def block(self) -> str:
        """The block whose list it is, or in whose list it is."""
        return self.context.uses[-1].block

    def within(self, context: Context, entries: Entries, *, positions: bool = False) -> "Traced":
        """Return a list inside of the latest step."""
        return self._inside(super().within(context, entries, positions=positions))

    def apart(self, context: Context, entries: Entries, x: Edges) -> "Traced":
        """Return the list of the block that the latest step uses."""
        return self._inside(super().apart(context, entries, x))

    def run(self, x: Edges) -> Edges:
        """Lay out every entry; return the tensors that leave the last."""
        self.entered = x
        self.left = super().run(x)
        return self.left

    def _inside(self, inner: "Traced") -> "Traced":
        self.steps[-1].lists.append(inner)
        return inner

    def _wire(self, entry: Entry, context: Context, x: Edges, entered: Edges) -> Edges:
        step = TracedEntry(entry, context.prefix, dict(context.scope), x, entered)
        self.steps.append(step)
        step.left = super()._wire(entry, context, x, entered)
        return step.left


def trace(spec: Spec) -> tuple[Graph, Traced]:
    """Return the network's graph, and the list of its entries; raise SpecError as `build` does."""
    return lay_out(spec, Traced)
