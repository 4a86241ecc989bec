"""`cnnparams diff`: what leads from one network to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.reports.ranking import Ranking
    from cnnparams.engine.setting import Setting


@click.command(cls=Command, group="Choose", example="cnnparams diff resnet18 resnet34")
@options.first
@options.second
@options.values
@options.opening
@options.values_of_second
@options.setting
@shown.columns("params,peak-memory")
@shown.ranking(rows="changes")
@options.answers(shapes=True)
def command(
    first: str,
    second: str,
    values: dict[str, Any],
    opening: Opening,
    values_of_second: dict[str, Any],
    setting: Setting,
    columns: str | None,
    ranking: Ranking,
    show: Show,
) -> None:
    """Show what changes from network A to network B.

    These are layers added, removed and changed, and what that does to each total. A and B are each a YAML file (- for
    standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch
    model and is run; FILE@VARIANT chooses a variant. Of affected layers, only what enters them has changed. --set holds
    for both, as far as they have such a var. --sort orders by how much a change adds or takes away.
    """
    from cnnparams.api.network_table import columns_of, totals_among
    from cnnparams.cli.networks import load_pair
    from cnnparams.cli.progress import working
    from cnnparams.engine.costs.quantity import Column
    from cnnparams.engine.difference.diff import adds_up
    from cnnparams.errors import ArgumentError
    from cnnparams.render.answers.difference import DifferenceAnswer

    chosen = totals_among(columns_of(columns, {}, setting)) if columns else None
    column = ranking.column
    if isinstance(column, Column) and column.key != "layer" and not adds_up(column):
        raise ArgumentError("sort", f"changes have no order by {column.key}")
    before, after = load_pair(first, second, values, values_of_second, opening)
    with working("comparing layers"):
        difference = before.diff(after, *(total.called for total in chosen or ()), *ranking.words, **setting._asdict())
    show(DifferenceAnswer(difference, chosen, ranking))
