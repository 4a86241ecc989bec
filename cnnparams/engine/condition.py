"""Conditions on vars and totals: params < 1e6 and width >= 0.5."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from cnnparams.engine.costs import totals
from cnnparams.engine.quantity import Total, magnitude
from cnnparams.errors import CnnparamsError, quote, some, suggest
from cnnparams.expression import BOOLEAN, Expression, ExpressionError, parse


class ConditionError(CnnparamsError):
    """A condition that is none, or has no value."""


class Condition(NamedTuple):
    """An expression that is true or false, and the totals that it reads by the names that it has for them."""

    expression: Expression
    totals: Mapping[str, Total]

    def holds(self, point: Mapping[str, Any], measured: Mapping[str, Any]) -> bool:
        """Tell whether it is true of a point with these totals; raise ConditionError where it has no value."""
        scope = {name: magnitude(measured[total.field], total.kind) for name, total in self.totals.items()}
        try:
            found = self.expression.run({**scope, **point})
        except ExpressionError as error:
            missing = next((f"; the network has no {self.totals[n].word}" for n in scope if scope[n] is None), "")
            raise ConditionError(f"{quote(self.expression.text)}: {error}{missing}") from None
        if not isinstance(found, bool):
            raise ConditionError(f"{quote(self.expression.text)} is neither true nor false, but {quote(found)}")
        return found


def parse_condition(text: str, names: Collection[str]) -> Condition:
    """Return a condition on vars of these names and on totals by their words, a - in them written as _.

    A var comes before a total of its name. Raise ConditionError for what is no condition.
    """
    words = {word.replace("-", "_"): total for word, total in totals().items()}
    try:
        expression = parse(text)
    except ExpressionError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise ConditionError(f"{quote(text)} {error}{hint}") from None
    if unknown := sorted(expression.names - {*names, *words}):
        guess = suggest(unknown[0], [*names, *words])
        remedy = f"did you mean {quote(guess)}?" if guess else f"known are {some([*names, *words])}"
        raise ConditionError(f"unknown name {quote(unknown[0])}; {remedy}")
    if expression.kind not in (None, BOOLEAN):
        raise ConditionError(f"{quote(text)} is {expression.kind}, not a condition such as params < 1e6")
    return Condition(expression, {name: words[name] for name in expression.names - set(names)})
