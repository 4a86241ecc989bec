"""Arithmetic as Python's syntax trees: made from a spec's expressions, evaluated as a spec would, written as text.

A word (the name of an activation, of a block, of a mode) stands in a formula as a constant that is text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from cnnparams.expression import Expression, Value, parse
from cnnparams.schema.computed import Computed
from cnnparams.targets.code.simplify import Expr, Renaming, Rewriter, binary

_WORDS = {"true": True, "false": False}
_MOST_PARTS = 100
_POWER = re.compile(r"(?<![\w.)\]])(\w[\w.]*) \*\* (-?\w[\w.]*)")


def literal(value: Value) -> Expr:
    """Return the formula of a value."""
    return listed([literal(item) for item in value]) if isinstance(value, tuple | list) else ast.Constant(value)


def listed(items: list[Expr]) -> Expr:
    """Return the formula of a list."""
    return ast.Tuple(items, ast.Load())


def name(identifier: str) -> Expr:
    """Return the formula of a name."""
    return ast.Name(identifier, ast.Load())


def first_of(formula: Expr) -> Expr:
    """Return the formula of the first item of a list."""
    return formula.elts[0] if isinstance(formula, ast.Tuple) else ast.Subscript(formula, ast.Constant(0), ast.Load())


def total(parts: Iterable[Expr]) -> Expr:
    """Return the sum of formulas."""
    first, *others = parts
    for part in others:
        first = binary(first, ast.Add(), part)
    return first


def product(a: Expr, b: Expr) -> Expr:
    """Return the product of two formulas."""
    return binary(a, ast.Mult(), b)


def quotient(a: Expr, b: Expr) -> Expr:
    """Return the quotient of two formulas, rounded down."""
    return binary(a, ast.FloorDiv(), b)


def difference(a: Expr, b: Expr) -> Expr:
    """Return the difference of two formulas."""
    return binary(a, ast.Sub(), b)


def of(computed: Computed, names: Renaming) -> Expr:
    """Return what a spec computes, over other names."""
    if not isinstance(computed.parts, Expression):
        parts = [of(part, names) if isinstance(part, Computed) else literal(part) for part in computed.parts]
        return listed(parts)
    words = {**computed.words, **_WORDS}
    tree = ast.parse(computed.parts.text.strip(), mode="eval").body
    return over(tree, lambda found: literal(words[found]) if found in words else names(found))


def over(formula: Expr, names: Renaming) -> Expr:
    """Return the formula over other names, simplified."""
    found: Expr = Rewriter(names).visit(_copy(formula))
    return found


def is_long(formula: Expr) -> bool:
    """Tell whether a formula has more parts than anyone would write; it may be a small part of what it would become."""
    return next(islice(ast.walk(formula), _MOST_PARTS, None), None) is not None


def names_in(formula: Expr) -> list[str]:
    """Return the names that a formula reads."""
    called = {id(node.func) for node in ast.walk(formula) if isinstance(node, ast.Call)}
    return [node.id for node in ast.walk(formula) if isinstance(node, ast.Name) and id(node) not in called]


def calls_in(formula: Expr) -> set[str]:
    """Return the functions that a formula calls."""
    return {ast.unparse(node.func) for node in ast.walk(formula) if isinstance(node, ast.Call)}


def compares_words(formula: Expr) -> bool:
    """Tell whether a formula does with words what names of Python's things cannot do."""
    tests = [node for node in ast.walk(formula) if isinstance(node, ast.Compare)]
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) for test in tests for node in ast.walk(test)
    )


def value(formula: Expr, scope: Mapping[str, Value]) -> Value:
    """Return the value of a formula by the rules of a spec; raise ExpressionError where it has none."""
    if isinstance(formula, ast.Constant):
        return formula.value
    if isinstance(formula, ast.Name) and formula.id in scope:
        return scope[formula.id]
    if isinstance(formula, ast.Tuple):
        return tuple(value(item, scope) for item in formula.elts)
    words: dict[str, Any] = {}
    return parse(text(formula, lambda word: _placeholder(word, words))).run({**scope, **words})


def text(formula: Expr, word: Callable[[str | None], str], functions: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a formula as a person writes it, words and None as `word` says, and `functions` by other names."""
    return _POWER.sub(r"\1**\2", ast.unparse(_Worded(word, functions).visit(_copy(formula))))


def _copy(formula: Expr) -> Expr:
    return ast.parse(ast.unparse(formula), mode="eval").body


def _placeholder(word: str | None, words: dict[str, Any]) -> str:
    """Return a name that no formula has, for what an expression of a spec cannot say."""
    words[found := f"_{len(words)}"] = word
    return found


class _Worded(ast.NodeTransformer):
    """Puts names in place of words, and other names for functions."""

    def __init__(self, word: Callable[[str | None], str], functions: Mapping[str, str]) -> None:
        self.word = word
        self.functions = functions

    def visit_Call(self, node: ast.Call) -> Expr:
        """Return the call of the function by its own name."""
        called = ast.unparse(node.func)
        return ast.Call(name(self.functions.get(called, called)), [self.visit(item) for item in node.args], [])

    def visit_Constant(self, node: ast.Constant) -> Expr:
        """Return a name for text, and for nothing."""
        return name(self.word(node.value)) if isinstance(node.value, str | None) else node
