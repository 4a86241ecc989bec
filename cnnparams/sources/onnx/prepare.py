"""A file's nodes as layers come from them: those that matter, several that are one made one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from cnnparams.sources.onnx.fusion import Constants, fused
from cnnparams.sources.onnx.model import Known, Model, Op

_CLIPS = {(0.0, 6.0): "Relu6", (0.0, math.inf): "Relu"}
_LARGEST = 3e38  # bounds beyond are what older files have for none
_PASSING = ("Identity", "Cast", "CastLike")
_RANDOM = ("RandomNormal", "RandomUniform")


def prepared(model: Model) -> tuple[Op, ...]:
    """Return the nodes that the outputs depend on, in order; outputs that nothing reads are called ""."""
    kept = frozenset(port.name for port in model.outputs)
    live = _live(model.ops, kept)
    constants = _constants(model, live)
    return tuple(_live(tuple(fused([_told_apart(op, constants) for op in live], constants, kept)), kept))


def _live(ops: Sequence[Op], kept: frozenset[str]) -> list[Op]:
    wanted = set(kept)
    live = []
    for op in reversed(ops):
        outputs = tuple(name if name in wanted else "" for name in op.outputs)
        if any(outputs):
            live.append(op._replace(outputs=outputs))
            inner = {name for part in op.parts for name in part.outputs}
            wanted.update(op.reads, {name for part in op.parts for name in part.inputs} - inner)
    return live[::-1]


def _constants(model: Model, ops: Iterable[Op]) -> Constants:
    names = set(model.initializers)
    numbers = {name: number for name, known in model.initializers.items() if (number := _number(known)) is not None}
    for op in ops:
        read = op.inputs[:1] if op.kind in _PASSING else op.reads
        if op.kind not in _RANDOM and all(name in names for name in read if name):
            names.update(op.outputs)
            if (number := _made(op, numbers)) is not None:
                numbers[op.outputs[0]] = number
    return Constants(frozenset(names), numbers)


def _made(op: Op, numbers: dict[str, float]) -> float | None:
    """Return the number that a node gives, if it is a single one."""
    if op.kind in _PASSING:
        return numbers.get(op.inputs[0]) if op.inputs else None
    if op.kind != "Constant":
        return None
    for name in ("value", "value_float", "value_int"):
        value = op.attributes.get(name)
        if isinstance(value, Known):
            return _number(value)
        if isinstance(value, int | float):
            return value
    return None


def _number(known: Known) -> float | None:
    return float(known.data.item()) if known.data is not None and known.size == 1 else None


def _told_apart(op: Op, constants: Constants) -> Op:
    """Return an operation under the name of what its settings make of it."""
    if op.domain == "" and op.kind == "Clip":
        bounds = (_bound(op, 1, "min", constants), _bound(op, 2, "max", constants))
        return op._replace(kind=_CLIPS[bounds], inputs=op.inputs[:1], parts=(op,)) if bounds in _CLIPS else op
    if op.domain == "" and op.kind == "Pad" and op.attributes.get("mode", "constant") != "constant":
        return op._replace(kind="MirroredPad", parts=(op,))
    return op


def _bound(op: Op, i: int, attribute: str, constants: Constants) -> float:
    none = -math.inf if attribute == "min" else math.inf
    written: Any = op.attributes.get(attribute)
    if i < len(op.inputs) and op.inputs[i]:
        written = constants.numbers.get(op.inputs[i], math.nan)
    value = written if isinstance(written, int | float) else none
    return none if abs(value) > _LARGEST else value
