"""Arithmetic on what does not depend on the input, such as the sizes that a Reshape is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnnparams.errors import brief
from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.model import ConstantTensor, FileDims, OnnxNode
from cnnparams.sources.onnx.proto import MOST_VALUES


class _TooManyError(Exception):
    """More numbers than any setting has."""


def fold_constants(op: OnnxNode, known: Sequence[ConstantTensor]) -> ConstantTensor | None:
    """Return what a node computes of tensors of the file; None where that is not arithmetic, or values are not read.

    What is made of weights and of single numbers, as of a scale, is made of the weights. Of large tensors, whose values
    are never read, element by element only the sizes are worked out.
    """
    compute, read = _FOLDS.get(op.kind), all(one.data is not None for one in known)
    if compute is None or not (read or op.kind in _ELEMENTWISE):
        return None
    try:
        if not read:
            return _of_sizes(op, known)
        with np.errstate(all="ignore"):
            result = np.asarray(compute(op, *(one.data for one in known)))
    except _TooManyError:
        return None
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError) as error:
        raise NoLayerError(f"cannot be computed: {brief(str(error))}", "export it again") from None
    if result.size > MOST_VALUES:
        return None
    return _made(known, result.shape, result, is_float=result.dtype.kind == "f")


def _of_sizes(op: OnnxNode, known: Sequence[ConstantTensor]) -> ConstantTensor | None:
    dims = tuple(np.broadcast_shapes(*(one.dims for one in known)))
    is_float = op.kind not in _LOGIC and any(one.is_float for one in known)
    return _made(known, dims, None, is_float=is_float)


def _made(known: Sequence[ConstantTensor], dims: FileDims, data: Any, *, is_float: bool) -> ConstantTensor:
    """Return a result, which is made of what is as it is, and of no single number if there is such."""
    weights = [one for one in known if one.is_float == is_float and one.size != 1] or known
    origins = frozenset().union(*(one.origins for one in weights))
    return ConstantTensor(dims, is_float, data, origins, any(one.reordered for one in weights))


def _divide(a: Any, b: Any) -> Any:
    """Divide as ONNX does: whole numbers towards zero."""
    return a / b if a.dtype.kind == "f" else np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))


def _gather(op: OnnxNode, data: Any, indices: Any) -> Any:
    axis = _axis(op, 0)
    if indices.size * data.size > MOST_VALUES * data.shape[axis]:
        raise _TooManyError
    return np.take(data, indices, axis=axis)


def _matmul(op: OnnxNode, a: Any, b: Any) -> Any:
    if a.ndim > 2 or b.ndim > 2 or a.size * b.size > MOST_VALUES * max(*a.shape[-1:], 1, 1) ** 2:
        raise _TooManyError
    return np.matmul(a, b)


def _power(base: Any, exponent: Any) -> Any:
    return np.power(base, exponent.astype(base.dtype))


def _range(op: OnnxNode, start: Any, limit: Any, delta: Any) -> Any:
    if max(math.ceil((limit.item() - start.item()) / delta.item()), 0) > MOST_VALUES:
        raise ValueError("a range of too many numbers")
    return np.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)


def _reduction(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function over some dimensions, or over all."""

    def reduced(op: OnnxNode, data: Any, axes: Any = None) -> Any:
        named = op.attributes.get("axes") if axes is None else tuple(axes.ravel().tolist())
        if named == () and op.attributes.get("noop_with_empty_axes", 0):
            return data
        return compute(data, axis=named or None, keepdims=op.attributes.get("keepdims", 1) == 1).astype(data.dtype)

    return reduced


def _axis(op: OnnxNode, default: int) -> int:
    axis = op.attributes.get("axis", default)
    if not isinstance(axis, int):
        raise TypeError("axis is not a whole number")
    return axis


def _elementwise(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that sizes of 1 are repeated in, within bounds."""

    def bounded(op: OnnxNode, *data: Any) -> Any:
        if math.prod(np.broadcast_shapes(*(one.shape for one in data))) > MOST_VALUES:
            raise _TooManyError
        return compute(*data)

    return bounded


_LOGIC: dict[str, Callable[..., Any]] = {
    "And": np.logical_and,
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Not": np.logical_not,
    "Or": np.logical_or,
}
_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "Add": np.add,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Div": _divide,
    "Exp": np.exp,
    "Floor": np.floor,
    "Log": np.log,
    "Max": lambda *data: np.maximum.reduce(np.broadcast_arrays(*data)),
    "Min": lambda *data: np.minimum.reduce(np.broadcast_arrays(*data)),
    "Mod": np.mod,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Pow": _power,
    "Reciprocal": np.reciprocal,
    "Round": np.round,
    "Sign": np.sign,
    "Sin": np.sin,
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "Where": np.where,
}
_ELEMENTWISE = _LOGIC.keys() | _ARITHMETIC.keys()
_FOLDS: dict[str, Callable[..., Any]] = {
    "Gather": _gather,
    "MatMul": _matmul,
    "Range": _range,
    "ReduceMax": _reduction(np.max),
    "ReduceMean": _reduction(np.mean),
    "ReduceMin": _reduction(np.min),
    "ReduceProd": _reduction(np.prod),
    "ReduceSum": _reduction(np.sum),
    **{kind: _elementwise(compute) for kind, compute in (*_LOGIC.items(), *_ARITHMETIC.items())},
}
