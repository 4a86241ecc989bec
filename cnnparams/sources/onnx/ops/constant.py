"""What does not depend on the input's values: constants, sizes, and what passes a value on as it is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import GraphTensor, OnnxValue, bracketed
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import MOST_AXES, OF_SIZES, ConstantTensor, FileDims, Origin
from cnnparams.sources.onnx.names import module_of
from cnnparams.sources.onnx.ops import translates
from cnnparams.sources.onnx.proto import MOST_VALUES

_NUMBERS = {"value_int": np.int64, "value_ints": np.int64, "value_float": np.float32, "value_floats": np.float32}
_FLOATS = {1: np.float32, 10: np.float16, 11: np.float64, 16: np.float32}
_BOOL = 9
_WHOLE = {2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 13: np.uint64}
"""NumPy's types for the data types of TensorProto."""


@translates("Constant")
def constant(call: NodeContext) -> ConstantTensor:
    """Return a tensor that stands in the node itself."""
    written = call.op.attributes
    if isinstance(value := written.get("value"), ConstantTensor):
        return _made(call, value)
    name = next((name for name in _NUMBERS if name in written), None)
    if name is None:
        raise NoLayerError("is a constant, but not a tensor of numbers")
    data = np.asarray(written[name], _NUMBERS[name])
    return _made(call, ConstantTensor(data.shape, data.dtype.kind == "f", data))


@translates("ConstantOfShape")
def constant_of_shape(call: NodeContext) -> ConstantTensor:
    """Return a tensor that has one value everywhere."""
    dims, value = tuple(call.numbers(0)), call.op.attributes.get("value")
    if len(dims) > MOST_AXES or any(not isinstance(n, int) or n < 0 for n in dims):
        raise NoLayerError(f"makes a tensor of no possible size: {bracketed(dims)}", "export it again")
    one = value if isinstance(value, ConstantTensor) else ConstantTensor((1,), True, np.zeros(1, np.float32))
    made = ConstantTensor(dims, one.is_float, None)
    if one.data is not None and one.size == 1 and math.prod(max(n, 1) for n in dims) <= MOST_VALUES:
        made = made._replace(data=np.full(dims, one.data.ravel()[0]))
    of_sizes = any(origin.dtype == OF_SIZES for origin in call.known(0).origins)
    return made if of_sizes else _made(call, made)  # what has sizes of the network is no weight


@translates("Shape")
def shape(call: NodeContext) -> ConstantTensor:
    """Return the sizes of a tensor, the batch's too."""
    full = call.sizes(0)[call.integer("start", 0) : call.integer("end")]
    return _of_sizes(call, np.asarray(full, np.int64))


@translates("Size")
def size(call: NodeContext) -> ConstantTensor:
    """Return the number of elements of a tensor."""
    return _of_sizes(call, np.asarray(math.prod(call.sizes(0)), np.int64))


def _of_sizes(call: NodeContext, data: Any) -> ConstantTensor:
    """Return sizes; of a tensor of the network they are marked as such, by an origin without elements."""
    marked = frozenset([Origin("", (0,), stored=False, dtype=OF_SIZES)])
    return ConstantTensor(data.shape, False, data, marked if isinstance(call.value(0), GraphTensor) else frozenset())


@translates("Identity")
def identity(call: NodeContext) -> OnnxValue:
    """Return the value itself. PyTorch's exporter stores equal tensors once, and names the others with an Identity."""
    value, name = call.value(0), call.op.outputs[0]
    if isinstance(value, GraphTensor) or not (value.is_float and (module_of(name) or "::" in name)):
        return value
    if not all(origin.stored for origin in value.origins):
        return value
    call.assembly.read.update(value.origins)
    text = "the file stores some tensors once for several, as they are equal; each counts as a tensor of its own"
    call.assembly.remark(text, name)
    return value._replace(origins=frozenset({Origin(name, value.own, stored=True)}))


@translates("Cast", "CastLike")
def cast(call: NodeContext) -> OnnxValue:
    """Return the same numbers in another type; floating point numbers stay floating point numbers."""
    value, to = call.value(0), call.integer("to", 1)
    if call.op.kind == "CastLike":
        call.sizes(1)
    if isinstance(value, GraphTensor):
        if value.is_float and to not in _FLOATS and call.op.kind == "Cast":
            whole = call.add("ne", {"other": 0}, value) if to == _BOOL else call.add("trunc", {}, value)
            return whole._replace(is_float=False)
        return value._replace(is_float=to in _FLOATS) if call.op.kind == "Cast" else value
    if call.op.kind == "CastLike" or (to not in _FLOATS and to not in _WHOLE):
        return value
    with np.errstate(all="ignore"):
        data = None if value.data is None else value.data.astype(_FLOATS.get(to) or _WHOLE[to])
    return value._replace(is_float=to in _FLOATS, data=data)


@translates("Expand")
def expand(call: NodeContext) -> OnnxValue:
    """Return a tensor repeated along its dimensions of 1."""
    value, wanted = call.value(0), tuple(call.numbers(1))
    dims = _broadcast(value.full, wanted)
    if isinstance(value, GraphTensor):
        return _repeated(call, value, dims)
    small = value.data is not None and math.prod(dims) <= MOST_VALUES
    return value._replace(dims=dims, data=np.broadcast_to(value.data, dims) if small else None)


def _repeated(call: NodeContext, x: GraphTensor, dims: FileDims) -> GraphTensor:
    """Return a tensor repeated to other dimensions, its batch where it was, counted from the end."""
    missing = len(dims) - len(x.full)
    batch = None if x.batch is None else x.batch + missing
    if batch is not None and dims[batch] != x.number:
        raise NoLayerError("repeats samples", "repeat something else than the batch")
    full = (1,) * missing + x.full
    seen = x.with_dims(full, batch, call.op) if missing else x
    own = dims if batch is None else (*dims[:batch], *dims[batch + 1 :])
    return seen if seen.dims == own else call.add("expand", {"size": own}, seen)


@translates("Tile")
def tile(call: NodeContext) -> GraphTensor:
    """Return a tensor laid beside itself, along each dimension so often."""
    x, times = call.tensor(), call.integers(1, "repeats") or ()
    if len(times) != len(x.full) or (x.batch is not None and times[x.batch] != 1):
        raise NoLayerError("repeats samples, or lacks a number for each dimension", "repeat something else")
    own = [n for at, n in enumerate(times) if at != x.batch]
    return call.add("repeat", {"repeats": own}, x) if set(own) != {1} else x


def _broadcast(dims: FileDims, wanted: FileDims) -> FileDims:
    try:
        return tuple(np.broadcast_shapes(dims, wanted))
    except (TypeError, ValueError):
        raise NoLayerError(f"does not fit {bracketed(dims)} to {bracketed(wanted)}", "export it again") from None


def _made(call: NodeContext, known: ConstantTensor) -> ConstantTensor:
    """Return a tensor that a node makes."""
    return known._replace(
        origins=frozenset(
            {Origin(call.op.outputs[0], known.dims, stored=False, dtype="float32" if known.is_float else "int64")}
        )
    )
