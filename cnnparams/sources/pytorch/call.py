"""One step of a model as its translation sees it: what enters, and where layers are put for it."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from cnnparams.layers.contract.base import Layer
from cnnparams.sources.assembly import NoLayerError, layer_of
from cnnparams.sources.pytorch.names import joined, spelled
from cnnparams.sources.pytorch.sketch import TorchAssembly
from cnnparams.sources.pytorch.step import Step
from cnnparams.sources.pytorch.values import Flow, Implied, ModelTensor, Unsaid

_MERGES = ("add", "concat", "multiply")


class Call:
    """The step, and the network so far."""

    def __init__(self, sketch: TorchAssembly, step: Step) -> None:
        self.sketch = sketch
        self.step = step
        self.name = sketch.names.of_call(step.chain)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what the step gives, with the batch."""
        return tuple(self.step.value.shape)

    def flow(self, value: Any) -> Flow:
        """Return a value as a tensor on its way; raise NoLayerError where it is something else."""
        if isinstance(value, Flow):
            return value
        if isinstance(value, Implied):
            return value.put(self)
        raise _error(value)

    def put(
        self, type_: str, settings: Mapping[str, Any], *inputs: Flow, held: Sequence[ModelTensor] = (), batch: int = 0
    ) -> Flow:
        """Put a layer here, which wants the batch as this dimension; raise NoLayerError where it cannot stand."""
        for x in inputs:
            if x.batch != batch:
                raise NoLayerError(f"expects the batch as dimension {batch}, but it is dimension {x.batch}")
        layer = layer_of(type_, settings)
        edges = tuple(x.edge for x in inputs)
        return Flow(self.sketch.put(self._name(layer, held), layer, edges, held), batch)

    def _name(self, layer: Layer, held: Sequence[ModelTensor]) -> str:
        names = self.sketch.names
        if self.step.kind == "module":
            return names.of_layer(self.name, self.name)
        if held and (own := self._own_name(held, alone=layer.type == "parameter")):
            return names.of_layer(own, own if own in names.own else self.name)
        if layer.type in _MERGES:  # as residual and parallel call it
            return names.of_layer(joined(self.name, layer.type), self.name)
        return names.numbered(layer.stem, self.name)

    def _own_name(self, held: Sequence[ModelTensor], *, alone: bool) -> str:
        """Return what a tensor that is `alone` is called; of several without the word weight, or else their module."""
        owner, _, own = held[0].path.rpartition(".")
        if not alone and self.sketch.are_all(held, owner):
            own = ""
        part = own if alone else own.removesuffix("weight").rstrip("_")
        name = self.name if owner == self.step.path else owner
        return spelled(joined(name, part) if part else name)


def _error(value: Any) -> NoLayerError:
    if isinstance(value, Unsaid):
        return NoLayerError(f"uses {value.what}", told=value.told)
    what = value.path if isinstance(value, ModelTensor) else reprlib.repr(value)
    return NoLayerError(f"uses {what} where a tensor is due that comes from the input")
