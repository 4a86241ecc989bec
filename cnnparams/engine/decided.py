"""Which settings of a layer need not be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.layers.base import Layer
from cnnparams.layers.shape import Shape


def decided(layer: Layer, inputs: Sequence[Shape]) -> Iterator[str]:
    """Yield the settings that have the value which the input decides, or other settings do, where they are left out."""
    found = layer.inferred(*inputs)
    unwritten = layer.model_copy(update=dict.fromkeys(found)).inferred(*inputs) if found else {}
    yield from (name for name in found if unwritten[name] == getattr(layer, name))
