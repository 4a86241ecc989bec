"""`cnnparams count`: the layer table."""

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


@click.command(cls=Command, group="Count and explain", example="cnnparams count resnet50 --depth 1")
@options.specs
@options.values
@options.opening
@options.answers(shapes=True)
@shown.columns("layer,output,macs")
@shown.ranking()
@options.depth
@options.training_set
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    opening: Opening,
    show: Show,
    columns: str | None,
    ranking: Ranking,
    depth: int | None,
    setting: Setting,
) -> None:
    """Print each layer's output shape and parameters.

    The totals follow. NETWORK is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file,
    or MODULE:FACTORY, code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. Several give a table
    each; in JSON, a line each.
    """
    from cnnparams.api.layer_table import columns_of
    from cnnparams.cli.networks import load_networks
    from cnnparams.cli.progress import progress
    from cnnparams.engine.reports.report import default_columns
    from cnnparams.render.answers.report import ReportAnswer

    chosen = default_columns() if columns is None else columns_of(columns)
    words = [*(column.key for column in chosen), *ranking.words]
    networks = load_networks(specs, values, opening)
    reports = [
        network.report(*words, depth=depth, **setting._asdict())
        for network in progress(networks, len(networks), "counting")
    ]
    show(ReportAnswer(reports, chosen, ranking, is_usual=columns is None, whole_shapes=True))
