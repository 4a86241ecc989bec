"""Which columns and rows of tables are shown, and in which order: --columns, --sort and --top.

Tables have layers as rows, or networks. A column of a layer table is a Column; that of a table of networks is a Total,
or what the network is: its name, its input, a var.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click

from cnnparams.cli import options

F = TypeVar("F", bound=Callable[..., Any])
_MOST = "-params"
COLUMNS = "--columns"


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
        "--sort",
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
            from cnnparams.api.layer_table import ranking_of

            return function(*args, ranking=ranking_of(sort, top), **others)

        return cast("F", _order(rows, most, "column")(ranked))

    return add


def ranked_networks(rows: str = "networks") -> Callable[[F], F]:
    """Return what adds --sort and --top to a table of networks; the function gets a `sort` and a `top`."""
    return _order(rows, _MOST, "total")
