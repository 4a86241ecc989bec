"""Functions of two tensors, or of a tensor and a number, against torch's operators."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial, reduce
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Built, Case, Difference, Dims, Oracle
from tests.layers.oracles.drawing import ANY_DIMS, FLAG, Choices, cases, rarely, with_more

Operation = Callable[[Any, Any], Any]
More = st.SearchStrategy[tuple[Dims, ...]]

NUMBER = st.sampled_from((2, -3, 0.5, 1.5))


def others(most: int, case: Case) -> More:
    """Draw no more inputs beside a number, otherwise mostly those that have the first one's sizes, or 1."""
    fitting = st.tuples(*(st.sampled_from((n, n, 1, 4 if n == 1 else n)) for n in case.dims))
    several = st.lists(rarely(ANY_DIMS, fitting), min_size=1, max_size=most).map(tuple)
    return several if case.settings.get("other") is None else rarely(several, st.just(()))


def build(operation: Operation, torch: ModuleType, case: Case) -> Built:
    """Build the operation between all inputs, or the input and a number."""
    settings = case.settings
    other, reverse, tensors = settings.get("other"), settings.get("reverse", False), len(case.inputs)
    if (other is None) == (tensors == 1) or (reverse and other is None) or isinstance(other, str):
        raise ValueError("a number or more tensors, and a number that comes first only where there is one")
    if other is None:
        return Built(torch.nn.Identity(), lambda *inputs: reduce(operation, inputs))
    return Built(torch.nn.Identity(), lambda x: operation(other, x) if reverse else operation(x, other))


def oracle(operation: Operation, choices: Choices, most: int) -> Oracle:
    """Return the oracle of an operation, which takes so many more inputs at most."""
    drawn = cases(ANY_DIMS, lambda _: choices, faults={"other": st.just("two")} if choices else None)
    return Oracle(with_more(drawn, partial(others, most)), partial(build, operation), (OF_OTHER_RANKS,))


OF_OTHER_RANKS = Difference(
    "inputs have as many dimensions; PyTorch lines up the batch of one with a dimension of the other where they fit",
    lambda case: len({len(dims) for dims in case.inputs}) > 1,
    Case({}, (4,), ((2, 4),)),
)
_OR_NUMBER: Mapping[str, Operation] = {
    "subtract": operator.sub,
    "divide": operator.truediv,
    "pow": operator.pow,
    "remainder": operator.mod,
    "floor_divide": operator.floordiv,
    **{name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
}
_OF_TENSORS = ("maximum", "minimum", "atan2", "logical_and", "logical_or", "logical_xor")


def _of_torch(name: str, torch: ModuleType, case: Case) -> Built:
    return build(getattr(torch, name), torch, case)


_TWO = with_more(cases(ANY_DIMS, lambda _: {}), partial(others, 1))
ORACLES = {
    **{name: oracle(each, {"other": NUMBER, "reverse": FLAG}, 1) for name, each in _OR_NUMBER.items()},
    **{
        name: Oracle(
            with_more(cases(ANY_DIMS, lambda _: {}), partial(others, 1)), partial(_of_torch, name), (OF_OTHER_RANKS,)
        )
        for name in _OF_TENSORS
    },
}
