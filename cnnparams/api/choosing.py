"""Choose a network: sweep one over values of its vars and shapes of its inputs, or solve for the largest that fits."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from cnnparams.api.loading import AnyNetwork
from cnnparams.api.network_table import ranking_of, words_of
from cnnparams.api.remark import warn
from cnnparams.api.varying import InputShapes, Varied, input_axes, varied
from cnnparams.engine.choosing.axis import SweepAxis, ascending, parse_axis
from cnnparams.engine.choosing.budget import limit, measurable_limits
from cnnparams.engine.choosing.budget import limits as limits_of
from cnnparams.engine.choosing.check import kept_without
from cnnparams.engine.choosing.evaluation import Outcome, Points, outcomes, vars_behind
from cnnparams.engine.choosing.solve import Solution
from cnnparams.engine.choosing.solve import solve as solved
from cnnparams.engine.choosing.sweep import Point, Sweep, own_columns, parse_condition, parse_goal
from cnnparams.engine.costs.quantity import Limit, Total
from cnnparams.engine.costs.register import find_total, measurable
from cnnparams.engine.setting import Setting, SettingWords, setting_of
from cnnparams.errors import ArgumentError, CnnparamsError, about, argument, brief
from cnnparams.schema.spec import Spec
from cnnparams.schema.variables import choose, members
from cnnparams.schema.variables import values as values_of

if TYPE_CHECKING:
    from typing import Unpack

T = TypeVar("T")
Tell = Callable[[str], None]
"""Tells a remark."""


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

    The values of a var are an iterable, text such as "160:224:32", or one value; those of `input` are its shapes, or
    of several inputs by name. Vars that are called as an argument is are given in `axes`. `columns` are the totals to
    measure, `where` is a condition such as "params < 2M and size > 128", `pareto` keeps what no other point beats in
    all of these totals and vars, less being better unless "size:max" says otherwise. `sort` and `top` order points,
    `jobs` are processes to work in. A family stands for all its variants. Settings such as batch=8 are taken too. What
    is no network is left out with a warning. Points come as they are measured, unless `pareto` or `sort` have to see
    all of them first.
    """
    setting = setting_of(cast("SettingWords", {name: values.pop(name) for name in Setting._fields if name in values}))
    found, shapes = [_axis(name, given) for name, given in {**values, **(axes or {})}.items()], input_axes(input)
    if not found and not any(axis.shapes[1:] for axis in shapes):
        hint = "give values of a var, such as width=[0.5, 1], or several shapes of input"
        raise CnnparamsError("nothing to sweep over", hint)
    words = SweepWords(columns, where, pareto, sort, top)
    return _points(SweepRun.of(varied(network, shapes), found, words, setting, warn), jobs)


