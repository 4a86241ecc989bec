"""Strategies that the families share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.layers.oracles.case import Case, Dims, Settings

Drawn = st.SearchStrategy[Any]
Choices = Mapping[str, Drawn]

FLAG = st.booleans()
CHANNELS = st.sampled_from((1, 2, 3, 4, 6, 8))
ANY_DIMS: st.SearchStrategy[Dims] = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
_PLAIN, _WRONG_DIMS, _FAULT = range(3)


def images(rank: int, smallest: int = 1, largest: int = 9) -> st.SearchStrategy[Dims]:
    """Draw (channels, *sizes); three-dimensional images are smaller, for speed."""
    top = largest if rank < 3 else (smallest + largest) // 2 + 1
    return st.tuples(CHANNELS, *[st.integers(smallest, top)] * rank)


def of_rank_not(rank: int) -> st.SearchStrategy[Dims]:
    """Draw the dimensions of anything but an image of this rank."""
    return ANY_DIMS.filter(lambda dims: len(dims) != rank + 1)


def per_axis(rank: int, low: int, high: int) -> Drawn:
    """Draw one number for all axes, or a list of one for each."""
    numbers = st.integers(low, high)
    return numbers | st.lists(numbers, min_size=rank, max_size=rank)


def wrong_per_axis(rank: int, *numbers: int) -> Drawn:
    """Draw a number out of range, a list with such a number, a list that is too long, or nothing."""
    return st.sampled_from([*numbers, *([number] * rank for number in numbers), [1] * (rank + 1), None])


def rarely(value: Drawn, otherwise: Drawn) -> Drawn:
    """Draw from `value` in about one of five cases."""
    return st.integers(0, 4).flatmap(lambda i: value if i == 4 else otherwise)


def groups(channels: int) -> Drawn:
    """Draw a number of groups: mostly one that divides the channels."""
    divisors = [d for d in range(1, channels + 1) if channels % d == 0]
    return rarely(st.integers(1, 5), st.sampled_from(divisors))


def any_dim(dims: Dims) -> Drawn:
    """Draw a dimension of a sample, counted from either end."""
    rank = len(dims)
    return st.sampled_from((*range(1, rank + 1), *range(-rank, 0)))


def cases(
    dims: st.SearchStrategy[Dims],
    choices: Callable[[Dims], Choices],
    *,
    required: tuple[str, ...] = (),
    faults: Choices | None = None,
    wrong_dims: st.SearchStrategy[Dims] | None = None,
) -> st.SearchStrategy[Case]:
    """Draw cases: about three in five of settings that may go together, the others with one fault put into them.

    `choices` gives the settings to draw from for an input, all but the `required` ones sometimes left out.
    """
    kinds = [_PLAIN] * 3 + [_WRONG_DIMS] * (wrong_dims is not None) + [_FAULT] * bool(faults)

    @st.composite
    def case(draw: st.DrawFn) -> Case:
        kind = draw(st.sampled_from(kinds))
        shape = draw(wrong_dims if wrong_dims is not None and kind == _WRONG_DIMS else dims)
        own = choices(shape)
        always = {name: own[name] for name in required}
        sometimes = {name: drawn for name, drawn in own.items() if name not in required}
        settings: Settings = draw(st.fixed_dictionaries(always, optional=sometimes))
        if faults and kind == _FAULT:
            setting = draw(st.sampled_from(sorted(faults)))
            settings[setting] = draw(faults[setting])
        return Case(settings, shape)

    return case()


def with_more(
    ones: st.SearchStrategy[Case], more: Callable[[Case], st.SearchStrategy[tuple[Dims, ...]]]
) -> st.SearchStrategy[Case]:
    """Draw cases of several inputs: `more` draws those after the first."""
    return ones.flatmap(lambda case: more(case).map(lambda others: replace(case, more=others)))
