"""Which columns and rows of tables are shown, and in which order: --columns, --sort and --top.

Tables have layers as rows, or networks. A column of a layer table is a Column; that of a table of networks is a Total,
or what the network is: its name, its input, a var.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from cnnparams.cli import options

if TYPE_CHECKING:
    from cnnparams.engine.costs.quantity import Total
    from cnnparams.engine.reports.grid import Heading
    from cnnparams.engine.reports.ranking import Ranking
    from cnnparams.engine.reports.report import Column

F = TypeVar("F", bound=Callable[..., Any])
_MOST = "-params"
COLUMNS, SORT = "--columns", "--sort"


def columns(example: str, default: str | None = None, offers: str = "columns") -> Callable[[F], F]:
    """Return --columns; the function gets what was written, or the default. `offers` are what a shell completes."""
    return click.option(
        COLUMNS,
        metavar="NAMES",
        shell_complete=options.completes(offers),
        default=default,
        show_default=True,
        help=f"Columns of the table, such as {example}; the word help lists all.",
    )


def _order(rows: str, most: str, offers: str) -> Callable[[F], F]:
    """Return what adds --sort and --top; the function gets `sort`, by -`most` for the top of no other order, and `top`.

    `rows` is what the table has as rows.
    """
    sorting = click.option(
        SORT,
        metavar="COLUMN",
        shell_complete=options.completes(offers),
        help=f"Sort {rows} by a column, smallest first; {_MOST} sorts largest first.",
    )
    top = click.option(
        "--top",
        type=options.Count(),
        metavar="N",
        help=f"Show only the first N {rows}; by {most} unless --sort is given.",
    )

    def add(function: F) -> F:
        @wraps(function)
        def ordered(*args: Any, sort: str | None, top: int | None, **others: Any) -> Any:
            return function(*args, sort=sort or (most if top else None), top=top, **others)

        return cast("F", sorting(top(ordered)))

    return add


def ranking(most: str = _MOST, rows: str = "layers") -> Callable[[F], F]:
    """Return what adds --sort and --top to a table of layers; the function gets a `ranking`."""

    def add(function: F) -> F:
        @wraps(function)
        def ranked(*args: Any, sort: str | None, top: int | None, **others: Any) -> Any:
            return function(*args, ranking=_ranking(sort, top), **others)

        return cast("F", _order(rows, most, "column")(ranked))

    return add


def ranked_networks(rows: str = "networks") -> Callable[[F], F]:
    """Return what adds --sort and --top to a table of networks; the function gets an `order`."""

    def add(function: F) -> F:
        @wraps(function)
        def ranked(*args: Any, sort: str | None, top: int | None, **others: Any) -> Any:
            return function(*args, order=Order(sort, top), **others)

        return cast("F", _order(rows, _MOST, "total")(ranked))

    return add


def column_of(word: str, option: str) -> Column:
    """Return the column of a layer table that a word, old or new, or a title means; `option` is to blame for none."""
    from cnnparams.api import layer_table

    with options.blaming(option):
        return layer_table.column_of(word)


def columns_of(written: str) -> tuple[Column, ...]:
    """Return the columns of a layer table that --columns names."""
    return tuple(column_of(word, COLUMNS) for word in written.split(","))


def _ranking(sort: str | None, top: int | None) -> Ranking:
    from cnnparams.api.layer_table import ranking_of

    with options.blaming(SORT):
        return ranking_of(sort, top)


class Order(NamedTuple):
    """The order of networks as it is written, and how many of them are shown."""

    sort: str | None = None
    top: int | None = None

    def ranking(self, own: Mapping[str, Heading]) -> Ranking:
        """Return the ranking by a total, or by one of the table's `own` columns."""
        from cnnparams.engine.reports.ranking import Ranking

        if not self.sort:
            return Ranking()
        return Ranking(_network_column(self.sort.removeprefix("-"), SORT, own), self.sort.startswith("-"), self.top)


def network_columns(written: str, own: Mapping[str, Heading]) -> tuple[Heading | Total, ...]:
    """Return the columns of a table of networks that --columns names: totals, and those of the table's `own`."""
    return tuple(_network_column(word, COLUMNS, own) for word in written.split(","))


def totals(columns: Iterable[Heading | Total | Column | None]) -> list[Total]:
    """Return those of the columns that are totals."""
    from cnnparams.engine.costs.quantity import Total

    return [column for column in columns if isinstance(column, Total)]


def also(ranking: Ranking) -> list[Total]:
    """Return what a table shows because it is ordered by it."""
    return totals([ranking.column])


def words(columns: Iterable[Heading | Total], ranking: Ranking) -> list[str]:
    """Return what has to be measured."""
    return [total.called for total in totals([*columns, ranking.column])]


def _network_column(word: str, option: str, own: Mapping[str, Heading]) -> Heading | Total:
    from cnnparams.api import network_table

    with options.blaming(option):
        return network_table.column_of(word, own)
