"""Networks, or points of a sweep, side by side: columns, and a row of values for each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Heading as Heading
from cnnparams.engine.costs.quantity import Kind, Total, magnitude, quotient
from cnnparams.engine.costs.register import with_estimates
from cnnparams.engine.reports.ranking import Ranking
from cnnparams.engine.reports.report import Report


class Row(NamedTuple):
    """A value for each column and, in a grid that is compared, each number as a ratio to the first row's.

    `base` is what that row is called.
    """

    values: tuple[Any, ...]
    ratios: tuple[float | None, ...] = ()
    base: str = ""


class Grid(NamedTuple):
    """Columns and rows; `notes` are said below them.

    Rows may come one by one while they are worked out: `widest` are then values as long as any that may come.
    """

    headings: tuple[Heading, ...]
    rows: Iterable[Row]
    notes: tuple[str, ...] = ()
    is_compared: bool = False
    widest: tuple[Any, ...] | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the columns hold."""
        return tuple(heading.kind for heading in self.headings)


def heading(total: Total) -> Heading:
    """Return the column of a total."""
    return Heading(total.field, total.short or total.title, total.kind)


OWN = {
    "name": Heading("name", "Network", Kind.TEXT),
    "input": Heading("input_shape", "Input", Kind.SHAPE),
}
"""The columns of what a network is, by their words."""


def side_by_side(
    reports: Sequence[Report],
    also: Collection[Total] = (),
    chosen: Sequence[Heading | Total] | None = None,
) -> Grid:
    """Return the networks' names and what was chosen.

    That is by default the input, the totals that have a short title, but for those that no network has, and these
    others. Where some are estimates of a network, a column behind the others says so.
    """
    shown = [OWN["input"], *_usual(reports, also)] if chosen is None else chosen
    totals = [total for total in shown if isinstance(total, Total)]
    marks = [mark for mark in with_estimates(totals)[len(totals) :] if any(r.costs[mark.field] for r in reports)]
    headings = tuple(heading(each) if isinstance(each, Total) else each for each in (OWN["name"], *shown, *marks))
    unique = tuple(dict.fromkeys(headings))
    rows = [Row(tuple([getattr(report, heading.key) for heading in unique])) for report in reports]
    return Grid(unique, rows, tuple(total.note for total in totals if total.note))


def _usual(reports: Sequence[Report], also: Collection[Total]) -> list[Total]:
    measured = reports[0].totals if reports else ()
    had = {total for total in measured if any(report.costs[total.field] is not None for report in reports)}
    return [total for total in measured if total in also or (total.short and total in had)]


def with_ratios(grid: Grid) -> Grid:
    """Return the grid with every number as a ratio to that of the first row; none where that is 0, or has none."""
    rows = list(grid.rows)
    related = [row._replace(ratios=tuple(_ratios(grid.kinds, row, rows[0])), base=rows[0].values[0]) for row in rows]
    return grid._replace(rows=related, is_compared=True)


def ranked(grid: Grid, reports: Sequence[Report], ranking: Ranking) -> Grid:
    """Return the grid of these reports with its rows in an order, which may be by what is no column of it."""
    pairs = ranking.rank(zip(grid.rows, reports, strict=True), lambda pair: getattr(pair[1], ranking.field))
    told = ranking.told(len(reports), "networks")
    return grid._replace(rows=[row for row, _ in pairs], notes=(*([told] if told else []), *grid.notes))


def _ratios(kinds: Sequence[Kind], row: Row, first: Row) -> Iterator[float | None]:
    for kind, value, base in zip(kinds, row.values, first.values, strict=True):
        number, whole = magnitude(value, kind), magnitude(base, kind)
        yield quotient(number, whole) if number is not None and whole else None
