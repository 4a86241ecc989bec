"""Recurrent layers."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, Weights
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, FileDims
from cnnparams.sources.onnx.ops import translates

_OTHERWISE = "works otherwise than PyTorch's layer of that name"
_FROM_ELSEWHERE = "a spec does not say that first states or lengths of these layers enter; no count depends on it"
_RESETS_FIRST = "these layers reset the state before they multiply it, as PyTorch's do not; their counts are the same"


class _CellKind(NamedTuple):
    """What a recurrent operation is as a layer: its activations in each direction, which further inputs are states."""

    type: str
    activations: tuple[tuple[str, ...], ...]
    states: tuple[int, ...]


_KINDS = {
    "LSTM": _CellKind("lstm", (("Sigmoid", "Tanh", "Tanh"),), (5, 6)),
    "GRU": _CellKind("gru", (("Sigmoid", "Tanh"),), (5,)),
    "RNN": _CellKind("rnn", (("Tanh",), ("Relu",)), (5,)),
}
_LENGTHS, _PEEPHOLES = 4, 7


@translates(*_KINDS)
def recurrent(call: NodeContext) -> list[OnnxValue | None]:
    """Return a recurrent layer: the output at every step, and the last states, of LSTM's cell too."""
    x, kind, held = call.tensor(), _KINDS[call.op.kind], Weights((call.weight(1), call.weight(2), *call.weights(3)))
    batch_first = call.integer("layout", 0) != 0
    if x.batch is None and x.number == 1 and x.full[1:2] == (1,):
        x = x.with_dims(x.full, 1, call.op)
    if x.batch != (0 if batch_first else 1) or len(x.dims) != 2:
        hint = "give a sequence that has no batch whole: --input NAME=8x576"
        raise NoLayerError("takes a dimension for the batch that is not the batch here", hint)
    y = _flipped(call, x)
    y = call.add(kind.type, _settings(call, kind, held.learned), y, held=held._replace(read=_given(call, kind)))
    y = _flipped(call, y)
    directions, hidden = held.learned[1].dims[0], held.learned[1].dims[2]
    steps = y._replace(dims=(y.dims[0], directions, hidden), batch=0 if batch_first else 2, view=call.op)
    batch = 0 if batch_first else 1
    return [steps, _last(call, y, directions, batch), _cell(call, y, (directions, hidden), batch)]


def _flipped(call: NodeContext, x: GraphTensor) -> GraphTensor:
    """Return the steps from the last to the first, where a layer runs backwards."""
    if call.text("direction", "forward") != "reverse":
        return x
    return call.add("flip", {"dims": 1}, x, name=call.assembly.names.numbered("flip"))


def _given(call: NodeContext, kind: _CellKind) -> tuple[ConstantTensor, ...]:
    """Return what is read beside weights and changes no count: zeros as first states, lengths; remark on the others."""
    if call.has(_PEEPHOLES):
        raise NoLayerError("has peepholes, which no layer type has")
    others = [(i, call.value(i)) for i in (_LENGTHS, *kind.states) if call.has(i)]
    known = tuple(value for _, value in others if isinstance(value, ConstantTensor))
    if not all(map(_is_zero, (value for i, value in others if i != _LENGTHS and isinstance(value, ConstantTensor)))):
        raise NoLayerError("has a first state of its own, which no layer type has")
    if len(known) < len(others):
        call.assembly.remark(_FROM_ELSEWHERE, call.op.called)
    return known


def _settings(call: NodeContext, kind: _CellKind, weights: tuple[ConstantTensor, ...]) -> dict[str, Any]:
    if len(weights[0].dims) != 3 or len(weights[1].dims) != 3:
        raise NoLayerError("has weights that are not a matrix for each direction", "export it again")
    directions, _, inputs = weights[0].dims
    both = call.text("direction", "forward") == "bidirectional"
    nonlinearity = _activation(call, kind, 2 if both else 1)
    if directions != 1 + both:
        raise NoLayerError("has weights for another number of directions", "export it again")
    if call.op.kind == "GRU" and not call.integer("linear_before_reset", 0):
        call.assembly.remark(_RESETS_FIRST, call.op.called)
    settings = {"input_size": inputs, "hidden_size": weights[1].dims[2], "bidirectional": both}
    return {**settings, **nonlinearity, "bias": len(weights) == 3}


def _activation(call: NodeContext, kind: _CellKind, directions: int) -> dict[str, str]:
    """Return the nonlinearity of a plain recurrent layer; raise NoLayerError for what no layer has."""
    written = call.op.attributes.get("activations") or kind.activations[0] * directions
    known = {activations * directions: activations[0].casefold() for activations in kind.activations}
    if written not in known or "clip" in call.op.attributes or call.integer("input_forget", 0):
        raise NoLayerError(_OTHERWISE, "use its usual activations, no clip and no input_forget")
    return {"nonlinearity": known[written]} if len(known) > 1 else {}


def _is_zero(state: ConstantTensor) -> bool:
    """Tell whether a first state is all zeros: that of the exporters, which make it in place, is."""
    if state.data is not None:
        return not state.data.any()
    return not any(origin.stored for origin in state.origins)


def _last(call: NodeContext, y: GraphTensor, directions: int, batch: int) -> GraphTensor | None:
    """Return the last state of each direction: of the second it is the output at the first step."""
    if len(call.op.outputs) < 2 or not call.op.outputs[1]:
        return None
    is_reverse = call.text("direction", "forward") == "reverse"
    last = _part(call, y, {"dim": 1, "end": 1} if is_reverse else {"dim": 1, "start": -1})
    if directions == 1:
        return last._replace(batch=batch)
    hidden = y.dims[1] // directions
    forward = _part(call, last, {"dim": 2, "end": hidden})
    backward = _part(call, _part(call, y, {"dim": 1, "end": 1}), {"dim": 2, "start": hidden})
    both = call.add("concat", {"dim": 1}, forward, backward, name=call.assembly.names.numbered("concat"))
    return both._replace(batch=batch)


def _cell(call: NodeContext, y: GraphTensor, dims: FileDims, batch: int) -> GraphTensor | None:
    """Return the last state of LSTM's cell, which no layer gives, but its size: that of the output of a step."""
    if len(call.op.outputs) < 3 or not call.op.outputs[2]:
        return None
    shape = {"op": "onnx.LSTM.Y_c", "shape": dims}
    return call.add("opaque", shape, y, name=call.assembly.names.numbered("opaque"))._replace(batch=batch)


def _part(call: NodeContext, x: GraphTensor, settings: dict[str, int]) -> GraphTensor:
    """Return some steps, or some features."""
    return call.add("slice", settings, x, name=call.assembly.names.numbered("slice"))
