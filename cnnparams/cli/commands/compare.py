"""`cnnparams compare`: networks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.setting import Setting


@click.command(cls=Command, group="Choose", example="cnnparams compare resnet18 resnet50 mobilenet_v2")
@options.specs
@options.values
@options.opening
@options.setting_of_totals
@shown.columns("input,params,peak-memory", offers="totals")
@shown.ranked_networks()
@click.option("--plot", is_flag=True, help="Also draw parameters against MACs, in the terminal.")
@options.answers(shapes=True)
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    opening: Opening,
    setting: Setting,
    columns: str | None,
    sort: str | None,
    top: int | None,
    plot: bool,
    show: Show,
) -> None:
    """Compare networks side by side, with ratios to the first.

    That is parameters, MACs, memory, receptive field and layers. NETWORK is a YAML file (- for standard input), a name
    that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is run;
    FILE@VARIANT chooses a variant. A family of which none is chosen stands for all its variants.
    """
    from cnnparams.api.network_table import NetworkWords
    from cnnparams.cli.networks import load_networks
    from cnnparams.cli.progress import progress
    from cnnparams.render.answers.grid import GridAnswer

    if plot and show.format != "text":
        raise click.BadParameter(f"a plot is drawn below the table, not in {show.format}", param_hint="--plot")
    words = NetworkWords.of(columns or None, sort, top, setting)
    networks = load_networks(specs, values, opening, families=True)
    reports = [words.measured(network.graph) for network in progress(networks, len(networks), "measuring")]
    show(GridAnswer.of(words.comparison(reports, is_plotted=plot)))
