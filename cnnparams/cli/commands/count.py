"""`cnnparams count`: the layer table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.show import Show
    from cnnparams.engine.reports.report import Column
    from cnnparams.engine.setting import Setting


@click.command(cls=Command, group="Count and explain", example="cnnparams count resnet50 --depth 1")
@options.specs
@options.values
@options.answers(shapes=True)
@click.option(
    "--columns",
    metavar="NAMES",
    help="Columns of tables, CSV and Markdown, such as layer,output,macs; a wrong name lists them.",
)
@options.depth
@options.training_set
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    show: Show,
    columns: str | None,
    depth: int | None,
    setting: Setting,
) -> None:
    """Print each layer's output shape and parameters.

    The totals follow. SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT
    chooses a variant. Several give a table each; in JSON, a line each.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.render.answers.report import ReportAnswer

    shown = _chosen(columns)
    fields = [column.field for column in shown]
    reports = [network.report(fields, setting, depth) for network in load_networks(specs, values)]
    show(ReportAnswer(reports, shown))


def _chosen(names: str | None) -> tuple[Column, ...]:
    from cnnparams.engine.reports.report import default_columns

    return default_columns() if names is None else tuple(map(_column, names.split(",")))


def _column(word: str) -> Column:
    from cnnparams.engine.reports.report import columns, find_column

    found = find_column(word)
    if found is None:
        known = columns()
        found = {column.title.casefold(): column for column in known.values()}.get(word.strip().casefold())
        if found is None:
            wrong = word.strip().casefold()
            raise click.BadParameter(f"no column {wrong!r}; the columns are {', '.join(known)}", param_hint="--columns")
    return found
