"""A sweep: networks at every combination of values of their vars and inputs, and what of that is shown."""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any, NamedTuple, TypeVar

from cnnparams.engine.choosing.axis import SweepAxis
from cnnparams.engine.choosing.evaluation import Outcome, Points, VarValues, Varying, as_shown, outcomes
from cnnparams.engine.costs.quantity import Kind, Total, magnitude
from cnnparams.engine.costs.register import UnknownTotalError, find_total, total_titled, totals, with_estimates
from cnnparams.engine.reports.grid import OWN, Grid, Heading, Row, heading
from cnnparams.engine.reports.ranking import AS_THEY_RUN, Ranking
from cnnparams.engine.setting import Setting
from cnnparams.engine.shown import Shown
from cnnparams.errors import CnnparamsError, quote, some, suggest
from cnnparams.expression import BOOLEAN, Expression, ExpressionError, parse
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.spec import Spec
from cnnparams.units import spelled_out

_LONGEST = {Kind.PER_AXIS: (9999,), Kind.MARK: True}
"""Values of what is no number that are as long as most: tables keep so much room for what comes."""


class Goal(NamedTuple):
    """What should be small, or large: a total, or a var where there is none."""

    name: str
    total: Total | None
    is_large: bool

    def score(self, outcome: Outcome) -> float:
        """Return a number that is the smaller the better; a value that is missing is worst."""
        value = outcome.point[self.name] if self.total is None else outcome.totals[self.total.field]
        value = value.elements if isinstance(value, InputShape) else value
        number = magnitude(value, self.total.kind if self.total else Kind.VALUE)
        return math.inf if number is None else -number if self.is_large else number


def parse_goal(text: str, names: Sequence[str]) -> Goal:
    """Return the goal of WORD, which should be small, or of WORD:max; a var comes before a total of its name.

    Raise CnnparamsError for another ending, and for another word with a guess.
    """
    word, colon, ending = text.strip().partition(":")
    if colon and ending not in ("min", "max"):
        raise CnnparamsError(f"{quote(text)} must end in :min or :max")
    try:
        return Goal(word, None if word in names else find_total(word), ending == "max")
    except UnknownTotalError as error:
        titled = total_titled(word)
        guess = titled.word if titled else suggest(word, [*names, *totals()])
        hint = f"did you mean {quote(guess)}?" if guess else "give a var, or a quantity such as params or macs"
        raise CnnparamsError(error.message, hint) from None


@dataclass(frozen=True, slots=True, repr=False)
class Point(Shown):
    """A network of a sweep: its name, the values of its vars, and its totals by their fields.

    A value or a total is found by its word: point["width"], point["params"].
    """

    name: str
    values: Mapping[str, Any]
    totals: Mapping[str, Any]
    grid: Grid

    def __repr__(self) -> str:
        return f"Point({', '.join(f'{name}={value!r}' for name, value in self.to_dict().items())})"

    def __getitem__(self, word: str) -> Any:
        """Return the value of a var, or the total of a word; raise UnknownTotalError for another."""
        return self.values[word] if word in self.values else self.totals[find_total(word).field]


