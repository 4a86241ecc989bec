"""Recurrent layers, as ATen has them: functions of all their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from cnnparams.layers.contract.registry import find_type, layer_class
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.pytorch.assembly import StepContext
from cnnparams.sources.pytorch.functions import function
from cnnparams.sources.pytorch.values import Batched, ModelTensor, Unsaid, is_list


class States(NamedTuple):
    """The last hidden states of all layers and directions: those of the last layer are in its output."""

    of: Batched
    layers: int
    directions: int

    def put(self, call: StepContext) -> Batched:
        """Return the state of a single layer and direction as a list of one: the output at the last step."""
        if self.layers * self.directions > 1:
            raise NoLayerError("uses the states of several layers or directions", "take one, as h[-1] does")
        dim = self.of.dim(1 - (self.of.batch or 0))
        last = call.put("slice", {"dim": dim, "start": -1}, self.of, batch=self.of.batch)
        return last._replace(batch=1)

    def pick(self, call: StepContext, index: int) -> Batched:
        """Return the state of one layer and direction: the output at the last step, or backwards at the first."""
        layer, direction = divmod(index % (self.layers * self.directions), self.directions)
        if layer != self.layers - 1:
            raise NoLayerError("uses the state of an inner layer", "only that of the last layer, h[-1], leaves it")
        out = self.of
        step = {"start": -1} if direction == 0 else {"end": 1}
        out = call.put("slice", {"dim": out.dim(1 - (out.batch or 0)), **step}, out, batch=out.batch)
        if self.directions > 1:
            size = out.dims[-1] // self.directions
            half = {"end": size} if direction == 0 else {"start": size}
            out = call.put("slice", {"dim": out.dim(-1), **half}, out, batch=out.batch)
        return call.put("flatten", {}, out, batch=out.batch)._replace(batch=0)


def recurrent(
    call: StepContext, type_: str, settings: Mapping[str, Any], held: Sequence[ModelTensor], x: Any, hx: Any = None
) -> tuple[Batched, States, Unsaid]:
    """Put a recurrent layer; return its output, its hidden states and its cell states."""
    for state in hx if is_list(hx) else (hx,):
        if state is not None and not (isinstance(state, Unsaid) and state.zeros):
            raise NoLayerError("starts from an initial state other than zeros")
    out = call.put(type_, settings, call.flow(x), held=held, batch=0 if settings["batch_first"] else 1)
    states = States(out, settings["num_layers"], 2 if settings["bidirectional"] else 1)
    return out, states, Unsaid("the cell states of an LSTM")


def _aten(
    type_: str,
    own: Mapping[str, Any],
    call: StepContext,
    x: Any,
    hx: Any,
    params: Sequence[ModelTensor],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
) -> tuple[Any, ...]:
    declared = find_type(type_)
    assert declared is not None
    hidden = params[0].shape[0] // layer_class(declared).gates  # type: ignore[attr-defined]
    projected = params[1].shape[1]
    settings = {
        "hidden_size": hidden,
        "num_layers": num_layers,
        "bias": has_biases,
        "batch_first": batch_first,
        "dropout": dropout,
        "bidirectional": bidirectional,
        **own,
        **({"proj_size": projected} if projected != hidden else {}),
    }
    return recurrent(call, type_, settings, params, x, hx)


function("lstm")(partial(_aten, "lstm", {}))
function("gru")(partial(_aten, "gru", {}))
function("rnn_tanh")(partial(_aten, "rnn", {}))
function("rnn_relu")(partial(_aten, "rnn", {"nonlinearity": "relu"}))
