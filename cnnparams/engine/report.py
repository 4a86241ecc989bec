"""The Report: nothing but numbers and names, for every renderer.

Each field says once what it is: its kind decides how JSON and tables write it; with a title it is a column of the layer
table, or a line of the totals. A renderer walks the fields, and knows none of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum, auto
from functools import cache
from typing import Any, Literal, NamedTuple

from cnnparams.layers.base import Hyperparameter
from cnnparams.layers.shape import Shape

__all__ = [
    "Column",
    "Kind",
    "LayerReport",
    "PortReport",
    "Report",
    "Shape",
    "TensorReport",
    "Total",
    "columns",
    "totals",
]

BYTES_FLOAT32 = 4


class Kind(Enum):
    """What a field holds."""

    TEXT = auto()
    NAMES = auto()
    SETTINGS = auto()
    SHAPE = auto()
    SHAPES = auto()
    COUNT = auto()
    BYTES = auto()
    SHARE = auto()
    TENSORS = auto()
    PORTS = auto()
    LAYERS = auto()


class Column(NamedTuple):
    """A column of the layer table: the word that chooses it, its title, and the field it shows."""

    key: str
    title: str
    kind: Kind
    default: bool
    field: str


class Total(NamedTuple):
    """A line of the totals; an optional one is left out where it is 0.

    With a `short` title it is a column where networks stand side by side.
    """

    title: str
    kind: Kind
    optional: bool
    short: str | None
    field: str


class PortReport(NamedTuple):
    """An input or a result of the network."""

    name: str
    shape: Shape


class TensorReport(NamedTuple):
    """One tensor of a layer."""

    name: str
    shape: tuple[int, ...]
    role: Literal["trainable", "frozen", "buffer"]


def _column(kind: Kind, key: str, title: str, *, default: bool = False) -> Any:
    return field(metadata={"kind": kind, "column": (key, title, kind, default)})


def _total(kind: Kind, title: str, *, optional: bool = False, short: str | None = None) -> Any:
    return field(metadata={"kind": kind, "total": (title, kind, optional, short)})


def _data(kind: Kind) -> Any:
    return field(metadata={"kind": kind})


# ruff: noqa: RUF009  # the defaults below are dataclass fields
@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport:
    """What one layer is and costs, for one sample. Counts are in elements and in multiply-accumulates."""

    name: str = _column(Kind.TEXT, "layer", "Layer", default=True)
    type: str = _column(Kind.TEXT, "type", "Type")
    activation: str | None = _column(Kind.TEXT, "activation", "Activation")
    hyperparameters: tuple[Hyperparameter, ...] = _column(
        Kind.SETTINGS, "hyperparameters", "Hyperparameters", default=True
    )
    groups: int | None = _column(Kind.COUNT, "groups", "Groups")
    inputs: tuple[str, ...] = _data(Kind.NAMES)
    input_shapes: tuple[Shape, ...] = _column(Kind.SHAPES, "input", "Input", default=True)
    output_shape: Shape = _column(Kind.SHAPE, "output", "Output", default=True)
    params: int = _column(Kind.COUNT, "params", "Parameters", default=True)
    share: float = _column(Kind.SHARE, "share", "Share")
    trainable_params: int = _column(Kind.COUNT, "trainable", "Trainable")
    frozen_params: int = _column(Kind.COUNT, "frozen", "Frozen")
    buffers: int = _column(Kind.COUNT, "buffers", "Buffers")
    macs: int = _column(Kind.COUNT, "macs", "MACs")
    shares: str | None = _column(Kind.TEXT, "shares", "Shares")
    tensors: tuple[TensorReport, ...] = _column(Kind.TENSORS, "tensors", "Tensors")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a network is and costs, layer by layer and in total, for one sample.

    `input_shape` and `output_shape` are those of the first input and the first result.
    """

    name: str = _data(Kind.TEXT)
    input_shape: Shape = _data(Kind.SHAPE)
    output_shape: Shape = _data(Kind.SHAPE)
    inputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    outputs: tuple[PortReport, ...] = _data(Kind.PORTS)
    layers: tuple[LayerReport, ...] = _data(Kind.LAYERS)
    total_params: int = _total(Kind.COUNT, "Total parameters", short="Parameters")
    trainable_params: int = _total(Kind.COUNT, "Trainable")
    frozen_params: int = _total(Kind.COUNT, "Frozen")
    buffers: int = _total(Kind.COUNT, "Buffers", optional=True)
    float32_bytes: int = _total(Kind.BYTES, "Size in float32")
    total_macs: int = _total(Kind.COUNT, "MACs", short="MACs")


@cache
def columns() -> dict[str, Column]:
    """Return every column by its key, in the order of tables."""
    declared = ((f.name, f.metadata["column"]) for f in fields(LayerReport) if "column" in f.metadata)
    return {key: Column(key, title, kind, default, name) for name, (key, title, kind, default) in declared}


@cache
def totals() -> tuple[Total, ...]:
    """Return every line of the totals, in order."""
    declared = ((f.name, f.metadata["total"]) for f in fields(Report) if "total" in f.metadata)
    return tuple(Total(title, kind, optional, short, name) for name, (title, kind, optional, short) in declared)
