"""What a network may cost: the limits that the budget of its spec sets, and those written as WORD=AMOUNT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from cnnparams.engine.costs.quantity import Limit, Total, exactly
from cnnparams.engine.costs.register import UnknownTotalError, UnmeasuredError, find_total, measurable, totals
from cnnparams.engine.setting import Setting
from cnnparams.errors import CnnparamsError, LayerError, Problem, SpecError, quote
from cnnparams.expression import Value
from cnnparams.schema.budget import BUDGET
from cnnparams.schema.computed import Computed
from cnnparams.schema.json_schema import json_schema
from cnnparams.schema.model_schema import Json
from cnnparams.schema.problems import Problems
from cnnparams.schema.spec import Spec
from cnnparams.schema.template import evaluate
from cnnparams.schema.variables import values
from cnnparams.units import COUNTS, AmountError, Unit, is_amount


def limits(spec: Spec) -> tuple[Limit, ...]:
    """Return what the budget of a spec comes to for the values that its vars have as chosen.

    Raise SpecError with everything that is wrong with it.
    """
    scope, problems = values(spec), Problems(spec.document)
    found: dict[str | None, Limit] = {}
    for word, written in spec.budget.items():
        path = (BUDGET, word)
        try:
            total = find_total(word)
            most = _most(word, written, total, scope)
        except UnknownTotalError as error:
            problems.add(path, error.message, subject=BUDGET, hint=error.hint, at_key=True)
        except LayerError as error:
            problems.add(path, str(error), subject=BUDGET, hint=error.hint)
        else:
            if total.word in found:
                hint = "- and _ are the same here: write it once"
                problems.add(path, f"{total.word} is given twice", subject=BUDGET, hint=hint, at_key=True)
            found[total.word] = Limit(total, most, spec.document.place(path))
    problems.raise_any()
    return tuple(found.values())


def limit(written: str) -> Limit:
    """Return the limit that WORD=AMOUNT sets; raise CnnparamsError where it sets none."""
    word, equals, amount = written.partition("=")
    if not equals:
        raise CnnparamsError(f"{quote(written)} is not WORD=AMOUNT, such as params=1M")
    try:
        total = find_total(word)
        return Limit(total, total.kind.unit.read(amount))
    except UnknownTotalError as error:
        raise CnnparamsError(f"{error.message}; {error.hint}") from None
    except AmountError as error:
        raise CnnparamsError(f"{total.word}: {error}") from None


def measurable_limits(limits: Iterable[Limit], setting: Setting) -> tuple[Limit, ...]:
    """Return the limits of totals that can be measured in a setting.

    Raise SpecError where a spec limits one that cannot, UnmeasuredError where that comes from elsewhere.
    """
    found, problems = tuple(limits), []
    for limit in found:
        try:
            measurable([limit.total], setting)
        except UnmeasuredError as error:
            if limit.place is None:
                raise
            problems.append(Problem(str(error), limit.place, subject=BUDGET))
    if problems:
        raise SpecError(problems)
    return found


def _most(word: str, written: Any, total: Total, scope: Mapping[str, Value]) -> Fraction:
    """Return an amount of the budget; raise LayerError where it is none."""
    value = evaluate(word, written, scope)
    try:
        return _exact(value, total.kind.unit)
    except AmountError as error:
        how = f" ({written.explained(scope)})" if isinstance(written, Computed) else ""
        raise LayerError(f"{word}: {error.fact}{how}", word, _hint(value, total, error)) from None


def _exact(value: Value, unit: Unit) -> Fraction:
    if isinstance(value, str):
        return unit.read(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AmountError(f"expected an amount, but found {quote(value)}", unit.examples)
    if value < 0:
        raise AmountError(f"{value} is less than 0")
    return exactly(value)


def _hint(value: Value, total: Total, error: AmountError) -> str:
    is_count = total.kind.unit is COUNTS
    if is_count and isinstance(value, str) and is_amount(value) and value.rstrip().casefold().endswith("b"):
        return f"{total.word} is a number, not a size in bytes: leave out the B"
    return f"such as {error.right}, or arithmetic over the vars" if error.right else "leave out what has no limit"


def spec_schema() -> Json:
    """Return the schema of a whole file."""
    return json_schema({word: total.title for word, total in totals().items()})
