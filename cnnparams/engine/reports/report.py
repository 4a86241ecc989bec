"""The Report: nothing but numbers and names, for every renderer.

A field of its own says what a layer or a network is; what they cost is measured by `costs`, each of which declares the
columns and totals that it gives. A renderer walks both, and knows none of them by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Literal, NamedTuple

from cnnparams.engine.costs.quantity import NUMBERS, Column, Kind, Total
from cnnparams.engine.costs.register import always_columns, every_cost, find_cost_column, normalized_word
from cnnparams.layers.contract.settings import Hyperparameter
from cnnparams.layers.contract.shape import Shape

__all__ = [
    "NUMBERS",
    "Column",
    "Kind",
    "LayerReport",
    "PortReport",
    "Report",
    "Role",
    "Shape",
    "TensorReport",
    "Total",
    "base_columns",
]


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


class _Costly:
    """What has costs: each is an attribute too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        costs: Mapping[str, Any] = object.__getattribute__(self, "costs")
        try:
            return costs[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {', '.join(costs)}") from None


# ruff: noqa: RUF009  # the defaults below are dataclass fields
@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport(_Costly):
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


@dataclass(frozen=True, kw_only=True)
class Report(_Costly):
    """What a network is and costs, layer by layer and in total, for one sample.

    `input_shape` and `output_shape` are those of the first input and the first result. `columns` and `totals` say what
    the costs are.
    """

    name: str = _data(Kind.TEXT)
    input_shape: Shape = _data(Kind.SHAPE)
    output_shape: Shape = _data(Kind.SHAPE)
    inputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    outputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    layers: tuple[LayerReport, ...] = _data(Kind.LAYERS)
    columns: tuple[Column, ...]
    totals: tuple[Total, ...]
    costs: Mapping[str, Any]


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
