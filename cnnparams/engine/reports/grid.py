"""Networks, or points of a sweep, side by side: columns, and a row of values for each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnparams.engine.costs.quantity import Kind, Total, magnitude, quotient
from cnnparams.engine.costs.register import with_estimates
from cnnparams.engine.reports.report import Report


class Heading(NamedTuple):
    """A column: the key that programs read, its title, and what it holds."""

    key: str
    title: str
    kind: Kind


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


def side_by_side(reports: Sequence[Report], also: Collection[Total] = ()) -> Grid:
    """Return name, input, the totals that have a short title, but for those that no network has, and these others.

    Where some are estimates of a network, a column behind the others says so.
    """
    measured = reports[0].totals if reports else ()
    had = {total for total in measured if any(report.costs[total.field] is not None for report in reports)}
    chosen = [total for total in measured if total in also or (total.short and total in had)]
    marks = with_estimates(chosen)[len(chosen) :]
    totals = [*chosen, *(mark for mark in marks if any(report.costs[mark.field] for report in reports))]
    own = (Heading("name", "Network", Kind.TEXT), Heading("input_shape", "Input", Kind.SHAPE))
    headings = (*own, *map(heading, totals))
    rows = [Row(tuple([getattr(report, heading.key) for heading in headings])) for report in reports]
    return Grid(headings, rows, tuple(total.note for total in totals if total.note))


def with_ratios(grid: Grid) -> Grid:
    """Return the grid with every number as a ratio to that of the first row; none where that is 0, or has none."""
    rows = list(grid.rows)
    related = [row._replace(ratios=tuple(_ratios(grid.kinds, row, rows[0])), base=rows[0].values[0]) for row in rows]
    return grid._replace(rows=related, is_compared=True)


def ordered(grid: Grid, key: str, *, descending: bool = False) -> Grid:
    """Return the grid with its rows in the order of a column; those without a value come last."""
    at = [heading.key for heading in grid.headings].index(key)
    kind = grid.headings[at].kind
    placed = [(_sortable(row.values[at], kind), row) for row in grid.rows]
    known = sorted(((value, row) for value, row in placed if value is not None), key=_first, reverse=descending)
    return grid._replace(rows=[*(row for _, row in known), *(row for value, row in placed if value is None)])


def _ratios(kinds: Sequence[Kind], row: Row, first: Row) -> Iterator[float | None]:
    for kind, value, base in zip(kinds, row.values, first.values, strict=True):
        number, whole = magnitude(value, kind), magnitude(base, kind)
        yield quotient(number, whole) if number is not None and whole else None


def _sortable(value: Any, kind: Kind) -> Any:
    return value if kind is Kind.TEXT else magnitude(value, kind)


def _first(pair: tuple[Any, Row]) -> Any:
    return pair[0]
