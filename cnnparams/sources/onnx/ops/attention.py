"""Attention as an operation of its own, as newer exporters write PyTorch's scaled_dot_product_attention."""

from __future__ import annotations

from typing import Any

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.operands import aligned
from cnnparams.sources.onnx.ops import translates

_MASK, _PAST, _PADDED = 3, 4, 6
_HEADS = ("q_num_heads", "kv_num_heads", "kv_num_heads")


@translates("Attention")
def attention(call: NodeContext) -> list[OnnxValue | None]:
    """Return attention of a query on keys and values, each with heads of its own, or side by side as features.

    https://onnx.ai/onnx/operators/onnx__Attention.html: what else it does changes no size and multiplies nothing.
    """
    if any(call.has(i) for i in range(_PAST, _PADDED + 1)):
        raise NoLayerError("goes on from keys and values of before, which no layer type does")
    given = [call.tensor(i) for i in range(3)]
    with_heads = all(len(x.full) == 4 for x in given)
    query, key, value = (
        given if with_heads else [_by_heads(call, x, name) for x, name in zip(given, _HEADS, strict=True)]
    )
    mask = [call.value(_MASK)] if call.has(_MASK) else []
    scale = call.attribute("scale", float, None)
    settings: dict[str, Any] = {
        "is_causal": call.integer("is_causal", 0) != 0,
        **({} if scale is None else {"scale": call.real("scale", 1.0)}),
        "enable_gqa": query.dims[0] != key.dims[0],
    }
    y = call.add("scaled_dot_product_attention", settings, *aligned(call, (query, key, value, *mask)))
    return [y if with_heads else _side_by_side(call, y)]


def _by_heads(call: NodeContext, x: GraphTensor, attribute: str) -> GraphTensor:
    """Return features that lie side by side as a dimension for the heads before the tokens."""
    heads = call.integer(attribute, 0)
    if x.batch != 0 or len(x.full) != 3 or heads < 1 or x.dims[1] % heads:
        raise NoLayerError("has no whole number of features for each head", "export it again")
    tokens, features = x.dims
    split = x.viewed((x.number, tokens, heads, features // heads), call.op)
    return call.add("permute", {"dims": [2, 1, 3]}, split, name=call.assembly.names.numbered("permute"))


def _side_by_side(call: NodeContext, y: GraphTensor) -> GraphTensor:
    heads, tokens, features = y.dims
    joined = call.add("permute", {"dims": [2, 1, 3]}, y, name=call.assembly.names.numbered("permute"))
    return joined.viewed((y.number, tokens, heads * features), call.op)
