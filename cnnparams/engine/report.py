"""The Report: nothing but numbers and names, for every renderer. A field with a `column` is a column of tables."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum, auto
from functools import cache
from typing import Any, Literal, NamedTuple

from cnnparams.layers.base import Hyperparameter
from cnnparams.layers.shape import Shape

__all__ = ["Column", "Kind", "LayerReport", "Report", "Shape", "TensorReport", "columns"]

BYTES_FLOAT32 = 4


class Kind(Enum):
    """What a column holds, which decides how a cell is written and aligned."""

    TEXT = auto()
    SETTINGS = auto()
    SHAPE = auto()
    SHAPES = auto()
    COUNT = auto()
    SHARE = auto()
    TENSORS = auto()


class Column(NamedTuple):
    """A column of the layer table: the word that chooses it, its title, and the field it shows."""

    key: str
    title: str
    kind: Kind
    default: bool
    field: str


def _column(key: str, title: str, kind: Kind, *, default: bool = False) -> dict[str, Any]:
    return {"column": (key, title, kind, default)}


class TensorReport(NamedTuple):
    """One tensor of a layer."""

    name: str
    shape: tuple[int, ...]
    role: Literal["trainable", "frozen", "buffer"]


@dataclass(frozen=True, slots=True)
class LayerReport:
    """What one layer is and costs, for one sample. Counts are in elements and in multiply-accumulates."""

    name: str = field(metadata=_column("layer", "Layer", Kind.TEXT, default=True))
    type: str = field(metadata=_column("type", "Type", Kind.TEXT))
    activation: str | None = field(metadata=_column("activation", "Activation", Kind.TEXT))
    hyperparameters: tuple[Hyperparameter, ...] = field(
        metadata=_column("hyperparameters", "Hyperparameters", Kind.SETTINGS, default=True)
    )
    groups: int | None = field(metadata=_column("groups", "Groups", Kind.COUNT))
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...] = field(metadata=_column("input", "Input", Kind.SHAPES, default=True))
    output_shape: Shape = field(metadata=_column("output", "Output", Kind.SHAPE, default=True))
    params: int = field(metadata=_column("params", "Parameters", Kind.COUNT, default=True))
    share: float = field(metadata=_column("share", "Share", Kind.SHARE))
    trainable_params: int = field(metadata=_column("trainable", "Trainable", Kind.COUNT))
    frozen_params: int = field(metadata=_column("frozen", "Frozen", Kind.COUNT))
    buffers: int = field(metadata=_column("buffers", "Buffers", Kind.COUNT))
    macs: int = field(metadata=_column("macs", "MACs", Kind.COUNT))
    tensors: tuple[TensorReport, ...] = field(metadata=_column("tensors", "Tensors", Kind.TENSORS))


@dataclass(frozen=True, slots=True)
class Report:
    """What a network is and costs, layer by layer and in total, for one sample."""

    name: str
    input_shape: Shape
    output_shape: Shape
    layers: tuple[LayerReport, ...]
    total_params: int
    trainable_params: int
    frozen_params: int
    buffers: int
    total_macs: int

    @property
    def float32_bytes(self) -> int:
        """The size of all parameters at four bytes each."""
        return self.total_params * BYTES_FLOAT32


@cache
def columns() -> dict[str, Column]:
    """Return every column by its key, in the order of tables."""
    declared = ((f.name, f.metadata["column"]) for f in fields(LayerReport) if "column" in f.metadata)
    return {key: Column(key, title, kind, default, name) for name, (key, title, kind, default) in declared}
