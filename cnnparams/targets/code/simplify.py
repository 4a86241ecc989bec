"""Formulas worked out as far as they are plain: 64 * planes // 64 is planes, a choice is made if its test is known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cnnparams.expression import ExpressionError, parse

Expr = ast.expr
Renaming = Callable[[str], Expr]

_NEUTRAL: dict[type[ast.operator], int] = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1, ast.FloorDiv: 1, ast.Pow: 1}
"""What on the right of an operator leaves the left as it is."""
_EITHER_SIDE = (ast.Add, ast.Mult)


def binary(a: Expr, op: ast.operator, b: Expr) -> Expr:
    """Return the formula of an operator and what it stands between."""
    if plain(a) and plain(b):
        return constant_value(ast.BinOp(a, op, b), [a, b])
    if _is(b, _NEUTRAL.get(type(op))):
        return a
    if isinstance(op, _EITHER_SIDE) and _is(a, _NEUTRAL[type(op)]):
        return b
    if isinstance(op, ast.Add) and (times := _times(a, b)):
        return ast.BinOp(ast.Constant(times + 1), ast.Mult(), b)
    return _merged(a, op, b) or ast.BinOp(a, op, b)


def every(conditions: Sequence[Expr]) -> Expr:
    """Return the formula that is true where all of these are."""
    return _logical(ast.And(), conditions)


def plain(formula: Expr) -> bool:
    """Tell whether a formula is a number, true or false, a word, or a list of such."""
    return isinstance(formula, ast.Constant) or (isinstance(formula, ast.Tuple) and all(map(plain, formula.elts)))


def constant_value(formula: Expr, parts: Iterable[Expr]) -> Expr:
    """Return the value of a formula all of whose parts are plain numbers, where it has one; else the formula."""
    if not all(isinstance(part, ast.Constant) and isinstance(part.value, int | float) for part in parts):
        return formula
    try:
        return ast.Constant(parse(ast.unparse(formula)).run({}))
    except ExpressionError:
        return formula


class Rewriter(ast.NodeTransformer):
    """Puts formulas in place of names, and works out what has become plain. It uses up the tree that it visits."""

    def __init__(self, names: Renaming) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> Expr:
        """Return what stands for the name."""
        return self.names(node.id)

    def visit_BinOp(self, node: ast.BinOp) -> Expr:
        """Return the operation."""
        return binary(self.visit(node.left), node.op, self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Expr:
        """Return the operation."""
        self.generic_visit(node)
        return constant_value(node, [node.operand])

    def visit_BoolOp(self, node: ast.BoolOp) -> Expr:
        """Return the conditions without those that change nothing."""
        return _logical(node.op, [self.visit(part) for part in node.values])

    def visit_Compare(self, node: ast.Compare) -> Expr:
        """Return the comparison; words are the same or not."""
        self.generic_visit(node)
        return constant_value(node, [node.left, *node.comparators])

    def visit_IfExp(self, node: ast.IfExp) -> Expr:
        """Return the side that is chosen, where that is known."""
        test: Any = self.visit(node.test)
        if isinstance(test, ast.Constant):
            chosen: Expr = self.visit(node.body if test.value else node.orelse)
            return chosen
        body, orelse = self.visit(node.body), self.visit(node.orelse)
        return body if ast.dump(body) == ast.dump(orelse) else ast.IfExp(test, body, orelse)

    def visit_Subscript(self, node: ast.Subscript) -> Expr:
        """Return the item of a list that is known."""
        self.generic_visit(node)
        items, index = node.value, node.slice
        if isinstance(items, ast.Tuple) and isinstance(index, ast.Constant) and isinstance(index.value, int):
            return items.elts[index.value]
        return node

    def visit_Call(self, node: ast.Call) -> Expr:
        """Return the call; its function's name stays."""
        node.args = [self.visit(argument) for argument in node.args]
        return constant_value(node, node.args)


def _is(formula: Expr, number: int | None) -> bool:
    return number is not None and isinstance(formula, ast.Constant) and formula.value == number


def _whole(formula: Expr) -> int | None:
    found = formula.value if isinstance(formula, ast.Constant) else None
    return found if type(found) is int and found else None


def _times(a: Expr, b: Expr) -> int | None:
    """Return how many times a formula another is, if that is plain to see."""
    if ast.dump(a) == ast.dump(b):
        return 1
    times = _whole(a.left) if isinstance(a, ast.BinOp) and isinstance(a.op, ast.Mult) else None
    return times if times and isinstance(a, ast.BinOp) and ast.dump(a.right) == ast.dump(b) else None


def _merged(a: Expr, op: ast.operator, b: Expr) -> Expr | None:
    """Return x * 6 for x * 2 * 3, x * 2 for x * 6 // 3, and x - 3 for x - 2 - 1, the number on either side of x."""
    if (
        isinstance(a, ast.BinOp)
        and isinstance(a.op, ast.Sub)
        and isinstance(op, ast.Sub)
        and _whole(a.right)
        and _whole(b)
    ):
        return ast.BinOp(a.left, ast.Sub(), constant_value(ast.BinOp(a.right, ast.Add(), b), [a.right, b]))
    if not isinstance(a, ast.BinOp) or not isinstance(a.op, ast.Mult) or (n := _whole(b)) is None:
        return None
    k = _whole(a.right) or _whole(a.left)
    if k is None or not (isinstance(op, ast.Mult) or (isinstance(op, ast.FloorDiv) and k % n == 0)):
        return None
    number = ast.Constant(k * n if isinstance(op, ast.Mult) else k // n)
    sides = (number, a.right) if _whole(a.left) else (a.left, number)
    return binary(sides[0], ast.Mult(), sides[1])


def _logical(op: ast.boolop, conditions: Sequence[Expr]) -> Expr:
    neutral = isinstance(op, ast.And)
    if any(isinstance(part, ast.Constant) and part.value is not neutral for part in conditions):
        return ast.Constant(not neutral)
    left = [part for part in conditions if not isinstance(part, ast.Constant)]
    if len(left) < 2:
        return left[0] if left else ast.Constant(neutral)
    return ast.BoolOp(op, left)
