"""`cnnparams specs`: the networks that come with the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.show import Show


@click.command(cls=Command, group="Learn", example="cnnparams specs")
@options.answers(shapes=True)
@shown.columns("input,params,peak-memory", offers="totals")
@shown.ranked_networks()
def command(show: Show, columns: str | None, sort: str | None, top: int | None) -> None:
    """List the networks that come with cnnparams.

    Their names, input, parameters and MACs are shown. Each may stand wherever a spec is asked for: cnnparams count
    resnet50.
    """
    from cnnparams.api.network_table import NetworkWords
    from cnnparams.cli.networks import load_networks
    from cnnparams.engine.setting import USUAL
    from cnnparams.render.answers.grid import GridAnswer
    from cnnparams.schema import zoo

    words = NetworkWords.of(columns or None, sort, top, USUAL)
    reports = [words.measured(network.graph) for network in load_networks(member.name for member in zoo.members())]
    show(GridAnswer(words.table(reports), option=shown.COLUMNS))
