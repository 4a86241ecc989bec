"""The Report: nothing but numbers and names, for every renderer.

A field of its own says what a layer or a network is; what they cost is measured by `costs`, each of which declares the
columns and totals that it gives. A renderer walks both, and knows none of them by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, SupportsIndex, overload

from cnnparams.engine.costs.quantity import NUMBERS, Column, Kind, Total
from cnnparams.engine.costs.register import always_columns, every_cost, find_cost_column, normalized_word
from cnnparams.engine.reports.attributes import LayerCosts, NetworkCosts
from cnnparams.engine.shown import Shown
from cnnparams.errors import CnnparamsError, quote, some, suggest
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.shape import Shape

__all__ = [
    "NUMBERS",
    "Column",
    "Kind",
    "LayerReport",
    "Layers",
    "PortReport",
    "Report",
    "Role",
    "Shape",
    "TensorReport",
    "Total",
    "UnknownLayerError",
    "base_columns",
]

if TYPE_CHECKING:
    from cnnparams.engine.reports.ranking import LayerTable

Role = Literal["trainable", "frozen", "buffer"]


class PortReport(NamedTuple):
    """An input or a result of the network; `source` is the layer that gives it, an input being its own."""

    name: str
    source: str
    shape: Shape


class TensorReport(NamedTuple):
    """One tensor of a layer."""

    name: str
    shape: tuple[int, ...]
    role: Role


def _column(kind: Kind, key: str, title: str, *, default: bool = False) -> Any:
    return field(metadata={"kind": kind, "column": (key, title, default)})


def _data(kind: Kind) -> Any:
    return field(metadata={"kind": kind})


# ruff: noqa: RUF009  # the defaults below are dataclass fields
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LayerReport(LayerCosts):
    """What one layer is and costs, for one sample. Counts are in elements and in multiply-accumulates."""

    name: str = _column(Kind.TEXT, "layer", "Layer", default=True)
    type: str = _column(Kind.TEXT, "type", "Type")
    activation: str | None = _column(Kind.TEXT, "activation", "Activation")
    activation_hyperparameters: tuple[Hyperparameter, ...] = _data(Kind.SETTINGS)
    hyperparameters: tuple[Hyperparameter, ...] = _column(
        Kind.SETTINGS, "hyperparameters", "Hyperparameters", default=True
    )
    groups: int | None = _column(Kind.COUNT, "groups", "Groups")
    inputs: tuple[str, ...] = _data(Kind.NAMES)
    input_shapes: tuple[Shape, ...] = _column(Kind.SHAPES, "input", "Input", default=True)
    output_shape: Shape = _column(Kind.SHAPE, "output", "Output", default=True)
    shares: str | None = _column(Kind.TEXT, "shares", "Shares")
    tensors: tuple[TensorReport, ...] = _column(Kind.TENSORS, "tensors", "Tensors")
    dtype: str | None = _column(Kind.TEXT, "dtype", "Dtype")
    costs: Mapping[str, Any]

    def __repr__(self) -> str:
        params, macs = (self.costs.get(key, 0) for key in ("params", "macs"))
        return f"<{self.name}: {self.type}, {params:,} parameters, {macs:,} MACs>"


class UnknownLayerError(CnnparamsError, KeyError):
    """A name of no layer."""

    def __init__(self, network: str, word: str, known: Sequence[str]) -> None:
        guess = suggest(word, known)
        super().__init__(
            f"{network} has no layer {quote(word)}",
            f"did you mean {quote(guess)}?" if guess else f"it has {some(known)}",
        )


class Layers(tuple[LayerReport, ...]):
    """Layers in their order: by number, by name, or as a slice."""

    __slots__ = ()

    @overload
    def __getitem__(self, key: SupportsIndex | str, /) -> LayerReport: ...

    @overload
    def __getitem__(self, key: slice, /) -> "Layers": ...

    def __getitem__(self, key: SupportsIndex | str | slice, /) -> "LayerReport | Layers":
        """Return a layer, or some; raise UnknownLayerError for a name that no layer has."""
        if isinstance(key, slice):
            return Layers(super().__getitem__(key))
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = next((layer for layer in self if layer.name == key), None)
        if found is None:
            raise UnknownLayerError("the network", key, [layer.name for layer in self])
        return found


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(NetworkCosts, Shown):
    """What a network is and costs, layer by layer and in total, for one sample.

    `input_shape` and `output_shape` are those of the first input and the first result. `columns` and `totals` say what
    the costs are; `table` says which of them were asked for, and in which order `layers` are.
    """

    name: str = _data(Kind.TEXT)
    input_shape: Shape = _data(Kind.SHAPE)
    output_shape: Shape = _data(Kind.SHAPE)
    inputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    outputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    layers: Layers = _data(Kind.LAYERS)
    columns: tuple[Column, ...]
    totals: tuple[Total, ...]
    costs: Mapping[str, Any]
    table: "LayerTable | None" = field(default=None, compare=False)


@cache
def base_columns() -> tuple[Column, ...]:
    """Return the columns of what a layer is, in the order of tables."""
    declared = ((f.name, f.metadata) for f in fields(LayerReport) if "column" in f.metadata)
    return tuple(
        Column(key, title, metadata["kind"], name, default)
        for name, metadata in declared
        for key, title, default in [metadata["column"]]
    )


def columns() -> dict[str, Column]:
    """Return every column by the word that chooses it, in the order of tables: what a layer is, then what it costs."""
    measured = (column for cost in every_cost() for column in cost.COLUMNS)
    return {column.key: column for column in (*base_columns(), *measured)}


def find_column(word: str) -> Column | None:
    """Return the column of a word, or of an old one; its cost alone is imported."""
    own = {column.key: column for column in base_columns()}
    return own.get(normalized_word(word)) or find_cost_column(word)


def default_columns() -> tuple[Column, ...]:
    """Return the columns of a table for which none were chosen, which only costs that are always measured have."""
    return tuple(column for column in (*base_columns(), *always_columns()) if column.default)


def kinds(part: type[LayerReport] | type[Report]) -> Mapping[str, Kind]:
    """Return the kind of each field that is data."""
    return {f.name: f.metadata["kind"] for f in fields(part) if "kind" in f.metadata}
