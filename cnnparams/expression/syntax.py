"""The text of an expression -> a function of a scope. The grammar is Python's, of which little is taken."""

import ast
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cnnparams.expression import arithmetic
from cnnparams.expression.arithmetic import ExpressionError, Value, bounded

Scope = Mapping[str, Value]
Evaluate = Callable[[Scope], Value]

NUMBER = "a number"
BOOLEAN = "true or false"
_LONGEST = 1000
_DEEPEST = 50
_NONE = "is not an expression"
_WORDS = {"true": True, "false": False}
_SIGNS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"},
    **{ast.UAdd: "+", ast.USub: "-"},
    **{ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="},
}


class Expression(NamedTuple):
    """An expression that has been parsed: the names it reads, and what kind of value it gives where that is plain."""

    text: str
    names: frozenset[str]
    kind: str | None
    run: Evaluate


class _Parsed(NamedTuple):
    run: Evaluate
    kind: str | None


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse an expression; raise ExpressionError where it is none. Text and depth are bounded."""
    if len(text) > _LONGEST:
        raise ExpressionError(f"an expression has {_LONGEST} characters at most, but this one has {len(text):,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on how to space what it understands
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(_NONE, "write arithmetic such as 2 * width + 1") from None
    part = _part(tree, 0)
    return Expression(text, frozenset(_names(tree)), part.kind, part.run)


def _names(tree: ast.expr) -> set[str]:
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
    return names - _WORDS.keys()


def _part(node: ast.expr, depth: int) -> _Parsed:
    if depth > _DEEPEST:
        raise ExpressionError(f"an expression is nested {_DEEPEST} levels deep at most")
    compiled = _SYNTAX.get(type(node))
    if compiled is None:
        raise ExpressionError(_NONE, "write arithmetic over names: no attributes, text, or loops")
    return compiled(node, depth + 1)


def _operation(op: ast.AST, known: Mapping[str, arithmetic.Operation]) -> arithmetic.Operation:
    sign = _SIGNS.get(type(op), "")
    if sign not in known:
        raise ExpressionError(_NONE, f"the operators here are {' '.join(known)}")
    return known[sign]


def _constant(node: ast.Constant, _: int) -> _Parsed:
    value = node.value
    if not isinstance(value, int | float):
        raise ExpressionError(_NONE, "write numbers and names, without quotes")
    bounded(value)
    return _Parsed(lambda _: value, BOOLEAN if isinstance(value, bool) else NUMBER)


def _name(node: ast.Name, _: int) -> _Parsed:
    name = node.id
    if name in _WORDS:
        word = _WORDS[name]
        return _Parsed(lambda _: word, BOOLEAN)

    def run(scope: Scope) -> Value:
        try:
            return scope[name]
        except KeyError:
            raise ExpressionError(f"'{name}' has no value here") from None

    return _Parsed(run, None)


def _binary(node: ast.BinOp, depth: int) -> _Parsed:
    operation = _operation(node.op, arithmetic.BINARY)
    left, right = _part(node.left, depth).run, _part(node.right, depth).run
    return _Parsed(lambda scope: operation(left(scope), right(scope)), NUMBER)


def _unary(node: ast.UnaryOp, depth: int) -> _Parsed:
    inner = _part(node.operand, depth).run
    if isinstance(node.op, ast.Not):
        return _Parsed(lambda scope: not arithmetic.boolean("not", inner(scope)), BOOLEAN)
    operation = _operation(node.op, arithmetic.UNARY)
    return _Parsed(lambda scope: operation(inner(scope)), NUMBER)


def _logical(node: ast.BoolOp, depth: int) -> _Parsed:
    runs = [_part(value, depth).run for value in node.values]
    word, joined = ("and", all) if isinstance(node.op, ast.And) else ("or", any)
    return _Parsed(lambda scope: joined(arithmetic.boolean(word, run(scope)) for run in runs), BOOLEAN)


def _comparison(node: ast.Compare, depth: int) -> _Parsed:
    first, *rest = [_part(value, depth).run for value in (node.left, *node.comparators)]
    steps = [(_operation(op, arithmetic.COMPARISONS), run) for op, run in zip(node.ops, rest, strict=True)]

    def run(scope: Scope) -> Value:
        a = first(scope)
        for operation, other in steps:
            b = other(scope)
            if not operation(a, b):
                return False
            a = b
        return True

    return _Parsed(run, BOOLEAN)


def _choice(node: ast.IfExp, depth: int) -> _Parsed:
    test, then, otherwise = (_part(part, depth) for part in (node.test, node.body, node.orelse))

    def run(scope: Scope) -> Value:
        return then.run(scope) if arithmetic.boolean("if", test.run(scope)) else otherwise.run(scope)

    return _Parsed(run, then.kind if then.kind == otherwise.kind else None)


def _indexing(node: ast.Subscript, depth: int) -> _Parsed:
    items, index = _part(node.value, depth).run, _part(node.slice, depth).run
    return _Parsed(lambda scope: arithmetic.at(items(scope), index(scope)), None)


def _call(node: ast.Call, depth: int) -> _Parsed:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    function = arithmetic.FUNCTIONS.get(name)
    if function is None or node.keywords:
        raise ExpressionError(_NONE, f"the functions are {', '.join(arithmetic.FUNCTIONS)}")
    runs = [_part(value, depth).run for value in node.args]
    if not function.least <= len(runs) <= function.most:
        takes = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
        values = "value" if takes == "1" else "values"
        raise ExpressionError(f"{name} takes {takes} {values}, but gets {len(runs)}")
    return _Parsed(lambda scope: function(*[run(scope) for run in runs]), NUMBER)


_SYNTAX: dict[type[ast.expr], Callable[[Any, int], _Parsed]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _logical,
    ast.Compare: _comparison,
    ast.IfExp: _choice,
    ast.Subscript: _indexing,
    ast.Call: _call,
}
