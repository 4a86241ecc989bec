"""Operations on whole numbers of 8 bits -> those on the numbers that they stand for, as the network was before.

ONNX keeps such networks in two ways (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html): as
QuantizeLinear and DequantizeLinear around operations on floating point numbers, or as operations of their own, which
read scales and zero points beside the numbers. Here the second becomes the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnnparams.sources.onnx.model import ConstantTensor, OnnxNode

DEQUANTIZED = "Dequantized"
QUANTIZED = "Quantized"
ACCUMULATED = "Accumulated"
"""What stands around an operation: numbers from whole ones, whole ones from numbers, sums that are not scaled yet."""

_RUNTIME = "com.microsoft"  # the domain of what onnxruntime's quantizer writes beside ONNX's own


class WholeNumbers(NamedTuple):
    """An operation on whole numbers: what it stands for, and the inputs of that, each with its scale and zero point.

    `result` is what becomes of what it gives; `transposed` are inputs whose last two dimensions change places.
    """

    kind: str
    inputs: tuple[tuple[int, ...], ...]
    result: str | None = QUANTIZED
    transposed: tuple[int, ...] = ()


_ONE = ((0, 1, 2),)
_TWO = ((0, 1, 2), (3, 4, 5))
_LSTM = ((0,), (1, 8, 9), (2, 10, 11), (3,), (4,), (5,), (6,), (7,))
_STANDS_FOR: Mapping[tuple[str, str], WholeNumbers] = {
    ("", "ConvInteger"): WholeNumbers("Conv", ((0, 2), (1, 3)), ACCUMULATED),
    ("", "MatMulInteger"): WholeNumbers("MatMul", ((0, 2), (1, 3)), ACCUMULATED),
    ("", "QLinearConv"): WholeNumbers("Conv", (*_TWO, (8,))),
    ("", "QLinearMatMul"): WholeNumbers("MatMul", _TWO),
    (_RUNTIME, "DynamicQuantizeLSTM"): WholeNumbers("LSTM", _LSTM, None, transposed=(1, 2)),
    (_RUNTIME, "DynamicQuantizeMatMul"): WholeNumbers("Linear", ((0,), (1, 2, 3), (4,)), None),
    (_RUNTIME, "MatMulIntegerToFloat"): WholeNumbers("Linear", ((0, 2, 4), (1, 3, 5), (6,)), None),
    (_RUNTIME, "QGemm"): WholeNumbers("Gemm", (*_TWO, (6,))),
    (_RUNTIME, "QLinearAdd"): WholeNumbers("Add", _TWO),
    (_RUNTIME, "QLinearAveragePool"): WholeNumbers("AveragePool", _ONE),
    (_RUNTIME, "QLinearConv"): WholeNumbers("Conv", (*_TWO, (8,))),
    (_RUNTIME, "QLinearGlobalAveragePool"): WholeNumbers("GlobalAveragePool", _ONE),
    (_RUNTIME, "QLinearLeakyRelu"): WholeNumbers("LeakyRelu", _ONE),
    (_RUNTIME, "QLinearMul"): WholeNumbers("Mul", _TWO),
    (_RUNTIME, "QLinearReduceMean"): WholeNumbers("ReduceMean", _ONE),
    (_RUNTIME, "QLinearSigmoid"): WholeNumbers("Sigmoid", _ONE),
    (_RUNTIME, "QLinearSoftmax"): WholeNumbers("Softmax", _ONE),
}


def as_numbers(ops: Iterable[OnnxNode]) -> Iterator[OnnxNode]:
    """Yield the nodes, those on whole numbers as the ones that they stand for."""
    for op in ops:
        stands_for = _stands_for(op)
        yield from _expanded(op, stands_for) if stands_for and not op.attributes.get("channels_last", 0) else [op]


def _stands_for(op: OnnxNode) -> WholeNumbers | None:
    if (op.domain, op.kind) == (_RUNTIME, "QLinearConcat"):  # a scale and a zero point of the result before any input
        return WholeNumbers("Concat", tuple((i, i + 1, i + 2) for i in range(2, len(op.inputs), 3)))
    return _STANDS_FOR.get((op.domain, op.kind))


def _expanded(op: OnnxNode, whole: WholeNumbers) -> Iterator[OnnxNode]:
    name = next(iter(op.outputs), "")
    plain = op._replace(domain="", parts=(op,))
    reads: list[str] = []
    for at, group in enumerate(whole.inputs):
        given = [op.inputs[i] if i < len(op.inputs) else "" for i in group]
        if given[0]:
            made = f"{name}:number{at}"
            yield plain._replace(kind=DEQUANTIZED, inputs=tuple(given), outputs=(made,))
            given = [made]
        if at in whole.transposed:
            turned = f"{name}:turned{at}"
            order = {"perm": (0, 2, 1)}
            yield plain._replace(kind="Transpose", inputs=tuple(given[:1]), outputs=(turned,), attributes=order)
            given = [turned]
        reads.append(given[0])
    if whole.result is None:
        yield plain._replace(kind=whole.kind, inputs=tuple(reads))
        return
    yield plain._replace(kind=whole.kind, inputs=tuple(reads), outputs=(f"{name}:result",))
    yield plain._replace(kind=whole.result, inputs=(f"{name}:result",))


_BITS = {"int8": "int8", "uint8": "int8", "int16": "int16", "uint16": "int16"}
"""The dtypes of a spec for those of zero points."""
_FOLLOW = ("Clip", "Flatten", "HardSwish", "Identity", "LeakyRelu", "Relu", "Relu6", "Reshape", "Sigmoid", "Silu")
"""What works in the type that its result is kept in, together with what comes before."""


def kept_in(ops: Iterable[OnnxNode], known: Mapping[str, ConstantTensor]) -> Mapping[str, str]:
    """Return the dtype of values that are kept as whole numbers with a scale, by name: those read as such alone."""
    readers: dict[str, list[str | None]] = {}
    found: dict[str, str] = {}
    for op in reversed(list(ops)):
        for name in op.outputs:
            (only, *others) = {*readers.get(name, [None])}
            if only and not others:
                found[name] = only
        kind = found.get(op.outputs[0]) if op.kind in _FOLLOW else None
        if op.kind in ("QuantizeLinear", QUANTIZED):
            kind = _dtype_of(op, known)
        for name in op.reads:
            readers.setdefault(name, []).append(kind)
    return found


def _dtype_of(op: OnnxNode, known: Mapping[str, ConstantTensor]) -> str | None:
    zero_point = known.get(op.inputs[2]) if len(op.inputs) > 2 else None
    if zero_point is None or zero_point.data is None:
        return "int8"
    return _BITS.get(zero_point.data.dtype.name)
