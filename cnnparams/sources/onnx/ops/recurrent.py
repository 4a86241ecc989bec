"""Recurrent layers."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, Weights
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, OnnxNode
from cnnparams.sources.onnx.ops import translates

_BATCH_SECOND = "reads (steps, batch, features), but the first dimension of an input is taken for the batch"
_OTHERWISE = "works differently from PyTorch's layer of the same name"


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


def steps_of(op: OnnxNode) -> str | None:
    """Return what a recurrent node reads step by step, of which each has the whole batch; None of other nodes."""
    return op.inputs[0] if op.kind in _KINDS and op.inputs and not op.attributes.get("layout") else None


@translates(*_KINDS)
def recurrent(call: NodeContext) -> list[OnnxValue | None]:
    """Return a recurrent layer: the output at every step, and the last state; no layer gives that of LSTM's cell."""
    x, kind, held = call.tensor(), _KINDS[call.op.kind], Weights((call.weight(1), call.weight(2), *call.weights(3)))
    batch_first = call.integer("layout", 0) != 0
    if x.batch == 0 and not batch_first and len(x.dims) == 2:
        raise NoLayerError(_BATCH_SECOND, "make it with batch_first=True, as of torch.nn.LSTM, and export it again")
    if x.batch != (0 if batch_first else 1) or len(x.dims) != 2:
        raise NoLayerError("expects the batch as a dimension that is not the batch", "feed it steps of features")
    states = tuple(call.known(i) for i in kind.states if call.has(i))
    if call.has(_LENGTHS) or call.has(_PEEPHOLES) or not all(map(_is_zero, states)):
        raise NoLayerError("has sequence lengths, peepholes or an initial state, which no layer type has")
    y = call.add(kind.type, _settings(call, kind, held.learned), x, held=held._replace(read=states))
    directions, hidden = held.learned[1].dims[0], held.learned[1].dims[2]
    steps = y._replace(dims=(y.dims[0], directions, hidden), batch=0 if batch_first else 2, view=call.op)
    return [steps, _last(call, y, directions, batch=0 if batch_first else 1)]


def _settings(call: NodeContext, kind: _CellKind, weights: tuple[ConstantTensor, ...]) -> dict[str, Any]:
    if len(weights[0].dims) != 3 or len(weights[1].dims) != 3:
        raise NoLayerError("has weights that are not a matrix for each direction", "export it again")
    directions, _, inputs = weights[0].dims
    both = call.text("direction", "forward") == "bidirectional"
    nonlinearity = _activation(call, kind, 2 if both else 1)
    if call.text("direction", "forward") == "reverse" or directions != 1 + both:
        raise NoLayerError("runs backwards only, which no layer type does", "reverse its input instead")
    if call.op.kind == "GRU" and not call.integer("linear_before_reset", 0):
        raise NoLayerError(f"{_OTHERWISE}: it resets the state before it is multiplied", "set linear_before_reset to 1")
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
    last = _part(call, y, {"dim": 1, "start": -1})
    if directions == 1:
        return last._replace(batch=batch)
    hidden = y.dims[1] // directions
    forward = _part(call, last, {"dim": 2, "end": hidden})
    backward = _part(call, _part(call, y, {"dim": 1, "end": 1}), {"dim": 2, "start": hidden})
    both = call.add("concat", {"dim": 1}, forward, backward, name=call.assembly.names.numbered("concat"))
    return both._replace(batch=batch)


def _part(call: NodeContext, x: GraphTensor, settings: dict[str, int]) -> GraphTensor:
    """Return some steps, or some features."""
    return call.add("slice", settings, x, name=call.assembly.names.numbered("slice"))