class Sweep(NamedTuple):
    """The networks, the axes along which they vary, what is measured of them, what of that is shown, in which order.

    The ranking is by a total, or by one of `own_columns`.
    """

    networks: Sequence[Varying]
    axes: Sequence[SweepAxis]
    columns: Sequence[Total]
    condition: Condition | None
    goals: Sequence[Goal]
    setting: Setting
    ranking: Ranking = AS_THEY_RUN

    @property
    def points(self) -> int:
        """How many points there are."""
        return len(self.networks) * math.prod(len(axis.values) for axis in self.axes)

    def outcomes(self, jobs: int = 1) -> Generator[Outcome]:
        """Yield every point with its totals, the last axis fastest, worked out by so many processes."""
        read = [*self.columns, *(self.condition.totals.values() if self.condition else ())]
        others = (*(goal.total for goal in self.goals), self.ranking.column)
        fields = [total.field for total in (*read, *others) if isinstance(total, Total)]
        for network in self.networks:
            points = Points(self._points(), self.points // len(self.networks))
            yield from outcomes(network, fields, self.setting, points, jobs)

    def _points(self) -> Iterator[VarValues]:
        names = [axis.name for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))

    def missing(self, outcome: Outcome) -> list[Total]:
        """Return what is shown or compared, and the network of a point does not have."""
        read = dict.fromkeys((*self.columns, *(goal.total for goal in self.goals if goal.total)))
        return [total for total in read if magnitude(outcome.totals[total.field], total.kind) is None]

    def picked(self, valid: Iterable[Outcome]) -> Iterable[Outcome]:
        """Return the points that are shown; without goals, each as soon as it comes."""
        shown = (outcome for outcome in valid if self._holds(outcome))
        return self._best(shown) if self.goals else shown

    def ordered(self, shown: Iterable[Outcome]) -> Iterable[Outcome]:
        """Return the points in their order; without a ranking, each as soon as it comes."""
        return self.ranking.rank(shown, self._value) if self.ranking.column else shown

    def grid_of(self, shown: Iterable[Outcome]) -> Grid:
        """Return points with their vars and totals."""
        return Grid(self._headings(), [*map(self._row, shown)])

    def grid(self, valid: Iterable[Outcome]) -> Grid:
        """Return the points that are shown, with their vars and totals.

        Without goals and a ranking, each is there as soon as it comes.
        """
        shown = self.picked(valid)
        if self.ranking.column:
            return self._ranked(list(shown))
        rows = map(self._row, shown)
        widest = (
            *(max(map(as_shown, axis.values), key=_length) for axis in self.axes),
            *(t.kind.measure.longest if t.kind.measure else _LONGEST[t.kind] for t in self._shown),
        )
        if len(self.networks) > 1:
            widest = (max((_name(network.spec) for network in self.networks), key=len), *widest)
        return Grid(self._headings(), rows, widest=widest)

    def _ranked(self, shown: list[Outcome]) -> Grid:
        told = self.ranking.told(len(shown), "combinations")
        return self.grid_of(self.ordered(shown))._replace(notes=(told,) if told else ())

    def _value(self, outcome: Outcome) -> Any:
        """Return what the ranking is by."""
        values = {**outcome.totals, OWN["name"].key: outcome.name, **outcome.point}
        return values[self.ranking.field]

    @property
    def _shown(self) -> tuple[Total, ...]:
        return with_estimates(self.columns)

    def _headings(self) -> tuple[Heading, ...]:
        return (*own_columns(self.networks, [axis.name for axis in self.axes]).values(), *map(heading, self._shown))

    def _row(self, outcome: Outcome) -> Row:
        name = [outcome.name] if len(self.networks) > 1 else []
        return Row((*name, *outcome.values.values(), *(outcome.totals[total.field] for total in self._shown)))

    def _holds(self, outcome: Outcome) -> bool:
        return self.condition is None or self.condition.holds(outcome.point, outcome.totals)

    def _best(self, shown: Iterable[Outcome]) -> list[Outcome]:
        return frontier((tuple([goal.score(outcome) for goal in self.goals]), outcome) for outcome in shown)


def own_columns(networks: Sequence[Any], names: Iterable[str]) -> dict[str, Heading]:
    """Return the columns that say which point a row is: its network, where there are several, and these vars."""
    name = {"name": OWN["name"]} if len(networks) > 1 else {}
    return {**name, **{var: Heading(var, var, Kind.VALUE) for var in names}}


def _name(spec: Spec) -> str:
    return spec.choice.variant or spec.name


def _length(value: Any) -> int:
    return len(str(value))


T = TypeVar("T")
Scores = tuple[float, ...]


def frontier(items: Iterable[tuple[Scores, T]]) -> list[T]:
    """Return the items that no other dominates, in their order; less is better, and equal scores stay together."""
    kept: list[tuple[Scores, T]] = []
    for scores, item in items:
        if not any(_dominates(other, scores) for other, _ in kept):
            kept = [pair for pair in kept if not _dominates(scores, pair[0])]
            kept.append((scores, item))
    return [item for _, item in kept]


def _dominates(a: Scores, b: Scores) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))


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


def parse_condition(text: str, names: Collection[str], inputs: Collection[str] = ()) -> Condition:
    """Return a condition on vars of these names and on totals by their words, a - in them as it is or written as _.

    Amounts may have units, such as weights < 256KiB. A var comes before a total of its name. Raise ConditionError for
    what is no condition, or reads one of the `inputs`.
    """
    words = {word.replace("-", "_"): total for word, total in totals().items()}
    plain = reduce(lambda said, word: said.replace(word, word.replace("-", "_")), totals(), text)
    try:
        expression = parse(spelled_out(plain, [kind.unit for kind in Kind if kind.measure]))
    except ExpressionError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise ConditionError(f"{quote(text)} {error}{hint}") from None
    if unknown := sorted(expression.names - {*names, *words}):
        guess = suggest(unknown[0], [*names, *words])
        remedy = f"did you mean {quote(guess)}?" if guess else f"choose from {some([*names, *words])}"
        if unknown[0] in inputs:
            remedy = "it is an input, and conditions are on totals and vars alone"
        raise ConditionError(f"unknown name {quote(unknown[0])}; {remedy}")
    if expression.kind not in (None, BOOLEAN):
        raise ConditionError(f"{quote(text)} is {expression.kind}, not a condition such as params < 1e6")
    return Condition(expression, {name: words[name] for name in expression.names - set(names)})
