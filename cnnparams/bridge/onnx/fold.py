"""Arithmetic on what does not depend on the input, such as the sizes that a Reshape is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnparams.bridge.onnx.model import Known, Op
from cnnparams.bridge.onnx.proto import MOST_VALUES
from cnnparams.bridge.onnx.values import NoLayerError


def fold(op: Op, known: Sequence[Known]) -> Known | None:
    """Return what a node computes of small tensors; None where that is not arithmetic, or their values are not read."""
    compute = _FOLDS.get(op.kind)
    if compute is None or any(one.data is None for one in known):
        return None
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(compute(op, *(one.data for one in known)))
    except (ArithmeticError, IndexError, TypeError, ValueError) as error:
        raise NoLayerError(f"computes what cannot be computed: {error}", "export it again") from None
    if result.size > MOST_VALUES:
        raise NoLayerError(f"computes {result.size:,} numbers, which are more than any setting has")
    return Known(result.shape, result.dtype.kind == "f", result, frozenset().union(*(one.origins for one in known)))


def _divide(a: Any, b: Any) -> Any:
    """Divide as ONNX does: whole numbers towards zero."""
    return a / b if a.dtype.kind == "f" else np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))


def _gather(op: Op, data: Any, indices: Any) -> Any:
    axis = _axis(op, 0)
    if indices.size * data.size > MOST_VALUES * data.shape[axis]:
        raise ValueError("too many numbers")
    return np.take(data, indices, axis=axis)


def _range(op: Op, start: Any, limit: Any, delta: Any) -> Any:
    if max(math.ceil((limit.item() - start.item()) / delta.item()), 0) > MOST_VALUES:
        raise ValueError("a range of too many numbers")
    return np.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)


def _product(op: Op, data: Any, axes: Any = None) -> Any:
    named = op.attributes.get("axes") if axes is None else tuple(axes.ravel().tolist())
    return np.prod(data, axis=named, keepdims=op.attributes.get("keepdims", 1) != 0, dtype=data.dtype)


def _axis(op: Op, default: int) -> int:
    axis = op.attributes.get("axis", default)
    if not isinstance(axis, int):
        raise TypeError("axis is no whole number")
    return axis


def _elementwise(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that sizes of 1 are repeated in, within bounds."""

    def bounded(op: Op, *data: Any) -> Any:
        if math.prod(np.broadcast_shapes(*(one.shape for one in data))) > MOST_VALUES:
            raise ValueError("too many numbers")
        return compute(*data)

    return bounded


_FOLDS: dict[str, Callable[..., Any]] = {
    "Gather": _gather,
    "Range": _range,
    "ReduceProd": _product,
    "Div": _elementwise(_divide),
    **{
        kind: _elementwise(compute)
        for kind, compute in {
            "Abs": np.abs,
            "Add": np.add,
            "And": np.logical_and,
            "Ceil": np.ceil,
            "Equal": np.equal,
            "Floor": np.floor,
            "Greater": np.greater,
            "GreaterOrEqual": np.greater_equal,
            "Less": np.less,
            "LessOrEqual": np.less_equal,
            "Max": lambda *data: np.maximum.reduce(np.broadcast_arrays(*data)),
            "Min": lambda *data: np.minimum.reduce(np.broadcast_arrays(*data)),
            "Mod": np.mod,
            "Mul": np.multiply,
            "Neg": np.negative,
            "Not": np.logical_not,
            "Or": np.logical_or,
            "Sqrt": np.sqrt,
            "Sub": np.subtract,
            "Where": np.where,
        }.items()
    },
}
