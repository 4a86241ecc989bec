"""What expressions compute with: Python's operators and a few functions, on checked and bounded values."""

import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

Value = Any
"""A whole number, a number, true or false, a word, None, or a tuple of these."""

LARGEST = 2**63 - 1
_BITS = 64


class ExpressionError(ValueError):
    """An expression that is none, or has no value in its scope: the bare fact, and a remedy where there is one."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


class Operation(NamedTuple):
    """An operator or a function: how messages call it, what computes it, and the check of what it is given."""

    sign: str
    compute: Callable[..., Any]
    check: Callable[..., None]
    least: int = 2
    most: int = 2

    def __call__(self, *values: Value) -> Value:
        """Return the result; raise ExpressionError where there is none, or 64 bits cannot hold it."""
        self.check(self.sign, *values)
        try:
            return bounded(self.compute(*values))
        except ZeroDivisionError:
            raise ExpressionError("division by zero") from None
        except OverflowError:
            _too_large()


def make_divisible(value: float, divisor: float = 8, least: float | None = None) -> int:
    """Round to the nearest multiple of the divisor, but not below `least` (the divisor), nor by more than a tenth down.

    Sandler et al., MobileNetV2 (arXiv 1801.04381), as its authors' code rounds channels.
    """
    rounded = max(divisor if least is None else least, math.floor((value + divisor / 2) / divisor) * divisor)
    return int(rounded + divisor if rounded < 0.9 * value else rounded)


def at(items: Value, index: Value) -> Value:
    """Return an item of a list, counted from 0, or from the end where negative."""
    if not isinstance(items, tuple):
        raise ExpressionError(f"only a list can be indexed, not {shown(items)}")
    if type(index) is not int:
        raise ExpressionError(f"a list index must be a whole number, not {shown(index)}")
    if not -len(items) <= index < len(items):
        raise ExpressionError(f"index {index} is out of range: the list has {len(items)} items, counted from 0")
    return items[index]


def boolean(word: str, value: Value) -> bool:
    """Return a value that must be true or false."""
    if not isinstance(value, bool):
        raise ExpressionError(f"'{word}' takes true or false, but gets {shown(value)}")
    return value


def bounded(value: Value) -> Value:
    """Return a result that 64 bits can hold."""
    if not -LARGEST <= value <= LARGEST:  # not a number fails too
        _too_large()
    return value


def shown(value: Value) -> str:
    """Write a value for a message."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, tuple):
        return "a list"
    return f"'{value[:40]}'" if isinstance(value, str) else str(value)


def _power(a: float, b: float) -> float:
    if abs(a) > 1 and b > 0 and b * math.log2(abs(a)) > _BITS:
        _too_large()
    result = a**b
    if isinstance(result, complex):
        raise ExpressionError("a negative number cannot be raised to a fraction")
    return float(result) if isinstance(result, float) else int(result)


def _too_large() -> NoReturn:
    raise ExpressionError("is beyond what 64 bits can hold")


def _need_numbers(sign: str, *values: Value) -> None:
    for value in values:
        if type(value) is not int and type(value) is not float:
            raise ExpressionError(f"{sign} takes numbers, but gets {shown(value)}")


def _need_list(name: str, value: Value) -> None:
    if not isinstance(value, tuple):
        raise ExpressionError(f"{name} takes a list, but gets {shown(value)}")


def _need_nothing(sign: str, *values: Value) -> None:
    pass


def _by_sign(*operations: Operation) -> dict[str, Operation]:
    return {operation.sign: operation for operation in operations}


BINARY = _by_sign(
    Operation("+", operator.add, _need_numbers),
    Operation("-", operator.sub, _need_numbers),
    Operation("*", operator.mul, _need_numbers),
    Operation("/", operator.truediv, _need_numbers),
    Operation("//", operator.floordiv, _need_numbers),
    Operation("%", operator.mod, _need_numbers),
    Operation("**", _power, _need_numbers),
)
UNARY = _by_sign(
    Operation("+", operator.pos, _need_numbers, 1, 1),
    Operation("-", operator.neg, _need_numbers, 1, 1),
)
COMPARISONS = _by_sign(
    Operation("==", operator.eq, _need_nothing),
    Operation("!=", operator.ne, _need_nothing),
    Operation("<", operator.lt, _need_numbers),
    Operation("<=", operator.le, _need_numbers),
    Operation(">", operator.gt, _need_numbers),
    Operation(">=", operator.ge, _need_numbers),
)
FUNCTIONS = _by_sign(
    Operation("min", min, _need_numbers, 2, 20),
    Operation("max", max, _need_numbers, 2, 20),
    Operation("round", round, _need_numbers, 1, 1),
    Operation("ceil", math.ceil, _need_numbers, 1, 1),
    Operation("floor", math.floor, _need_numbers, 1, 1),
    Operation("abs", abs, _need_numbers, 1, 1),
    Operation("make_divisible", make_divisible, _need_numbers, 1, 3),
    Operation("len", len, _need_list, 1, 1),
)
