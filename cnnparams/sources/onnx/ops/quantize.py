"""What stands for floating point numbers in 8 bits: the network that is meant is the one without."""

from __future__ import annotations

from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.ops import translates

_STANDS_FOR = (
    "whole numbers with a scale count as the weights that they stand for (sizes in 8 bits: cnnparams memory --int8)"
)


@translates("QuantizeLinear", "DequantizeLinear")
def quantized(call: NodeContext) -> OnnxValue:
    """Return the same values, as numbers of floating point: a scale and a zero point say how these are held."""
    value = call.value(0)
    for i in (1, 2):
        if call.has(i):
            call.assembly.read.update(call.known(i).origins)
    if isinstance(value, GraphTensor):
        return value._replace(is_float=True)
    if not value.is_float:
        call.assembly.quantized.update(value.origins)
        call.assembly.remark(_STANDS_FOR, call.op.inputs[0])
    return value._replace(is_float=True, data=None)
