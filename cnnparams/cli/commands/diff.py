"""`cnnparams diff`: what leads from one network to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.engine.setting import Setting


@click.command(cls=Command)
@options.first
@options.second
@options.values
@options.values_of_second
@options.setting
@options.formats()
@options.output
@options.layout
def command(
    first: str,
    second: str,
    values: dict[str, Any],
    values_of_second: dict[str, Any],
    setting: Setting,
    format_: str,
    output: str | None,
    layout: str,
) -> None:
    """Show what leads from A to B: layers added, removed and changed, and what that does to each total.

    A and B are YAML files, - for standard input, or specs that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    Of affected layers, only what enters them has changed. --set holds for both, as far as they have such a var.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_pair
    from cnnparams.engine.costs.register import short_totals
    from cnnparams.engine.difference.diff import diff
    from cnnparams.engine.reports.measure import measure
    from cnnparams.render.answers.difference import DifferenceAnswer
    from cnnparams.render.view import LAYOUTS, View

    fields = [total.field for total in short_totals()]
    before, after = (measure(graph, fields, setting) for graph in load_pair(first, second, values, values_of_second))
    view = View(LAYOUTS[layout], stream=shown_on(output))
    write(options.renderer(format_).render(DifferenceAnswer(diff(before, after)), view), output)
