"""What exporters write as several nodes though it is one layer, as formulas of the operations' names.

In a formula x is a value that depends on the network's input, k, w and b do not, t is either. A number is that
constant; `...` stands for further inputs that do not depend on the network's. Larger formulas come before smaller ones.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import NamedTuple

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


class Pattern(NamedTuple):
    """What nodes are, and the formula by which they are known."""

    layer: Term
    formula: Term


@cache
def patterns() -> dict[str, tuple[Pattern, ...]]:
    """Return the patterns by the operation of their last node."""
    found: dict[str, tuple[Pattern, ...]] = {}
    for layer, formula in FORMULAS:
        pattern = Pattern(_term(layer), _term(formula))
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
