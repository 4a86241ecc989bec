"""What enters the network: its inputs, whose first dimension is the batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnparams.errors import quote, some
from cnnparams.layers.contract.shape import MOST_ELEMENTS
from cnnparams.sources.given import Given
from cnnparams.sources.onnx.file import fail
from cnnparams.sources.onnx.model import Declared, Dims, Model, Op, Port

_TYPICAL = 224


def entering(path: str, model: Model, ops: Sequence[Op], given: Sequence[Given]) -> dict[Port, Dims]:
    """Return the inputs that matter, each with the dimensions of a sample: the file's, or those that are given.

    Raise SpecError where the file leaves them open, or says otherwise.
    """
    read = {name for op in ops for name in op.reads} | {port.name for port in model.outputs}
    ports = [port for port in model.inputs if port.name in read]
    if not ports:
        fail(path, "has no input that its outputs depend on", "export it again")
    matched = _matched(path, [port.name for port in ports], given)
    return {port: _sample(path, port, matched.get(port.name), alone=len(ports) == 1) for port in ports}


def _matched(path: str, names: list[str], given: Sequence[Given]) -> dict[str, Given]:
    """Return the sizes that are given, by the names of inputs: where none is said, in order."""
    named = {each.name: each for each in given if each.name}
    others = [each for each in given if not each.name]
    rest = [name for name in names if name not in named]
    called = f"{len(names)} input{'s' if len(names) > 1 else ''} ({some(map(quote, names))})"
    if unknown := next((name for name in named if name not in names), None):
        fail(path, f"has {called}, and none is {quote(unknown)}", "check the name")
    if others and len(others) != len(rest):
        fail(path, f"has {called}, not {len(given)}", "give --input once for each, in this order, or by name")
    return {**named, **dict(zip(rest, others, strict=False))}


def _sample(path: str, port: Port, said: Given | None, *, alone: bool) -> Dims:
    """Return the dimensions of a sample of an input, which may be the only one."""
    called, declared, given = f"its input {quote(port.name)}", port.dims, said.dims if said else None
    if said and said.dtype and port.dtype not in (None, said.dtype):
        fail(path, f"{called} holds {port.dtype}, not {said.dtype}", "leave the type out: the file says it")
    if declared is None and given is not None:
        declared = (None,) * (len(given) + 1)
    if declared is None:
        fail(path, f"does not tell the sizes of {called}", "give those of one sample, such as --input 3x224x224")
    if len(declared) < 2:
        hint = "export it with the batch as first dimension, and another"
        fail(path, f"{called} has no dimension besides the batch", hint)
    sizes = declared[1:]
    if given is not None and not _fits(sizes, given):
        fail(path, f"{called} is {_text(sizes)} without the batch, not {_text(given)}", "give what fits, or nothing")
    sample = tuple(n for n in given or sizes if n is not None)
    if len(sample) != len(sizes):
        example = ("" if alone else f"{port.name}=") + _text(tuple(n or _TYPICAL for n in sizes))
        fail(path, f"leaves sizes of {called} open: {_text(sizes)}", f"give those of one sample: --input {example}")
    if math.prod(sample) > MOST_ELEMENTS:
        fail(path, f"{called} has more elements than 64 bits can count", "check the file")
    return sample


def _fits(sizes: Declared, given: Dims) -> bool:
    """Tell whether sizes are those that a file declares, as far as it does."""
    return len(sizes) == len(given) and all(a in (None, b) for a, b in zip(sizes, given, strict=True))


def _text(sizes: Declared) -> str:
    return "x".join("?" if n is None else str(n) for n in sizes)
