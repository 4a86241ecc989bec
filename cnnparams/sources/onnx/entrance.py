"""What enters a file's network: the inputs that matter, one sample of each, and where the batch stands in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cnnparams.errors import quote, some
from cnnparams.layers.contract.shape import MOST_ELEMENTS
from cnnparams.schema.input_shape import InputShape
from cnnparams.sources.onnx.file import fail
from cnnparams.sources.onnx.model import ConstantTensor, Declared, FileDims, FilePort, Model, OnnxNode

_TYPICAL = 224


class Sample(NamedTuple):
    """One sample of an input: its dimensions, none for a number, where the batch stands, and how many samples it has.

    `batch` is None for an input without one.
    """

    dims: FileDims
    batch: int | None
    number: int


Entering = Mapping[FilePort, Sample | ConstantTensor]
"""The inputs, each with a sample, or with the number that is given for it."""


def entering(path: str, model: Model, ops: Sequence[OnnxNode], given: Sequence[InputShape]) -> Entering:
    """Return the inputs that matter, of the file's sizes or of those that are given.

    Raise SpecError where the file leaves them open, or says otherwise.
    """
    read = {name for op in ops for name in op.reads} | {port.name for port in model.outputs}
    ports = [port for port in model.inputs if port.name in read]
    if not ports:
        fail(path, "has no input that its outputs depend on", "export it again")
    batches = _batches(ports, _steps_first(ops))
    matched = _matched(path, ports, batches, given)
    alone = len(ports) == 1
    return {port: _entered(path, port, matched.get(port.name), batches.get(port.name), alone=alone) for port in ports}


def _matched(
    path: str, ports: Sequence[FilePort], batches: Mapping[str, int], given: Sequence[InputShape]
) -> dict[str, InputShape]:
    """Return the sizes that are given, by the names of inputs: where none is said, in order.

    They are those of all inputs, or of all that are no numbers, or of those alone whose sizes the file leaves open.
    """
    names = [port.name for port in ports]
    named = {each.name: each for each in given if each.name}
    others = [each for each in given if not each.name]
    rest = [name for name in names if name not in named]
    unnamed = [port for port in ports if port.name in rest]
    sized = [port.name for port in unnamed if port.dims != ()]
    left_open = [port.name for port in unnamed if port.dims is None or None in _own(port.dims, batches.get(port.name))]
    fitting = next((names for names in (rest, sized, left_open) if len(names) == len(others)), None)
    called = f"{len(names)} input{'s' if len(names) > 1 else ''} ({some(map(quote, names))})"
    if unknown := next((name for name in named if name not in names), None):
        fail(path, f"has {called}, and none is {quote(unknown)}", "check the name")
    if others and fitting is None:
        fail(path, f"has {called}, not {len(given)}", "give --input once for each, in this order, or by name")
    return {**named, **dict(zip(fitting or (), others, strict=False))}


def _own(dims: Declared, batch: int | None) -> Declared:
    """Return dimensions without the batch."""
    return dims if batch is None else (*dims[:batch], *dims[batch + 1 :])


def _batches(ports: Sequence[FilePort], steps_first: frozenset[str]) -> dict[str, int]:
    """Return where the batch of each input stands: where the file calls a dimension so, or else first.

    It is second where a recurrent layer takes the first dimension for steps, and where the first cannot be the batch,
    as it is not that of the inputs before, but the second is: as of the states of a recurrent layer.
    """
    found: dict[str, int] = {}
    numbers = set[int | None]()
    for port in ports:
        dims = port.dims or ()
        other = len(dims) > 1 and numbers == {dims[1]} and dims[0] is not None and dims[0] not in numbers
        at = port.batch if port.batch is not None else int(port.name in steps_first or other)
        if at < len(dims):
            found[port.name] = at
            numbers.add(dims[at])
    return found


_RECURRENT = ("LSTM", "GRU", "RNN")
_IN_ORDER = (
    *("Add", "Cast", "Dropout", "Gelu", "Identity", "LayerNormalization", "LeakyRelu", "Linear", "MatMul", "Mul"),
    *("Relu", "Sigmoid", "Softmax", "Tanh", *_RECURRENT),
)
"""Operations that leave the dimensions of their first input where they are, all but the last."""


def _steps_first(ops: Sequence[OnnxNode]) -> frozenset[str]:
    """Return the values whose first dimension is the steps of a recurrent layer, and whose second is the batch.

    https://onnx.ai/onnx/operators/onnx__LSTM.html: so it is with layout 0, which is the default.
    """
    found = set[str]()
    for op in reversed(ops):
        if op.kind in _RECURRENT and op.attributes.get("layout", 0) == 0:
            found.update(op.inputs[:1])
        elif not found.isdisjoint(op.outputs):
            found.update(op.inputs[:1] if op.kind in _IN_ORDER else op.inputs[1:2] if op.kind == "Gather" else ())
    return frozenset(found)


def _entered(
    path: str, port: FilePort, said: InputShape | None, batch: int | None, *, alone: bool
) -> Sample | ConstantTensor:
    """Return a sample of an input, which may be the only one; of a number its value, where that is given."""
    declared, given = port.dims, said.dims if said else None
    if said and said.dtype and port.dtype not in (None, said.dtype):
        fail(path, f"its input {quote(port.name)} holds {port.dtype}, not {said.dtype}", "leave it out: the file tells")
    if declared is None and given is not None:
        declared, batch = (None,) * (len(given) + 1), 0
    if declared is None:
        hint = "give the shape of one sample, such as --input 3x224x224"
        fail(path, f"does not declare the shape of its input {quote(port.name)}", hint)
    if declared in ((), (1,)) and given is not None and len(given) == 1:
        return _number(given[0], declared, is_float=port.is_float)
    if len(declared) == 1 and (given or (declared[0] or 1) > 1):
        batch = None  # a vector, such as a sound, without a batch
    if _is_sequence(port, given):
        batch = None
    sizes = _own(declared, batch)
    number = None if batch is None else declared[batch]
    return Sample(_sizes(path, port, sizes, given, alone=alone), batch, number or 1)


def _is_sequence(port: FilePort, given: FileDims | None) -> bool:
    """Tell whether sizes are given for all dimensions of an input whose first is open, and is not called the batch.

    Such an input may be a sequence, whose steps are seen one by one before a recurrent layer joins them.
    """
    is_open = port.dims is not None and port.dims[:1] == (None,) and port.batch is None
    return is_open and given is not None and len(given) == len(port.dims or ()) and given[0] > 1


def _sizes(path: str, port: FilePort, sizes: Declared, given: FileDims | None, *, alone: bool) -> FileDims:
    """Return the sizes of a sample: those that the file declares, as far as it does, and those that are given."""
    called = f"its input {quote(port.name)}"
    if given is not None and not _fits(sizes, given):
        fail(
            path,
            f"{called} is {_text(sizes)} without the batch, not {_text(given)}",
            "give a shape that fits, or leave out --input",
        )
    sample = tuple(n for n in given or sizes if n is not None)
    if len(sample) != len(sizes):
        example = ("" if alone else f"{port.name}=") + _text(tuple(n or _TYPICAL for n in sizes))
        fail(path, f"leaves sizes of {called} open: {_text(sizes)}", f"give the shape of one sample: --input {example}")
    if math.prod(sample) > MOST_ELEMENTS:
        fail(path, f"{called} has more elements than 64 bits can count", "check the file")
    return sample


def _number(value: int, dims: Declared, *, is_float: bool) -> ConstantTensor:
    """Return a number that is given for an input, which may decide what the network does."""
    data: Any = np.full(tuple(n or 1 for n in dims), value, np.float32 if is_float else np.int64)
    return ConstantTensor(data.shape, is_float, data)


def _fits(sizes: Declared, given: FileDims) -> bool:
    """Tell whether sizes are those that a file declares, as far as it does."""
    return len(sizes) == len(given) and all(a in (None, b) for a, b in zip(sizes, given, strict=True))


def _text(sizes: Declared) -> str:
    return "x".join("?" if n is None else str(n) for n in sizes) or "a number"
