"""Arithmetic over names, safely: parsed once, evaluated in a scope.

An expression from a stranger is harmless: it computes with numbers and lists alone, in bounded time and memory.
"""

from cnnparams.expression.arithmetic import FUNCTIONS, ExpressionError, Value, at, make_divisible, shown
from cnnparams.expression.syntax import BOOLEAN, NUMBER, Expression, Scope, parse

__all__ = [
    "BOOLEAN",
    "FUNCTIONS",
    "NUMBER",
    "Expression",
    "ExpressionError",
    "Scope",
    "Value",
    "at",
    "make_divisible",
    "parse",
    "shown",
]
