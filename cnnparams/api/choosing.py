"""Choose a network: sweep one over values of its vars and shapes of its input, or solve for the largest that fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from cnnparams.api.loading import AnyNetwork, network_of
from cnnparams.api.network import Network
from cnnparams.api.network_table import ranking_of, words_of
from cnnparams.api.remark import warn
from cnnparams.engine.choosing.axis import SweepAxis, ascending, parse_axis, parse_input_axis
from cnnparams.engine.choosing.budget import limit, measurable_limits
from cnnparams.engine.choosing.check import kept_without
from cnnparams.engine.choosing.evaluation import Outcome, Points, Varying, outcomes, vars_behind
from cnnparams.engine.choosing.solve import Solution
from cnnparams.engine.choosing.solve import solve as solved
from cnnparams.engine.choosing.sweep import Point, Sweep, own_columns, parse_condition, parse_goal
from cnnparams.engine.costs.quantity import Limit, Total
from cnnparams.engine.costs.register import find_total, measurable
from cnnparams.engine.setting import Setting, SettingWords, setting_of
from cnnparams.errors import CnnparamsError, quote
from cnnparams.schema.input_shape import InputShape, InputSizes, shapes_of
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose, members
from cnnparams.schema.variables import values as values_of

if TYPE_CHECKING:
    from typing import Unpack

InputShapes = str | Sequence[InputSizes]
"""Shapes that an input goes through: [(3, 160, 160), (3, 192, 192)], or "3x160:224:32x160:224:32"."""
_NO_LIMIT = 'no budget: give limits, such as limits=["params=1M"], or set it in the spec with budget: {params: 1M}'


def sweep(
    network: AnyNetwork,
    *,
    input: InputShapes | None = None,
    where: str | None = None,
    pareto: Iterable[str] = (),
    columns: Iterable[str] = ("params", "macs"),
    sort: str | None = None,
    top: int | None = None,
    jobs: int = 1,
    axes: Mapping[str, Any] | None = None,
    **values: Any,
) -> Iterator[Point]:
    """Yield a network at every combination of values of its vars, such as width=[0.5, 1] and size=range(160, 225, 32).

    The values of a var are an iterable, text such as "160:224:32", or one value; those of `input` are its shapes. Vars
    that are called as an argument is are given in `axes`. `columns` are the totals to measure, `where` is a condition
    such as "params < 2M and size > 128", `pareto` keeps what no other point beats in all of these totals and vars, less
    being better unless "size:max" says otherwise. `sort` and `top` order points, `jobs` are processes to work in. A
    family stands for all its variants. Settings such as batch=8 are taken too. What is no network is left out with a
    warning. Points come as they are measured, unless `pareto` or `sort` have to see all of them first.
    """
    setting = setting_of(cast("SettingWords", {name: values.pop(name) for name in Setting._fields if name in values}))
    found = [_axis(name, given) for name, given in {**values, **(axes or {})}.items()]
    varied = _varied(network, input)
    specs = _specs(varied.network.spec, found)
    every = [*varied.axes, *found]
    if not every:
        raise CnnparamsError(
            "nothing to sweep over", "give values of a var, such as width=[0.5, 1], or shapes of input"
        )
    names, ordered = [axis.name for axis in found], [axis.name for axis in every]
    measured = [find_total(word) for word in words_of(columns)]
    condition = None if where is None else parse_condition(where, names)
    goals = [parse_goal(word, ordered) for word in words_of(pareto)]
    ranking = ranking_of(sort, top, own_columns(specs, ordered))
    read = [*measured, *(condition.totals.values() if condition else ())]
    measurable(
        [each for each in (*read, *(g.total for g in goals), ranking.column) if isinstance(each, Total)], setting
    )
    networks = [Varying(spec, varied.inputs, varied.network.reread) for spec in specs]
    return _points(Sweep(networks, every, measured, condition, goals, setting, ranking), jobs, where)


def solve(
    network: AnyNetwork,
    var: str,
    limits: Iterable[str | Limit] = (),
    *,
    values: Iterable[Any] | None = None,
    input: InputShapes | None = None,
    jobs: int = 1,
    **setting: Unpack[SettingWords],
) -> Solution:
    """Return the largest value of a var that keeps limits such as "params=2M", or the spec's own budget.

    It is true where there is one, which is its `value`. The values to try are given, or said as in "width=0.1:2:0.1",
    or are those around the var's own. For var="input" they are the shapes given as `input`. Raise CnnparamsError where
    no value gives a network.
    """
    chosen, varied = setting_of(setting), _varied(network, input)
    spec = varied.network.spec
    axis = _solved_axis(varied, var, values)
    given = [limit(each) if isinstance(each, str) else each for each in limits]
    kept = measurable_limits(given or _own_budget(varied.network, axis.name), chosen)
    points = Points(({axis.name: value} for value in axis.values), len(axis.values))
    varying = Varying(spec, varied.inputs, varied.network.reread)
    found = outcomes(varying, [each.total.field for each in kept], chosen, points, jobs)
    solution = solved(varied.network.name, axis.name, kept, found)
    solution.check_any()
    warn(*(kept_without(total, solution.name, varied.network.source) for total in solution.missing))
    return solution


class _Resizable(NamedTuple):
    """A network, the shape of the input that varies, and the axis of its shapes."""

    network: Network
    inputs: Mapping[str, InputShape]
    axes: tuple[SweepAxis, ...]


def _varied(given: AnyNetwork, input: InputShapes | None) -> _Resizable:
    """Return the network at the first shape of its input that it takes."""
    if input is None:
        return _Resizable(network_of(given), {}, ())
    try:
        shapes = parse_input_axis(input).shapes if isinstance(input, str) else tuple(shapes_of(input))
    except ValueError as error:
        raise CnnparamsError(f"input: {error}") from None
    network = _first_valid(given, shapes)
    name = shapes[0].name or next(iter(network.spec.inputs), "input")
    return _Resizable(network, {name: shapes[0]}, (SweepAxis(name, shapes),))


def _first_valid(given: AnyNetwork, shapes: Sequence[InputShape]) -> Network:
    def at(shape: InputShape) -> Network:
        return given.resized(shape) if isinstance(given, Network) else network_of(given, input=shape)

    if not shapes:
        raise CnnparamsError("input: no shapes to sweep over")
    for shape in shapes:
        with suppress(CnnparamsError):
            return at(shape)
    return at(shapes[0])  # which tells what is wrong


def _specs(spec: Spec, axes: Sequence[SweepAxis]) -> list[Spec]:
    """Return the spec of each network of a family, at the first values of its vars; raise SpecError for another var."""
    first = {axis.name: axis.values[0] for axis in axes}
    return [choose(member, member.choice.variant, {**member.choice.values, **first}) for member in members(spec)]


def _axis(name: str, given: Any) -> SweepAxis:
    if isinstance(given, str):
        return parse_axis(f"{name}={given}")
    values = tuple(given) if isinstance(given, Iterable) else (given,)
    if not values:
        raise CnnparamsError(f"{name}: no values to sweep over")
    return SweepAxis(name, values)


def _points(sweep: Sweep, jobs: int, where: str | None) -> Iterator[Point]:
    """Yield the points that are shown; warn of what is no network, and of what networks do not have."""
    skipped = 0
    told = set()

    def valid() -> Iterator[Outcome]:
        nonlocal skipped
        for outcome in sweep.outcomes(jobs):
            if outcome.problem is not None:
                skipped += 1
                warn(f"skipped: {outcome.place}: {outcome.problem}")
                continue
            for total in sweep.missing(outcome):
                if (outcome.name, total) not in told:
                    warn(f"{outcome.name} has no {total.word}: its column stays empty")
                told.add((outcome.name, total))
            yield outcome

    found = False
    for outcome in sweep.ordered(sweep.picked(valid())):
        found = True
        yield Point(outcome.name, outcome.values, outcome.totals, sweep.grid_of([outcome]))
    if not found and skipped < sweep.points:
        warn(f"no combination meets {quote(where or '')}\n  hint: allow more, or try other values")


def _solved_axis(varied: _Resizable, var: str, values: Iterable[Any] | None) -> SweepAxis:
    spec = varied.network.spec
    for axis in varied.axes:
        if axis.name != var:
            raise CnnparamsError(f"{var} varies, and nothing else may: load the network with one shape of {axis.name}")
        return SweepAxis(var, tuple(sorted(dict.fromkeys(axis.values), key=attrgetter("elements"))))
    name = var.partition("=")[0]
    if name in spec.inputs and name not in spec.variables.names:
        raise CnnparamsError(f"{name} is an input: give the shapes to try with input=[...]")
    choose(spec, spec.choice.variant, {name: 1})  # which a spec without this var refuses
    if values is not None:
        return SweepAxis(name, tuple(sorted(set(values))))
    return ascending(var, values_of(spec)[name], spec.variables.bounds.get(name))


def _own_budget(network: Network, var: str) -> tuple[Limit, ...]:
    if var in vars_behind(network.spec, network.spec.budget):
        raise CnnparamsError(f"the budget of the spec depends on {var}: give limits")
    if not network.budget:
        raise CnnparamsError(_NO_LIMIT)
    return network.budget
