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

    That is the receptive field, effective stride and padding. NETWORK is a YAML file (- for standard input), a name
    that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is run;
    FILE@VARIANT chooses a variant. One number stands for all axes. "Input is global" marks layers that add no context:
    their input already sees the whole image.
    """
    from cnnparams.api.layer_table import RECEPTIVE_FIELD, columns_of
    from cnnparams.cli.networks import load_networks
    from cnnparams.render.answers.report import ReportAnswer

    chosen = columns_of(columns or RECEPTIVE_FIELD)
    words = [*(column.key for column in chosen), *ranking.words]
    networks = load_networks(specs, values, opening)
    reports = [network.receptive_field(columns=words, depth=depth) for network in networks]
    show(ReportAnswer(reports, chosen, ranking))
