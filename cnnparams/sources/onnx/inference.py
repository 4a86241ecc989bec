"""What a node gives as onnx itself infers it, for what no layer does, and where a file and the layers disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from cnnparams.layers.contract.shape import MOST_ELEMENTS
from cnnparams.sources.extra import extra
from cnnparams.sources.onnx.assembly import GraphTensor, KnownResult, OnnxValue
from cnnparams.sources.onnx.model import ConstantTensor, Declared, FileDims, OnnxNode

_RANDOM = ("Random", "Multinomial", "Bernoulli")
_PLAIN = (int, float, str)
_FLOATS = (0, 1, 10, 11, 16)  # of TensorProto, and where nothing is said


def inferred_results(op: OnnxNode, values: Mapping[str, OnnxValue], opset: int) -> dict[str, KnownResult]:
    """Return what onnx infers of the results of a node, as far as it can, and it has the batch in one dimension.

    That is the dimension that grows with the number of samples: the node is looked at with one more, too.
    """
    x = [value for value in values.values() if isinstance(value, GraphTensor)]
    numbers = {tensor.number for tensor in x if tensor.batch is not None}
    if not x or len(numbers) > 1:
        return {}
    number = next(iter(numbers), 1)
    now = _inferred(op, values, opset, more=0)
    other = _inferred(op, values, opset, more=1) if numbers else now
    found = {name: _result(dims, other.get(name), number, batched=bool(numbers)) for name, (dims, _) in now.items()}
    return {name: result._replace(is_float=now[name].is_float) for name, result in found.items() if result}


def constant_results(op: OnnxNode, known: Mapping[str, OnnxValue], opset: int) -> dict[str, ConstantTensor]:
    """Return what onnx infers of results that are made of tensors of the file alone: their sizes, not their values.

    Where values decide the sizes, or are random, nothing is known.
    """
    if op.kind.startswith(_RANDOM):
        return {}
    constants = [value for value in known.values() if isinstance(value, ConstantTensor)]
    weights = [value for value in constants if value.is_float and value.size != 1] or constants
    origins = frozenset().union(*(value.origins for value in weights))
    is_float = any(value.is_float for value in weights)
    found = ((name, _whole(dims)) for name, (dims, _) in _inferred(op, known, opset, more=0).items())
    return {name: ConstantTensor(dims, is_float, None, origins, reordered=True) for name, dims in found if dims}


def _whole(dims: Declared) -> FileDims | None:
    """Return dimensions all of which are known."""
    known = tuple(n for n in dims if n is not None)
    is_whole = len(known) == len(dims) and min(known, default=0) >= 0
    return known if is_whole and math.prod(known) <= MOST_ELEMENTS else None


def _result(dims: Declared, more: _Inferred | None, number: int, *, batched: bool) -> KnownResult | None:
    full = _whole(dims)
    if full is None or more is None or len(more.dims) != len(full) or 0 in full:
        return None
    grown = [at for at, (a, b) in enumerate(zip(full, more.dims, strict=True)) if a != b]
    if len(grown) != batched:
        return None
    if not grown:
        return KnownResult(full, number, None)
    (at,) = grown
    is_batch = (full[at], more.dims[at]) == (number, number + 1)
    return KnownResult((*full[:at], *full[at + 1 :]), number, at) if is_batch else None


class _Inferred(NamedTuple):
    """The dimensions of a result, None where onnx does not know one, and whether it holds fractions."""

    dims: Declared
    is_float: bool


def _inferred(op: OnnxNode, values: Mapping[str, OnnxValue], opset: int, *, more: int) -> dict[str, _Inferred]:
    """Return the results of a node, with so many samples more."""
    onnx, op = extra("onnx"), op.parts[0] if len(op.parts) == 1 else op
    known = [(name, value) for name, value in values.items() if isinstance(value, ConstantTensor)]
    try:
        found = onnx.shape_inference.infer_node_outputs(
            onnx.defs.get_schema(op.kind, opset, op.domain),
            onnx.helper.make_node(op.kind, op.inputs, op.outputs, **_attributes(op)),
            {name: _type(value, more) for name, value in values.items()},
            {name: onnx.numpy_helper.from_array(value.data, name) for name, value in known if value.data is not None},
            opset_imports=[onnx.helper.make_opsetid(op.domain, opset)],
        )
    except Exception:  # whatever onnx says of a node that is none
        return {}
    tensors = ((name, kind.tensor_type) for name, kind in found.items() if kind.tensor_type.HasField("shape"))
    return {name: _Inferred(_declared(tensor), tensor.elem_type in _FLOATS) for name, tensor in tensors}


def _attributes(op: OnnxNode) -> dict[str, Any]:
    """Return the attributes that are numbers and text; the others decide no sizes."""
    return {name: value for name, value in op.attributes.items() if isinstance(value, _PLAIN) or type(value) is tuple}


def _type(value: OnnxValue, more: int) -> Any:
    helper, types = extra("onnx").helper, extra("onnx").TensorProto
    kind = types.FLOAT if value.is_float else types.INT64
    if isinstance(value, ConstantTensor) and value.data is not None:
        kind = helper.np_dtype_to_tensor_dtype(value.data.dtype)
    return helper.make_tensor_type_proto(kind, _full(value, more))


def _full(value: OnnxValue, more: int) -> FileDims:
    if isinstance(value, ConstantTensor) or value.batch is None:
        return value.full
    return value._replace(number=value.number + more).full


def _declared(tensor: Any) -> Declared:
    return tuple(dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim)
