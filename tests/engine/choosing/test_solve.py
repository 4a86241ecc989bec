"""The largest value that keeps the limits is found wherever it is, and the next does not keep them."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnparams.engine.choosing.axis import AxisError, SweepAxis, ascending
from cnnparams.engine.choosing.evaluation import Outcome, Points, Varying, outcomes
from cnnparams.engine.choosing.solve import Solution, solve
from cnnparams.engine.costs.quantity import Limit
from cnnparams.engine.costs.register import find_total
from cnnparams.engine.setting import USUAL
from tests.layers.effort import examples
from tests.specs import report_of, spec_of

PARAMS = find_total("params")
NET = """
vars: {wide: 4, step: 3}
input: {channels: 1, height: 16, width: 16}
layers:
  - {type: conv2d, out_channels: "8 * wide if wide % step != 0 else wide", kernel_size: 3}
  - {type: conv2d, out_channels: 10, kernel_size: 1}
"""


def found(costs: list[int | None], most: int) -> Solution:
    """Solve where value i costs costs[i]; None is no network."""
    given = (
        Outcome("net", {"x": i}, {} if cost is None else {"total_params": cost}, "broken" if cost is None else None)
        for i, cost in enumerate(costs)
    )
    return solve("net", "x", [Limit(PARAMS, Fraction(most))], given)


@given(st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=30), st.integers(0, 9))
@examples(300)
def test_the_answer_keeps_the_limit_and_no_larger_value_does(costs: list[int | None], most: int) -> None:
    solution = found(costs, most)
    fitting = [i for i, cost in enumerate(costs) if cost is not None and cost <= most]
    assert solution.best == (max(fitting) if fitting else None)
    if fitting:
        assert [c.fits for c in solution.proof] == [True, False][: len(costs) - max(fitting)]
        assert {c.value for c in solution.broken_below} == {
            i for i, cost in enumerate(costs[: max(fitting)]) if cost is not None and cost > most
        }


@given(st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=30))
def test_the_first_fall_of_a_cost_is_told(costs: list[int | None]) -> None:
    known = [(i, cost) for i, cost in enumerate(costs) if cost is not None]
    falls = [(i, j) for (i, a), (j, b) in pairwise(known) if b < a]
    assert [(fall.before.value, fall.after.value) for fall in found(costs, 5).falls] == falls[:1]


@given(st.integers(0, 3000), st.integers(2, 5))
@examples(30)
def test_a_network_whose_cost_is_not_monotone(most: int, step: int) -> None:
    spec, values = spec_of(NET), range(1, 17)
    limits = [Limit(PARAMS, Fraction(most))]
    points = Points(iter([{"wide": v, "step": step} for v in values]), len(values))
    solution = solve("net", "wide", limits, outcomes(Varying(spec), ["total_params"], USUAL, points))
    single = {value: report_of(NET, wide=value, step=step).total_params for value in values}
    fitting = [value for value in values if single[value] <= most]
    assert (None if solution.best is None else solution.candidates[solution.best].value) == max(fitting, default=None)
    assert [candidate.totals["total_params"] for candidate in solution.candidates] == list(single.values())
    assert solution.falls


def test_values_go_up_whatever_their_order() -> None:
    assert ascending("x=3,1,2,1", None) == SweepAxis("x", (1, 2, 3))
    assert ascending("x=4:1:-1", None) == SweepAxis("x", (1, 2, 3, 4))


def test_around_a_default() -> None:
    assert ascending("x", 16) == SweepAxis("x", tuple(range(1, 65)))
    values = ascending("x", 1.0).values
    assert (len(values), values[0], values[1], values[-1]) == (400, 0.01, 0.02, 4.0)
    for default in (0, -1, "word", True, None, (1, 2)):
        with pytest.raises(AxisError, match="give x=FROM:TO:STEP"):
            ascending("x", default)