def solve(
    network: AnyNetwork,
    var: str,
    limits: str | Iterable[str | Limit] = (),
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
    chosen = setting_of(setting)
    asked = [limits] if isinstance(limits, str) else limits
    with about("limits"):
        given = measurable_limits((limit(each) if isinstance(each, str) else each for each in asked), chosen)
    search = Search.of(varied(network, input_axes(input)), var, given, chosen, values)
    solution = search.solution(search.outcomes(jobs))
    warn(*search.remarks(solution))
    return solution


class SweepWords(NamedTuple):
    """What is asked of a sweep: the totals to show, of which points, in which order."""

    columns: Iterable[str]
    where: str | None = None
    pareto: Iterable[str] = ()
    sort: str | None = None
    top: int | None = None

    def sweep(self, varied: Varied, axes: Sequence[SweepAxis], setting: Setting) -> Sweep:
        """Return the sweep over these values of vars; raise ArgumentError for a word that asks for nothing."""
        specs, names = _specs(varied, axes), [axis.name for axis in axes]
        inputs = [axis.name for axis in varied.axes]
        ordered = [*names, *inputs]
        with about("columns"):
            measured = measurable(map(find_total, words_of(self.columns)), setting)
        ranking = ranking_of(self.sort, self.top, own_columns(specs, ordered), setting)
        with about("where"):
            condition = None if self.where is None else parse_condition(self.where, names, inputs)
            measurable(condition.totals.values() if condition else (), setting)
        with about("pareto"):
            goals = [parse_goal(word, ordered) for word in words_of(self.pareto)]
            measurable([goal.total for goal in goals if goal.total], setting)
        return Sweep([*map(varied.varying, specs)], [*varied.axes, *axes], measured, condition, goals, setting, ranking)


class SweepRun:
    """A sweep as it runs: what is no network is told of and left out, as is told what networks do not have."""

    def __init__(self, sweep: Sweep, where: str | None, tell: Tell) -> None:
        self.sweep = sweep
        self._where = where
        self._tell = tell
        self._skipped = 0
        self._is_shown = False

    @classmethod
    def of(cls, varied: Varied, axes: Sequence[SweepAxis], words: SweepWords, setting: Setting, tell: Tell) -> SweepRun:
        """Prepare one; raise CnnparamsError where there is nothing to run."""
        return cls(words.sweep(varied, axes, setting), words.where, tell)

    def networks(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Yield the points that are networks."""
        told: set[tuple[str, Total]] = set()
        for outcome in outcomes:
            if outcome.problem is not None:
                self._skipped += 1
                self._tell(f"skipped: {outcome.place}: {outcome.problem}")
                continue
            for total in self.sweep.missing(outcome):
                if (outcome.name, total) not in told:
                    self._tell(f"warning: {outcome.name} has no {total.word}: its column stays empty")
                told.add((outcome.name, total))
            yield outcome

    def shown(self, points: Iterable[T]) -> Iterator[T]:
        """Yield what is shown, in whatever form; where nothing is, tell why."""
        for point in points:
            self._is_shown = True
            yield point
        if not self._is_shown and self.is_any:
            met = argument("where", brief(self._where or ""))
            self._tell(f"warning: no combination meets {met}\n  hint: allow more, or try other values")

    @property
    def is_any(self) -> bool:
        """Whether any of the points that came is a network."""
        return self._skipped < self.sweep.points


def _points(run: SweepRun, jobs: int) -> Iterator[Point]:
    sweep = run.sweep
    for outcome in run.shown(sweep.ordered(sweep.picked(run.networks(sweep.outcomes(jobs))))):
        yield Point(outcome.name, outcome.values, outcome.totals, sweep.grid_of([outcome]))


def _axis(name: str, given: Any) -> SweepAxis:
    if isinstance(given, str):
        return parse_axis(f"{name}={given}")
    values = tuple(given) if isinstance(given, Iterable) else (given,)
    if not values:
        raise CnnparamsError(f"{name}: no values to sweep over")
    return SweepAxis(name, values)


def _specs(varied: Varied, axes: Sequence[SweepAxis]) -> list[Spec]:
    """Return the spec of each network of a family, at the first values of its vars; raise SpecError for another var."""
    varied.check_free([axis.name for axis in axes], "axes")
    first = {axis.name: axis.values[0] for axis in axes}
    return [
        choose(member, member.choice.variant, {**member.choice.values, **first})
        for member in members(varied.network.spec)
    ]


class Search(NamedTuple):
    """The values of a var, or the shapes of an input, among which the largest is looked for that keeps these limits."""

    varied: Varied
    axis: SweepAxis
    limits: tuple[Limit, ...]
    setting: Setting

    @classmethod
    def of(
        cls,
        varied: Varied,
        var: str,
        limits: tuple[Limit, ...],
        setting: Setting,
        values: Iterable[Any] | None = None,
    ) -> Search:
        """Return what `solve` is asked for; without limits, those of the spec are kept."""
        axis = _solved_axis(varied, var, values)
        kept = limits or measurable_limits(_own_limits(varied.network.spec, axis.name), setting)
        return cls(varied, axis, kept, setting)

    def outcomes(self, jobs: int) -> Generator[Outcome]:
        """Yield what each value gives, worked out by so many processes."""
        points = Points(({self.axis.name: value} for value in self.axis.values), len(self.axis.values))
        fields = [limit.total.field for limit in self.limits]
        return outcomes(self.varied.varying(self.varied.network.spec), fields, self.setting, points, jobs)

    def solution(self, found: Iterable[Outcome]) -> Solution:
        """Return the largest, given what the values give; raise CnnparamsError where none gives a network."""
        solution = solved(self.varied.network.name, self.axis.name, self.limits, found)
        solution.check_any()
        return solution

    def remarks(self, solution: Solution) -> Iterator[object]:
        """Yield what is to be known of a solution."""
        source = self.varied.network.spec.document.source.name
        return (kept_without(total, solution.name, source) for total in solution.missing)


def _solved_axis(varied: Varied, var: str, values: Iterable[Any] | None) -> SweepAxis:
    inputs, spec = {axis.name: axis for axis in varied.axes}, varied.network.spec
    if others := inputs.keys() - {var}:
        raise ArgumentError("input", f"{var} varies, and nothing else may: give one shape of {min(others)}")
    if var in inputs:
        shapes = dict.fromkeys(inputs[var].values)
        return SweepAxis(var, tuple(sorted(shapes, key=attrgetter("elements"))))
    name = var.partition("=")[0]
    if name in spec.inputs and name not in spec.variables.names:
        fact = f"{name} is an input: give the shapes to try with {argument('input')}, such as 3x160:224:32x160:224:32"
        raise ArgumentError("var", fact)
    varied.check_free([name], "var")
    choose(spec, spec.choice.variant, {name: 1})  # which a spec without this var refuses
    if values is not None:
        return SweepAxis(name, tuple(sorted(set(values))))
    with about("var"):
        return ascending(var, values_of(spec)[name], spec.variables.bounds.get(name))


def _own_limits(spec: Spec, var: str) -> tuple[Limit, ...]:
    """Return the limits of the spec's own budget, which must not depend on the var."""
    if var in vars_behind(spec, spec.budget):
        raise ArgumentError(None, f"the budget of the spec depends on {var}: give one with {argument('limits')}")
    found = limits_of(spec)
    if not found:
        given = argument("limits", "params=1M")
        raise ArgumentError(None, f"no budget: set one with {given}, or in the spec with budget: {{params: 1M}}")
    return found
