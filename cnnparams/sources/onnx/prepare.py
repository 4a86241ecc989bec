"""A file's nodes as layers come from them: those that matter, and several that are one layer together made one.

What exporters write as several nodes is known by formulas of the operations' names. In a formula x is a value that
depends on the network's input, k, w and b do not, t is either. A number is that constant; `...` stands for further
inputs that do not depend on the network's. Larger formulas come before smaller ones.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import Any, NamedTuple

from cnnparams.sources.onnx.model import ConstantTensor, OnnxNode
from cnnparams.sources.onnx.quantized import as_numbers

_MEAN = "ReduceMean(x, ...)"
_CENTRED = f"Sub(x, {_MEAN})"
_NORMED = f"Div({_CENTRED}, Sqrt(Add(ReduceMean(Pow({_CENTRED}, 2), ...), k)))"
_GROUPED = "Reshape(InstanceNormalization(Reshape(x, k), k1, k2), t)"
_ERF = "Add(Erf(Div(x, 1.414213562)), 1)"
_ERF_OF_PRODUCT = "Add(Erf(Mul(x, 0.707106781)), 1)"
_TANH = "Add(Tanh(Mul(Add(x, Mul(Pow(x, 3), 0.044715)), 0.7978845608)), 1)"
_UP_TO_6 = "Relu6(Add(x, 3))"

FORMULAS = (
    ("DecomposedLayerNorm(x, w, b)", f"Add(Mul({_NORMED}, w), b)"),
    ("DecomposedLayerNorm(x, w)", f"Mul({_NORMED}, w)"),
    ("DecomposedLayerNorm(x)", _NORMED),
    ("DecomposedGroupNorm(x, k, k1, k2, t, w, b)", f"Add(Mul({_GROUPED}, w), b)"),
    ("DecomposedGroupNorm(x, k, k1, k2, t)", _GROUPED),
    *(
        ("Gelu(x)", formula)
        for gate in (_ERF, _ERF_OF_PRODUCT)
        for formula in (f"Mul(Mul(x, {gate}), 0.5)", f"Mul(x, Mul({gate}, 0.5))", f"Mul(Mul(x, 0.5), {gate})")
    ),
    ("TanhGelu(x)", f"Mul(Mul(x, 0.5), {_TANH})"),
    ("TanhGelu(x)", f"Mul(x, Mul({_TANH}, 0.5))"),
    ("TanhGelu(x)", f"Mul(Mul(x, {_TANH}), 0.5)"),
    ("HardSwish(x)", "Mul(x, HardSigmoid(x))"),
    ("HardSwish(x)", f"Div(Mul(x, {_UP_TO_6}), 6)"),
    ("HardSwish(x)", f"Mul(x, Div({_UP_TO_6}, 6))"),
    ("HardSwish(x)", f"Mul(Mul(x, {_UP_TO_6}), 0.166666667)"),
    ("HardSwish(x)", f"Mul(x, Mul({_UP_TO_6}, 0.166666667))"),
    ("HardSigmoid(x)", f"Div({_UP_TO_6}, 6)"),
    ("HardSigmoid(x)", f"Mul({_UP_TO_6}, 0.166666667)"),
    ("Silu(x)", "Mul(x, Sigmoid(x))"),
    ("Mish(x)", "Mul(x, Tanh(Softplus(x)))"),
    ("PaddedConv(x, w, b)", "Conv(MirroredPad(x, ...), w, b)"),
    ("PaddedConv(x, w)", "Conv(MirroredPad(x, ...), w)"),
    ("Linear(x, w, b)", "Add(MatMul(x, w), b)"),
    ("SplitPart(x, k, k1)", "SequenceAt(SplitToSequence(x, k), k1)"),
)


class Term(NamedTuple):
    """A formula: an operation on others, a constant, or a name for whatever stands there."""

    kind: str = ""
    inputs: tuple[Term, ...] = ()
    more: bool = False
    number: float | None = None
    name: str = ""


class FusionPattern(NamedTuple):
    """What nodes are, and the formula by which they are known."""

    layer: Term
    formula: Term


@cache
def patterns() -> dict[str, tuple[FusionPattern, ...]]:
    """Return the patterns by the operation of their last node."""
    found: dict[str, tuple[FusionPattern, ...]] = {}
    for layer, formula in FORMULAS:
        pattern = FusionPattern(_term(layer), _term(formula))
        found[pattern.formula.kind] = (*found.get(pattern.formula.kind, ()), pattern)
    return found


def _term(text: str) -> Term:
    return _read(ast.parse(text, mode="eval").body)


def _read(node: ast.expr) -> Term:
    match node:
        case ast.Call(func=ast.Name(id=kind), args=[*inputs, ast.Constant(value=value)]) if value is ...:
            return Term(kind, tuple(map(_read, inputs)), more=True)
        case ast.Call(func=ast.Name(id=kind), args=inputs):
            return Term(kind, tuple(map(_read, inputs)))
        case ast.Constant(value=int() | float() as number):
            return Term(number=float(number))
        case ast.Name(id=name):
            return Term(name=name)
    raise ValueError(f"no formula: {ast.unparse(node)}")


_COMMUTE = ("Add", "Mul")
_ALIKE = 1e-3
_LISTS = ("SplitToSequence",)  # what these give is no tensor, and may be read by several nodes


class Found(NamedTuple):
    """What a formula was found to be: the values that its names stand for, and its nodes by their places."""

    bound: Mapping[str, str] = {}
    places: frozenset[int] = frozenset()


class Constants(NamedTuple):
    """The values that do not depend on the input, and the numbers that single ones are."""

    names: frozenset[str]
    numbers: Mapping[str, float]


def fused(ops: Sequence[OnnxNode], constants: Constants, kept: frozenset[str]) -> Iterator[OnnxNode]:
    """Yield the nodes, those that are a layer together as one; `kept` are values that must stay, as the outputs."""
    matcher, taken, made = _Matcher(ops, constants, kept), set[int](), dict[int, OnnxNode]()
    for place in reversed(range(len(ops))):
        if place not in taken and (found := matcher.at(place, taken)):
            made[place], places = found
            taken |= places
    for place, op in enumerate(ops):
        if place in made:
            yield made[place]
        elif place not in taken:
            yield op


class _Matcher:
    def __init__(self, ops: Sequence[OnnxNode], constants: Constants, kept: frozenset[str]) -> None:
        self._ops = ops
        self._constants = constants
        self._kept = kept
        self._makers = {output: place for place, op in enumerate(ops) for output in op.outputs if output}
        self._readers: dict[str, set[int]] = {}
        for place, op in enumerate(ops):
            for name in op.reads:
                self._readers.setdefault(name, set()).add(place)

    def at(self, place: int, taken: set[int]) -> tuple[OnnxNode, frozenset[int]] | None:
        """Return the layer that ends at a node, and the places of its nodes."""
        for pattern in patterns().get(self._ops[place].kind, ()):
            for found in self._nodes(pattern.formula, place, Found()):
                own = frozenset(at for at in found.places if self._ops[at].kind not in _LISTS)
                if self._is_closed(place, own) and not own & taken:
                    return self._made(place, pattern, found), own
        return None

    def _made(self, place: int, pattern: FusionPattern, found: Found) -> OnnxNode:
        inputs = tuple(found.bound[term.name] for term in pattern.layer.inputs)
        nodes = [self._ops[at] for at in sorted(found.places)]
        parts = tuple(part for op in nodes for part in op.parts or (op,))
        return self._ops[place]._replace(kind=pattern.layer.kind, inputs=inputs, parts=parts)

    def _is_closed(self, last: int, places: frozenset[int]) -> bool:
        """Tell whether nothing else reads what the nodes before the last give."""
        inner = (output for at in places if at != last for output in self._ops[at].outputs if output)
        return all(name not in self._kept and self._readers.get(name, set()) <= places for name in inner)

    def _value(self, term: Term, name: str, found: Found) -> Iterator[Found]:
        """Yield the ways in which a value is what a term says."""
        if term.number is not None:
            if math.isclose(self._constants.numbers.get(name, math.inf), term.number, rel_tol=_ALIKE):
                yield found
        elif term.name:
            if self._may_be(term.name, name) and found.bound.get(term.name, name) == name:
                yield found._replace(bound={**found.bound, term.name: name})
        elif (place := self._makers.get(name)) is not None:
            yield from self._nodes(term, place, found)

    def _nodes(self, term: Term, place: int, found: Found) -> Iterator[Found]:
        """Yield the ways in which a node is what a term says."""
        op = self._ops[place]
        inputs, more = op.inputs[: len(term.inputs)], op.inputs[len(term.inputs) :]
        if op.kind != term.kind or op.domain or len(inputs) != len(term.inputs):
            return
        if more and not (term.more and all(self._may_be("k", name) for name in more)):
            return
        for terms in permutations(term.inputs) if op.kind in _COMMUTE else [term.inputs]:
            yield from self._all(terms, inputs, found._replace(places=found.places | {place}))

    def _all(self, terms: Sequence[Term], names: Sequence[str], found: Found) -> Iterator[Found]:
        if not terms:
            yield found
            return
        for first in self._value(terms[0], names[0], found):
            yield from self._all(terms[1:], names[1:], first)

    def _may_be(self, wild: str, name: str) -> bool:
        """Tell whether a name of a formula may stand for a value."""
        is_constant = name in self._constants.names or not name
        return wild == "t" or is_constant == (wild[0] != "x")


_CLIPS = {(0.0, 6.0): "Relu6", (0.0, math.inf): "Relu"}
_LARGEST = 3e38  # bounds beyond are what older files have for none
_PASSING = ("Identity", "Cast", "CastLike")
_RANDOM = ("RandomNormal", "RandomUniform")


def prepared(
    ops: Sequence[OnnxNode], outputs: Iterable[str], known: Mapping[str, ConstantTensor]
) -> tuple[OnnxNode, ...]:
    """Return the nodes of a graph that its outputs depend on, in order; values that nothing reads are called "".

    `known` are the tensors that it has to begin with.
    """
    kept = frozenset(outputs)
    live = _live(list(as_numbers(ops)), kept)
    constants = _constants(known, live)
    return tuple(_live(tuple(fused([_told_apart(op, constants) for op in live], constants, kept)), kept))


_HOLDING = (
    *("Conv", "ConvTranspose", "PaddedConv", "Gemm", "Linear", "MatMul", "Add", "Mul", "Sum"),
    *("LayerNormalization", "DecomposedLayerNorm", "GroupNormalization", "DecomposedGroupNorm"),
)
"""Operations whose second and further inputs are weights."""


def shared_in_part(ops: Iterable[OnnxNode], known: Iterable[str]) -> frozenset[str]:
    """Return the tensors of a file that nodes read beside others than another node does.

    Optimizers store equal tensors once, as the biases of a new network, which are all zeros.
    """
    made: dict[str, frozenset[str]] = {name: frozenset([name]) for name in known}
    groups: dict[str, set[frozenset[str]]] = {}
    for op in ops:
        read = [name for name in op.reads if name]
        if all(name in made for name in read):
            own = frozenset().union(*(made[name] for name in read)) if read else frozenset(op.outputs)
            made.update(dict.fromkeys(op.outputs, frozenset(op.outputs) if op.kind == "Identity" else own))
        elif op.kind in _HOLDING:
            first = 0 if op.kind in ("Add", "Mul", "Sum") else 1
            group = frozenset().union(*(made.get(name, ()) for name in op.inputs[first:]))
            for name in group:
                groups.setdefault(name, set()).add(group)
    return frozenset(name for name, several in groups.items() if len(several) > 1)


def _live(ops: Sequence[OnnxNode], kept: frozenset[str]) -> list[OnnxNode]:
    wanted = set(kept)
    live = []
    for op in reversed(ops):
        outputs = tuple(name if name in wanted else "" for name in op.outputs)
        if any(outputs):
            live.append(op._replace(outputs=outputs))
            inner = {name for part in op.parts for name in part.outputs}
            wanted.update(op.reads, {name for part in op.parts for name in part.inputs} - inner)
    return live[::-1]


def _constants(known: Mapping[str, ConstantTensor], ops: Iterable[OnnxNode]) -> Constants:
    names = set(known)
    numbers = {name: number for name, tensor in known.items() if (number := _number(tensor)) is not None}
    for op in ops:
        read = op.inputs[:1] if op.kind in _PASSING else op.reads
        if op.kind not in _RANDOM and all(name in names for name in read if name):
            names.update(op.outputs)
            if (number := _made(op, numbers)) is not None:
                numbers[op.outputs[0]] = number
    return Constants(frozenset(names), numbers)


def _made(op: OnnxNode, numbers: dict[str, float]) -> float | None:
    """Return the number that a node gives, if it is a single one."""
    if op.kind in _PASSING:
        return numbers.get(op.inputs[0]) if op.inputs else None
    if op.kind != "Constant":
        return None
    for name in ("value", "value_float", "value_int"):
        value = op.attributes.get(name)
        if isinstance(value, ConstantTensor):
            return _number(value)
        if isinstance(value, int | float):
            return value
    return None


def _number(known: ConstantTensor) -> float | None:
    return float(known.data.item()) if known.data is not None and known.size == 1 else None


def _told_apart(op: OnnxNode, constants: Constants) -> OnnxNode:
    """Return an operation under the name of what its settings make of it."""
    if op.domain == "" and op.kind == "Clip":
        bounds = (_bound(op, 1, "min", constants), _bound(op, 2, "max", constants))
        return op._replace(kind=_CLIPS[bounds], inputs=op.inputs[:1], parts=(op,)) if bounds in _CLIPS else op
    if op.domain == "" and op.kind == "Pad" and op.attributes.get("mode", "constant") != "constant":
        return op._replace(kind="MirroredPad", parts=(op,))
    return op


def _bound(op: OnnxNode, i: int, attribute: str, constants: Constants) -> float:
    none = -math.inf if attribute == "min" else math.inf
    written: Any = op.attributes.get(attribute)
    if i < len(op.inputs) and op.inputs[i]:
        written = constants.numbers.get(op.inputs[i], math.nan)
    value = written if isinstance(written, int | float) else none
    return none if abs(value) > _LARGEST else value
