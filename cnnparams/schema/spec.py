"""The Spec: a validated architecture, every entry with its settings, its name and the place it came from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cnnparams.errors import Problem
from cnnparams.schema.bounds import Bounds
from cnnparams.schema.keys import Input
from cnnparams.schema.source import Document, KeyPath
from cnnparams.schema.structures import Entries, EntryBody
from cnnparams.schema.template import Template


class Reference(NamedTuple):
    """An earlier layer by its name; of one that is repeated, `index` is the number of the copy."""

    name: str
    index: Any
    path: KeyPath

    @property
    def text(self) -> str:
        """The reference as messages write it."""
        return self.name if self.index is None else f"{self.name}[...]"


class Entry(NamedTuple):
    """One entry of a list; numbers, conditions and its dtype may be computed. `kind` is its type, or the block it uses.

    `characters` are those of its text that may have to be computed, wherever it is laid out.
    """

    path: KeyPath
    kind: str
    name: str | None
    stem: str
    body: EntryBody
    repeat: Any
    when: Any
    trainable: Any
    sources: tuple[Reference, ...]
    share: Reference | None
    characters: int = 0
    dtype: Any = None
    batch_dims: int = 0
    weight: Reference | None = None


class Block(NamedTuple):
    """A part of a network, used by name; a param without a default is None. `characters` are those of the defaults."""

    params: Mapping[str, Any]
    layers: Entries
    characters: int = 0


class Variables(NamedTuple):
    """The vars of a file, what each variant sets of them, and what they may be; values may be computed."""

    defaults: Mapping[str, Any]
    variants: Mapping[str, Mapping[str, Any]]
    bounds: Mapping[str, Bounds]

    @property
    def names(self) -> frozenset[str]:
        """Every name that the file or a variant sets."""
        return frozenset(self.defaults).union(self.bounds, *self.variants.values())


class Choice(NamedTuple):
    """What a user chooses of a spec: a variant, and values of vars."""

    variant: str | None = None
    values: Mapping[str, Any] = MappingProxyType({})


class Spec(NamedTuple):
    """A network, or a family of them, as its author wrote it, checked; and what was chosen of it."""

    name: str
    inputs: Mapping[str, Template[Input]]
    variables: Variables
    blocks: Mapping[str, Block]
    layers: Entries
    outputs: tuple[Reference, ...]
    document: Document
    remarks: tuple[Problem, ...] = ()
    choice: Choice = Choice()
    budget: Mapping[str, Any] = MappingProxyType({})
    """By the words of totals the most that they may be, computed or as written; what measures them knows the words."""
