"""Which columns of layer tables are shown, and which layers in which order: --columns, --sort and --top."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from cnnparams.cli import options

if TYPE_CHECKING:
    from cnnparams.engine.reports.ranking import Ranking
    from cnnparams.engine.reports.report import Column

F = TypeVar("F", bound=Callable[..., Any])
_NAME = "name"

columns = click.option(
    "--columns",
    metavar="NAMES",
    help="Columns of tables, CSV and Markdown, such as layer,output,macs; a wrong name lists them.",
)


def ranking(most: str) -> Callable[[F], F]:
    """Return what adds --sort and --top; the function gets a `ranking`.

    `most` is the column of which --top shows those layers that have the most, where none is to sort by.
    """
    sort = click.option(
        "--sort", metavar="COLUMN", help="Order layers by a column, the least first; -params: the most."
    )

    def add(function: F) -> F:
        @wraps(function)
        def ranked(*args: Any, sort: str | None, top: int | None, **others: Any) -> Any:
            return function(*args, ranking=_ranking(sort or (f"-{most}" if top else None), top), **others)

        return cast("F", sort(options.top(f"-{most}")(ranked)))

    return add


def column_of(word: str, option: str) -> Column:
    """Return the column that a word, old or new, or a title means; `option` is to blame where there is none."""
    from cnnparams.engine.reports.report import columns, find_column
    from cnnparams.errors import quote

    found = find_column(word)
    if found is None:
        known = columns()
        found = {column.title.casefold(): column for column in known.values()}.get(word.strip().casefold())
        if found is None:
            wrong = word.strip().casefold()
            raise click.BadParameter(
                f"unknown column {quote(wrong)}; choose from {', '.join(known)}", param_hint=option
            )
    return found


def _ranking(sort: str | None, top: int | None) -> Ranking:
    from cnnparams.engine.reports.ranking import Ranking, has_order

    if sort is None:
        return Ranking()
    word = sort.removeprefix("-")
    column = column_of("layer" if word == _NAME else word, "--sort")
    if not has_order(column):
        raise click.BadParameter(f"layers have no order by {column.key}", param_hint="--sort")
    return Ranking(column, sort.startswith("-"), top)
