"""One node as the functions that translate it see it: what enters it, and its attributes, of the type they must be."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnparams.sources.assembly import NoLayerError
from cnnparams.sources.onnx.assembly import (
    FOLD,
    NOT_OF_THE_INPUT,
    NOTHING,
    GraphTensor,
    OnnxAssembly,
    OnnxValue,
    Settings,
    Weights,
)
from cnnparams.sources.onnx.model import ConstantTensor, FileDims, OnnxNode

_BEYOND = 2.0**63  # as any number of a spec is
_AGAIN = "export it again"
_DIGITS = 7  # that a float of 32 bits has


class NodeContext(NamedTuple):
    """A node, and the network that it is to be a part of."""

    op: OnnxNode
    assembly: OnnxAssembly

    def add(
        self, type_: str, settings: Settings, *inputs: GraphTensor, held: Weights = NOTHING, name: str = ""
    ) -> GraphTensor:
        """Put a layer behind what it reads; raise NoLayerError, or LayerError where it cannot take that."""
        return self.assembly.put(self.op, type_, settings, inputs, held, name)

    def has(self, i: int) -> bool:
        """Tell whether there is an input of that number."""
        return i < len(self.op.inputs) and self.op.inputs[i] != ""

    def inputs(self) -> dict[str, OnnxValue]:
        """Return what the node reads, by name, as far as it is there."""
        values = self.assembly.values
        return {name: value for name in self.op.reads if (value := values.get(name)) is not None}

    def value(self, i: int) -> OnnxValue:
        """Return an input; raise NoLayerError where it is missing."""
        found = self.assembly.values.get(self.op.inputs[i]) if self.has(i) else None
        if found is None:
            raise NoLayerError(f"is missing its input {i}", _AGAIN)
        return found

    def tensor(self, i: int = 0) -> GraphTensor:
        """Return an input that depends on the network's."""
        found = self.value(i)
        if isinstance(found, ConstantTensor):
            raise NoLayerError(NOT_OF_THE_INPUT, FOLD)
        return found

    def image(self, i: int = 0) -> GraphTensor:
        """Return an input whose first dimension is the batch, as that of a convolution must be."""
        found = self.tensor(i).with_batch(self.op)
        if found.batch is None and found.number == 1 and len(found.dims) > 2:
            return found.folded()
        if found.batch != 0:
            raise NoLayerError("expects the batch as the first dimension, but it is not")
        return found

    def known(self, i: int) -> ConstantTensor:
        """Return an input that does not depend on the network's."""
        found = self.value(i)
        if isinstance(found, GraphTensor):
            raise NoLayerError(f"computes its input {i} (weights or settings) from the network's input")
        return found

    def weight(self, i: int) -> ConstantTensor:
        """Return an input that is a tensor of weights."""
        found = self.known(i)
        if not found.is_float or not found.origins:
            hint = "import the network as it was before it was quantized"
            raise NoLayerError(f"has an input {i} that is not a tensor of floating-point weights", hint)
        return found

    def weights(self, *numbers: int) -> tuple[ConstantTensor, ...]:
        """Return those inputs of these numbers that are there, each a tensor of weights."""
        return tuple(self.weight(i) for i in numbers if self.has(i))

    def bias(self, i: int) -> tuple[ConstantTensor, ...]:
        """Return an input that is a bias, if there is one; zeros that nodes make, as exporters do, are none."""
        for known in self.weights(i):
            made = not any(origin.stored for origin in known.origins)
            return () if made and known.data is not None and not known.data.any() else (known,)
        return ()

    def is_apart(self, *known: ConstantTensor) -> bool:
        """Tell whether tensors are also those of other layers, beside others than here."""
        names = {origin.name for one in known for origin in one.origins}
        return not names.isdisjoint(self.assembly.apart)

    def sizes(self, i: int) -> FileDims:
        """Return the dimensions of an input, of which the values do not matter."""
        found = self.value(i)
        if isinstance(found, ConstantTensor):
            self.assembly.read.update(found.origins)
        return found.full

    def integers(self, i: int, attribute: str) -> tuple[int, ...] | None:
        """Return whole numbers that are an input, or in older files an attribute; None where there are none."""
        if not self.has(i):
            return self.ints(attribute)
        if self.known(i).is_float:
            raise NoLayerError(f"reads fractions for {attribute} (input {i})", _AGAIN)
        return tuple(int(n) for n in self.numbers(i))

    def numbers(self, i: int) -> tuple[Any, ...]:
        """Return the values of a small input."""
        known = self.known(i)
        if known.data is None:
            raise NoLayerError(f"reads numbers (input {i}) that are not in the file", _AGAIN)
        self.assembly.read.update(known.origins)
        return tuple(known.data.ravel().tolist())

    def number(self, i: int) -> Any:
        """Return the value of an input that is a single number."""
        found = self.numbers(i)
        if len(found) != 1:
            raise NoLayerError(f"reads {len(found)} numbers (input {i}), not one", _AGAIN)
        return found[0]

    def ints(self, name: str, length: int | None = None) -> tuple[int, ...] | None:
        """Return an attribute that is a list of whole numbers, of some length if one is given."""
        found: tuple[int, ...] | None = self.attribute(name, tuple, None)
        if found is not None and not all(isinstance(n, int) for n in found):
            raise NoLayerError(f"{name} is not a list of whole numbers", _AGAIN)
        if found is not None and length not in (None, len(found)):
            raise NoLayerError(f"{name} has {len(found)} numbers, but must have {length}", _AGAIN)
        return found

    def integer(self, name: str, default: int | None = None) -> Any:
        """Return an attribute that is a whole number."""
        return self.attribute(name, int, default)

    def real(self, name: str, default: float) -> float:
        """Return an attribute that is a number, as its 32 bits were written."""
        return real(name, self.attribute(name, float, default))

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is text."""
        return str(self.attribute(name, str, default))

    def attribute(self, name: str, type_: type, default: Any) -> Any:
        """Return an attribute of some type; raise NoLayerError where it is of another."""
        found = self.op.attributes.get(name, default)
        if found is not None and type(found) is not type_:
            raise NoLayerError(f"has a {name} of a wrong type: {type(found).__name__}", _AGAIN)
        return found


def short(value: float) -> int | float:
    """Return a number as a spec has it: a whole one as it is, another in as many digits as 32 bits hold."""
    is_whole = isinstance(value, int) and abs(value) < _BEYOND
    return int(value) if is_whole else float(f"{value:.{_DIGITS}g}")


def real(name: str, value: float) -> float:
    """Return a number of 32 bits in as many digits as it has; raise NoLayerError for what is no number."""
    if not abs(value) < _BEYOND:
        raise NoLayerError(f"{name} is {value}")
    return float(f"{value:.{_DIGITS}g}")
