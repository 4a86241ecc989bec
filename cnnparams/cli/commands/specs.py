"""`cnnparams specs`: the networks that come with the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.show import Show


@click.command(cls=Command, group="Learn", example="cnnparams specs")
@options.answers(shapes=True)
def command(show: Show) -> None:
    """List the networks that come with cnnparams.

    Their names, input, parameters and MACs are shown. Each may stand wherever a spec is asked for: cnnparams count
    resnet50.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.engine.reports.grid import side_by_side
    from cnnparams.render.answers.grid import GridAnswer
    from cnnparams.schema import zoo

    reports = [network.report() for network in load_networks(member.name for member in zoo.members())]
    show(GridAnswer(side_by_side(reports)))
