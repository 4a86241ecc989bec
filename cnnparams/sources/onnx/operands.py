"""Tensors that meet element by element, or are joined: all with as many dimensions, the batch at one place in each.

What depends on no sample is a tensor of the file. Whether such a one is learned no file tells: what is added to the
network, or multiplied with it, counts as learned, anything else as a constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import NUMBER, GraphTensor, KnownResult, OnnxValue, Weights
from cnnparams.sources.onnx.call import NodeContext
from cnnparams.sources.onnx.model import ConstantTensor, FileDims, Origin

_LEARNED = "a file does not tell learned tensors from constants; what is added or multiplied counts as learned"
_CONSTANT = "a file does not tell learned tensors from constants; these count as constants"
_FOR_EACH = "has a different value for each sample of the batch"


def aligned(call: NodeContext, values: Sequence[OnnxValue], *, learned: bool = False) -> Iterator[GraphTensor]:
    """Yield values with dimensions of 1 before their own, so that all have as many, and a batch where one has it.

    Tensors of the file become layers of their own, which give them; `learned` tells whether they count as such.
    """
    rank = max(len(value.full) for value in values)
    tensors = [value for value in values if isinstance(value, GraphTensor)]
    batch = next((rank - len(x.full) + x.batch for x in tensors if x.batch is not None), None)
    number = max(x.number for x in tensors)
    for value in values:
        full = (1,) * (rank - len(value.full)) + value.full
        if isinstance(value, ConstantTensor):
            yield _given(call, value, full, batch, number, learned=learned)
        elif value.batch is None and batch is not None and full[batch] == 1:  # the same for all samples
            yield value.with_dims(full, batch, call.op)._replace(number=number)
        elif full == value.full:
            yield value
        else:
            at = None if value.batch is None else value.batch + rank - len(value.full)
            yield value.with_dims(full, at, call.op)


def with_tensor(call: NodeContext, x: GraphTensor, known: ConstantTensor, op: str) -> GraphTensor:
    """Add a learned tensor, or multiply with it: a layer that holds it, or where it enlarges the input, two layers."""
    seen = _without_batch(known.dims, x)
    if _enlarges(seen, x):
        return call.add(op, {}, *aligned(call, (x, known), learned=True))
    name = call.assembly.names.tensor(call.op, known, "parameter")
    call.assembly.remark(_LEARNED, name)
    settings = {"shape": known.own, "op": op, **({} if known.own in (seen, ()) else {"view": seen})}
    return call.add("parameter", settings, x, held=Weights((known,)), name=name)


def with_channels(call: NodeContext, x: GraphTensor, known: ConstantTensor, op: str) -> GraphTensor:
    """Add a number for each channel of an image, or multiply with it."""
    return with_tensor(call, x, known._replace(dims=(known.size, *[1] * (len(x.dims) - 1))), op)


def given(call: NodeContext, known: ConstantTensor) -> GraphTensor:
    """Return a constant as a layer gives it."""
    return _given(call, known, known.dims, None, 1, learned=False)


def opaque(call: NodeContext, gives: KnownResult) -> GraphTensor:
    """Return the result of a step that no layer says, which reads tensors of the network, and maybe constants."""
    tensors = []
    for name, value in call.inputs().items():
        if isinstance(value, GraphTensor):
            tensors.append(value._replace(batch=None))
        else:
            call.assembly.read.update(value.origins)
            if len(value.dims) > 1 and any(origin.is_weight for origin in value.origins):
                call.assembly.remark(_CONSTANT, name)
    name = call.assembly.names.layer(call.op, (), "opaque")
    settings = {"op": f"onnx.{call.op.written}", "shape": gives.dims or NUMBER}
    x = call.add("opaque", settings, *tensors, name=name)
    seen = x._replace(dims=gives.dims, view=None if gives.dims else call.op)
    return seen._replace(number=gives.number, batch=gives.batch, is_float=gives.is_float)


def _enlarges(dims: FileDims, x: GraphTensor) -> bool:
    """Tell whether a tensor has sizes that an input has not, and that repeat it."""
    if len(dims) > len(x.dims) + 1 or (len(dims) == len(x.dims) + 1 and dims[0] != 1):
        return True
    facing = zip(reversed(dims), reversed(x.dims), strict=False)
    return any(size == 1 != n for n, size in facing)


def _given(
    call: NodeContext, known: ConstantTensor, full: FileDims, batch: int | None, number: int, *, learned: bool
) -> GraphTensor:
    """Return a tensor of the file as a layer gives it, for each sample the same."""
    if batch is not None and full[batch] not in (1, number):
        raise NoLayerError(_FOR_EACH)
    if batch is not None and full[batch] != 1 and known.is_whole:
        raise NoLayerError(_FOR_EACH)
    dims = full if batch is None else (*full[:batch], *full[batch + 1 :])
    weights = sorted(origin for origin in known.origins if origin.is_weight) if learned else []
    call.assembly.read.update(known.origins)
    if not weights:
        x = call.assembly.source(call.op, known, "constant", dims)
        call.assembly.remark(_CONSTANT, x.source)
    elif known.is_whole and len(weights) == 1:
        x = call.assembly.source(call.op, known, "parameter", known.own)
        call.assembly.remark(_LEARNED, x.source)
    else:
        x = _made_of(call, known, weights, dims)
    return x.with_dims(full, batch, call.op)._replace(number=number)


def _made_of(call: NodeContext, known: ConstantTensor, weights: Sequence[Origin], dims: FileDims) -> GraphTensor:
    """Return what is worked out from learned tensors alone, such as a part of a table of positions."""
    held = (ConstantTensor(origin.dims, True, None, frozenset({origin})) for origin in weights)
    tensors = [call.assembly.source(call.op, one, "parameter", one.dims) for one in held]
    for x in tensors:
        call.assembly.remark(_LEARNED, x.source)
    name = call.assembly.names.numbered("opaque")
    return call.add("opaque", {"op": "onnx.constants", "shape": dims}, *tensors, name=name)


def _without_batch(dims: FileDims, x: GraphTensor) -> FileDims:
    """Return the dimensions of a tensor that is aligned with the end of another's, as for a sample."""
    if x.batch is None or (at := x.batch - len(x.full) + len(dims)) < 0 or (at == 0 and dims[0] == 1):
        return dims
    if dims[at] != 1:
        raise NoLayerError(_FOR_EACH)
    return (*dims[:at], *dims[at + 1 :])
