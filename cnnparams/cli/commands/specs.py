"""`cnnparams specs`: the networks that come with the tool."""

from __future__ import annotations

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command


@click.command(cls=Command)
@options.formats()
@options.output
@options.layout
def command(format_: str, output: str | None, layout: str) -> None:
    """List the networks that come with cnnparams: their names, input, parameters and MACs.

    Each may stand wherever a spec is asked for: cnnparams count resnet50.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_graphs
    from cnnparams.engine.reports.grid import side_by_side
    from cnnparams.engine.reports.measure import measure
    from cnnparams.render.answers.grid import GridAnswer
    from cnnparams.render.view import LAYOUTS, View
    from cnnparams.schema import zoo

    reports = [measure(graph) for graph in load_graphs(member.name for member in zoo.members())]
    view = View(LAYOUTS[layout], stream=shown_on(output))
    write(options.renderer(format_).render(GridAnswer(side_by_side(reports)), view), output)
