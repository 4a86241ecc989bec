"""`cnnparams receptive-field`: how much of the image each layer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.reports.ranking import Ranking

COLUMNS = "layer,output,receptive-field,effective-stride,effective-padding,aligned,sees-all"


@click.command(cls=Command, group="Count and explain", example="cnnparams receptive-field vgg16")
@options.specs
@options.values
@options.opening
@options.answers(shapes=True)
@shown.columns("layer,receptive-field")
@shown.ranking("-receptive-field")
@options.depth
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    opening: Opening,
    show: Show,
    columns: str | None,
    ranking: Ranking,
    depth: int | None,
) -> None:
    """Show how much of the image each layer sees.

    That is the receptive field, effective stride and padding. SPEC is a YAML file (- for standard input), a name that
    "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is run; FILE@VARIANT
    chooses a variant. One number stands for all axes. "Input is global" marks layers that add no context: their input
    already sees the whole image.
    """
    from dataclasses import replace

    from cnnparams.cli.networks import load_networks
    from cnnparams.engine.costs import receptive_field
    from cnnparams.render.answers.report import ReportAnswer

    chosen = shown.columns_of(columns or COLUMNS)
    fields = [*(column.field for column in (*receptive_field.COLUMNS, *chosen)), ranking.field]
    reports = [network.report(fields, depth=depth) for network in load_networks(specs, values, opening)]
    own = [replace(report, columns=receptive_field.COLUMNS, totals=receptive_field.TOTALS) for report in reports]
    show(ReportAnswer(own, chosen, ranking))
