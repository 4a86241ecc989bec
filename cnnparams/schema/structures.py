"""Structures: entries that hold lists of entries. Each is its keys, and how it is wired into the network.

Wiring is told to a Site: what the engine offers to whatever stands at one place of the network.
"""

from collections.abc import Mapping
from enum import Enum
from functools import reduce
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cnnparams.expression import Scope, Value
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.shape import Shape


class Edge(NamedTuple):
    """A tensor on its way: the node that it comes from, and its shape."""

    source: str
    shape: Shape


Edges = tuple[Edge, ...]


class Site(Protocol):
    """One place of the network, where an entry is being laid out."""

    @property
    def scope(self) -> Scope:
        """The values of the names that expressions may read here."""

    @property
    def shared(self) -> Layer | None:
        """The layer whose tensors are used here again, if another's are."""

    def layer(self, layer: Layer, activation: Layer | None, x: Edges) -> Edges:
        """Put a layer here."""

    def merge(self, type_: str, activation: Layer | None, x: Edges) -> Edges:
        """Put a merge inside of what is here, under the name of its type."""

    def run(self, entries: "Entries", x: Edges, under: str = "", *, positions: bool = False) -> Edges:
        """Lay out a list inside of what is here, its names `under` another; `positions` numbers the unnamed from 0."""

    def call(self, block: Value, args: Mapping[str, Value], x: Edges) -> Edges:
        """Lay out a block of the file."""


class Extent(NamedTuple):
    """How many layers there are, and how many entries, those that are left out too; at the least."""

    layers: int = 0
    entries: int = 0

    def plus(self, other: "Extent") -> "Extent":
        """Return the two together."""
        return Extent(self.layers + other.layers, self.entries + other.entries)

    def times(self, count: int) -> "Extent":
        """Return so many of it."""
        return Extent(self.layers * count, self.entries * count)


class Extents(Protocol):
    """One place of the network, before anything is laid out there."""

    @property
    def scope(self) -> Scope:
        """The values of those names that are known before."""

    def of(self, entries: "Entries") -> Extent:
        """Return the extent of a list."""

    def of_block(self, block: Any, args: Mapping[str, Any]) -> Extent:
        """Return the extent of a block of the file, its name and what it is given as they are written."""


class EntryBody(Protocol):
    """What an entry is: a layer, a structure, or a block that it uses."""

    @property
    def side(self) -> bool:
        """Whether the network goes on with what entered rather than with what leaves."""

    @property
    def reads_nothing(self) -> bool:
        """Whether nothing enters, not even what the entry before gives."""

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay it out; return the tensors that leave."""

    def extent(self, at: Extents) -> Extent:
        """Return how much it is, without laying it out."""


class ActivationSlot(Protocol):
    """Where an activation may stand."""

    def fill(self, scope: Scope) -> Layer | None:
        """Return the activation in a scope."""


class Entries(NamedTuple):
    """A list of entries, with the names written in it; `alone` is a structure or block that takes the list's name."""

    items: tuple[Any, ...] = ()
    names: frozenset[str] = frozenset()
    alone: bool = False


class KeyKind(Enum):
    """What a key of a structure holds beside plain settings: in the file a list, or what an activation may be."""

    ENTRIES = (1, False)
    SHORTCUT = (0, False)
    BRANCHES = (1, True)
    ACTIVATION = None

    @property
    def words(self) -> str:
        """What the key takes, in the words of the catalogue."""
        if self.value is None:
            return "activation"
        return "list of lists of layers" if self.value[1] else "list of layers"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check no more than that lists are lists; what they hold is read as entries."""
        if self.value is None:
            return core_schema.any_schema()
        least, nested = self.value
        inner = core_schema.list_schema() if nested else core_schema.any_schema()
        return core_schema.list_schema(inner, min_length=least)


class Structure(BaseModel):
    """What every structure is; its fields are its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    type: ClassVar[str]
    side: ClassVar[bool] = False
    reads_nothing: ClassVar[bool] = False
    merges: ClassVar[int] = 0
    """Layers of its own, beside those of its lists."""

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay it out; return the tensors that leave."""
        raise NotImplementedError

    def extent(self, at: Extents) -> Extent:
        """Return how much its lists are, and its own layers."""
        return reduce(Extent.plus, map(at.of, self.lists()), Extent(self.merges))

    def lists(self) -> list[Entries]:
        """Return the lists that it holds."""
        fields = type(self).model_fields.items()
        held = [
            getattr(self, name) for name, field in fields if any(isinstance(mark, KeyKind) for mark in field.metadata)
        ]
        parts = [part for value in held for part in ([value] if isinstance(value, Entries) else value or ())]
        return [part for part in parts if isinstance(part, Entries)]


EntryList = Annotated[Entries, KeyKind.ENTRIES]
ActivationSetting = Annotated[ActivationSlot | None, KeyKind.ACTIVATION]
_EXAMPLE = [{"type": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1}]


class Sequence(Structure):
    """Entries one after another, the unnamed numbered by position from 0."""

    type: ClassVar[str] = "sequence"

    layers: EntryList = Field(description="the entries, in order", examples=[_EXAMPLE])

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay out the list."""
        return at.run(self.layers, x, positions=True)


class Residual(Structure):
    """layers(x) + shortcut(x), the shortcut being x itself where none is given."""

    type: ClassVar[str] = "residual"
    merges: ClassVar[int] = 1

    layers: EntryList = Field(description="the entries that x goes through", examples=[_EXAMPLE])
    shortcut: Annotated[Entries, KeyKind.SHORTCUT] = Field(
        Entries(), description="the entries of the shortcut; x itself if not given"
    )
    activation: ActivationSetting = Field(None, description="activation of the sum")

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay out both paths, and add."""
        activation = self.activation.fill(at.scope) if self.activation else None
        main = at.run(self.layers, x)
        return at.merge("add", activation, (*main, *at.run(self.shortcut, x, "shortcut")))


class Parallel(Structure):
    """Branches that all take x, and a merge of what they give; an empty branch gives x itself."""

    type: ClassVar[str] = "parallel"
    merges: ClassVar[int] = 1

    branches: Annotated[tuple[Entries, ...], KeyKind.BRANCHES] = Field(
        description="lists of entries", examples=[[[], _EXAMPLE]]
    )
    join: Literal["concat", "add", "multiply"] = Field("concat", description="how the branches become one tensor")
    activation: ActivationSetting = Field(None, description="activation of what is joined")

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay out branch1, branch2, ..., and join them."""
        activation = self.activation.fill(at.scope) if self.activation else None
        ends = [at.run(branch, x, f"branch{i}") for i, branch in enumerate(self.branches, 1)]
        return at.merge(self.join, activation, tuple(edge for end in ends for edge in end))


class Auxiliary(Structure):
    """A side head: what leaves it is dropped, and the network goes on with x."""

    type: ClassVar[str] = "auxiliary"
    side: ClassVar[bool] = True

    layers: EntryList = Field(description="the entries of the head", examples=[_EXAMPLE])

    def wire(self, at: Site, x: Edges) -> Edges:
        """Lay out the head."""
        return at.run(self.layers, x)


STRUCTURES: Mapping[str, type[Structure]] = {
    structure.type: structure for structure in (Sequence, Residual, Parallel, Auxiliary)
}
