"""A formula as text, as code or as LaTeX, with its symbols or with their values.

Layers write formulas as Python expressions over symbols: `floor((H_in + 2 * p_h - d_h * (k_h - 1) - 1) / s_h) + 1`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnparams.engine.reports.explain import Step

_SUM, _PRODUCT, _ATOM = 1, 2, 3
_PRECEDENCE: dict[type[ast.operator], int] = {
    ast.Add: _SUM,
    ast.Sub: _SUM,
    ast.Mult: _PRODUCT,
    ast.Div: _PRODUCT,
    ast.Mod: _PRODUCT,
}


@dataclass(frozen=True, slots=True)
class Style:
    """How formulas look: `binary` and `calls` hold a template for each operator and function."""

    binary: Mapping[type[ast.operator], str]
    calls: Mapping[str, str]
    symbol: Callable[[str], str]
    number: Callable[[float], str]
    group: str = "({})"
    fraction: bool = False


def _whole(value: float) -> float:
    """Return 2 for 2.0, as a person writes it."""
    return int(value) if float(value).is_integer() else value


def _latex_symbol(name: str) -> str:
    base, _, index = name.partition("_")
    base = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    return rf"{base}_{{\mathrm{{{index.replace('_', ',')}}}}}" if index else base


_CODE_BINARY = {ast.Add: "{} + {}", ast.Sub: "{} - {}", ast.Mult: "{} * {}", ast.Div: "{} / {}", ast.Mod: "{} % {}"}

CODE = Style(
    binary=_CODE_BINARY,
    calls={name: name + "({})" for name in ("floor", "ceil", "min", "max")},
    symbol=str,
    number=lambda value: str(_whole(value)),
)
TEXT = Style(
    binary={**_CODE_BINARY, ast.Mult: "{} × {}", ast.Mod: "{} mod {}"},  # noqa: RUF001
    calls={"floor": "⌊{}⌋", "ceil": "⌈{}⌉", "min": "min({})", "max": "max({})"},
    symbol=str,
    number=lambda value: f"{_whole(value):,}",
)
LATEX = Style(
    binary={**_CODE_BINARY, ast.Mult: r"{} \times {}", ast.Div: r"\frac{{{}}}{{{}}}", ast.Mod: r"{} \bmod {}"},
    calls={
        "floor": r"\left\lfloor {} \right\rfloor",
        "ceil": r"\left\lceil {} \right\rceil",
        "min": r"\min\left({}\right)",
        "max": r"\max\left({}\right)",
    },
    symbol=_latex_symbol,
    number=lambda value: f"{_whole(value):,}".replace(",", "{,}"),
    group=r"\left({}\right)",
    fraction=True,
)


def write(formula: str, style: Style, values: Mapping[str, float] | None = None) -> str:
    """Write a formula in a style; with `values`, each symbol as its value."""
    writer = _Writer(style, values or {})
    # A sum over the layers of a deep network has more terms than Python's parser nests.
    terms = [writer.text(_parse(term), _SUM) for term in _terms(formula)]
    return " + ".join(terms)


def substituted(step: Step, symbols: Mapping[str, float], style: Style) -> list[str]:
    """Return a step as a person writes it: the formula, the numbers filled in, the result; each once.

    Where a formula is a number there is nothing to fill in.
    """
    sides = (write(step.formula, style), write(step.formula, style, symbols), style.number(step.result))
    return list(dict.fromkeys(sides))


@dataclass(frozen=True, slots=True)
class _Writer:
    style: Style
    values: Mapping[str, float]

    def text(self, node: ast.expr, outer: int) -> str:
        """Write a node; in parentheses where it binds less than what is around it."""
        match node:
            case ast.Name(name):
                return self.value(self.values[name], outer) if name in self.values else self.style.symbol(name)
            case ast.Constant(int() | float() as value):
                return self.value(value, outer)
            case ast.Call(ast.Name(name), arguments):
                return self.style.calls[name].format(", ".join(self.text(argument, 0) for argument in arguments))
            case ast.BinOp():
                return self.binary(node, outer)
        raise ValueError(f"not a formula: {ast.unparse(node)}")

    def value(self, value: float, outer: int) -> str:
        return self.style.group.format(self.style.number(value)) if value < 0 and outer else self.style.number(value)

    def binary(self, node: ast.BinOp, outer: int) -> str:
        operator = type(node.op)
        template, own = self.style.binary[operator], _PRECEDENCE[operator]
        if self.style.fraction and operator is ast.Div:
            return template.format(self.text(node.left, 0), self.text(node.right, 0))
        right = own + 1  # a / (b * c), but also a * (b / c), which reads better than a * b / c
        if isinstance(node.right, ast.BinOp) and type(node.right.op) is operator and operator in (ast.Add, ast.Mult):
            right = own
        text = template.format(self.text(node.left, own), self.text(node.right, right))
        return self.style.group.format(text) if own < outer else text


def _terms(formula: str) -> list[str]:
    """Split a formula at the plus signs that stand outside of all parentheses."""
    terms, depth = [""], 0
    for part in re.split(r"( \+ |[()])", formula):
        depth += (part == "(") - (part == ")")
        if part == " + " and depth == 0:
            terms.append("")
        else:
            terms[-1] += part
    return terms


@cache
def _parse(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body
