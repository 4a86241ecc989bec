"""Whether a part of a block is there: as a person would put it, or else as a param."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cnnparams.bridge.structure.formula import Formula, Mark, formula
from cnnparams.bridge.structure.inference import Column, Inference
from cnnparams.schema.slips import CHANNELS


class _Equation(NamedTuple):
    """Two sides, and whether they are equal in each use of the block; ABSENT where that cannot be told."""

    left: Formula
    right: Formula
    holds: Sequence[Any]


def condition(inference: Inference, presence: Column, *, sees_entering: bool) -> Any:
    """Return the `when` of a slot: a formula over strides and channels where one tells, else that of a param.

    An entry that does not see the channels that enter the block is given a param that does.
    """
    found = inference.find(presence)
    if found is not Mark.UNKNOWN:
        return found
    for fitting in _fitting(presence.values, *_equations(inference)):
        return fitting if sees_entering or not fitting.mentions(CHANNELS) else inference.new(presence, fitting)
    return _of_a_size(inference, presence) or inference.new(presence)


def _of_a_size(inference: Inference, presence: Column) -> Formula | None:
    """Return that a size is more than 0, where it is one only of what is there or not: it is 0 elsewhere."""
    for number, draft in enumerate(inference.drafts):
        known = [value for value in draft.values if value is not Mark.ABSENT]
        sized = draft.derived is None and draft.usual is Mark.REQUIRED and all(type(value) is int for value in known)
        if sized and all(
            there is not (value is Mark.ABSENT) for there, value in zip(presence.values, draft.values, strict=True)
        ):
            draft.values[:] = [0 if value is Mark.ABSENT else value for value in draft.values]
            draft.usual = 0
            return formula(number, " > 0")
    return None


def _equations(inference: Inference) -> tuple[list[_Equation], list[_Equation]]:
    """Return that a stride is 1, and that the channels which enter are those of a layer in the block."""
    rows = range(len(inference.entering))
    strides = [
        (formula(number), draft.values) for number, draft in enumerate(inference.drafts) if draft.key == "stride"
    ]
    still = [
        _Equation(stride, formula("1"), [value == 1 if _is_known(value) else Mark.ABSENT for value in values])
        for stride, values in strides
    ]
    equal = []
    for found, column in reversed(inference.sizes):
        size = found if isinstance(found, Formula) else formula(str(found))
        values = dict(zip(column.rows, column.values, strict=True))
        holds = [values[row] == inference.entering[row] if _is_known(values.get(row)) else Mark.ABSENT for row in rows]
        if not size.mentions(CHANNELS) and len(column.rows) == len(rows):
            equal.append(_Equation(formula(CHANNELS), size, holds))
    return still, equal


def _fitting(there: Sequence[Any], still: list[_Equation], equal: list[_Equation]) -> Iterator[Formula]:
    """Yield conditions that hold where, and only where, something is there."""
    for one in (*still, *equal):
        if _agree(there, one.holds):
            yield formula(one.left, " == ", one.right)
        if _agree(there, [_negated(held) for held in one.holds]):
            yield formula(one.left, " != ", one.right)
    for one in still:
        for other in equal:
            both = [_both(*pair) for pair in zip(one.holds, other.holds, strict=True)]
            if _agree(there, both):
                yield formula(one.left, " == ", one.right, " and ", other.left, " == ", other.right)
            if _agree(there, [_negated(held) for held in both]):
                yield formula(one.left, " != ", one.right, " or ", other.left, " != ", other.right)


def _agree(there: Sequence[Any], holds: Sequence[Any]) -> bool:
    return all(one is Mark.ABSENT or one is other for one, other in zip(there, holds, strict=True))


def _negated(held: Any) -> Any:
    return held if held is Mark.ABSENT else not held


def _both(one: Any, other: Any) -> Any:
    return Mark.ABSENT if Mark.ABSENT in (one, other) else one and other


def _is_known(value: Any) -> bool:
    return value is not None and value is not Mark.ABSENT
