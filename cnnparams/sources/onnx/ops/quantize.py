"""What stands for floating point numbers in 8 bits: the network that is meant is the one without."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.quantized import ACCUMULATED, DEQUANTIZED, QUANTIZED

_STANDS_FOR = "whole numbers with a scale count as the weights that they stand for"


@translates("QuantizeLinear", "DequantizeLinear", QUANTIZED, DEQUANTIZED)
def quantized(call: NodeContext) -> OnnxValue:
    """Return the same values, as numbers of floating point: a scale and a zero point say how these are held."""
    value = call.value(0)
    for i in range(1, len(call.op.inputs)):
        if call.has(i) and isinstance(known := call.value(i), ConstantTensor):
            call.assembly.read.update(known.origins)
    if isinstance(value, GraphTensor):
        return value._replace(is_float=True)
    if value.is_float:
        return value
    if value.size == 1:
        call.assembly.read.update(value.origins)
        return value._replace(is_float=True, data=_number(call, value))
    call.assembly.quantized.update(value.origins)
    call.assembly.remark(_STANDS_FOR, call.op.inputs[0])
    return value._replace(is_float=True, data=None)


def _number(call: NodeContext, value: ConstantTensor) -> Any:
    """Return the number that a single whole one stands for; None where that is not known."""
    scale, zero = (call.known(i).data if call.has(i) else np.zeros(1) for i in (1, 2))
    if value.data is None or scale is None or zero is None or scale.size != 1 or zero.size != 1:
        return None
    return (value.data.astype(np.float32) - zero.item()) * np.float32(scale.item())


@translates("DynamicQuantizeLinear")
def dynamically_quantized(call: NodeContext) -> list[OnnxValue | None]:
    """Return the same values, and a scale and a zero point that are only known when the network runs."""
    return [call.tensor(), ConstantTensor((), True, None), ConstantTensor((), False, None)]


@translates(ACCUMULATED)
def accumulated(call: NodeContext) -> GraphTensor:
    """Return sums of products of whole numbers, which a bias may be added to before they are scaled."""
    return call.tensor()._replace(is_accumulated=True)
