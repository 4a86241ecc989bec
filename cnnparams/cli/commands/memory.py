"""`cnnparams memory`: what a network needs to be used and to be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options, shown
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.reports.ranking import Ranking
    from cnnparams.engine.setting import Setting

ALIVE = "peak-memory"


@click.command(cls=Command, group="Memory", example="cnnparams memory resnet50 --training --fit 8GiB")
@options.spec
@options.values
@options.opening
@options.setting_on_device
@click.option("--training", is_flag=True, help="Also show training memory: gradients, optimizer, saved tensors.")
@options.fit
@click.option("--int8", is_flag=True, help="Also show flash and SRAM in int8, as in TensorFlow Lite Micro.")
@shown.columns(f"layer,output,{ALIVE}")
@shown.ranking(f"-{ALIVE}")
@options.depth
@options.answers()
def command(
    spec: str,
    values: dict[str, Any],
    opening: Opening,
    setting: Setting,
    training: bool,
    fit: int | None,
    int8: bool,
    columns: str | None,
    ranking: Ranking,
    depth: int | None,
    show: Show,
) -> ExitCode:
    """Show the memory for inference and training.

    That is weights, activations at their peak and, with --training, gradients, optimizer and saved tensors. NETWORK is
    a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that
    makes a PyTorch model and is run; FILE@VARIANT chooses a variant. The exit code is 1 where it does not fit: not even
    one sample within --fit, or not on the --device.
    """
    from cnnparams.api.layer_table import columns_of
    from cnnparams.cli.networks import load_networks
    from cnnparams.cli.progress import working
    from cnnparams.render.answers.memory import MemoryAnswer

    (network,) = load_networks([spec], values, opening)
    with working("working out memory"):
        found = network.memory(training=training, limit=fit, int8=int8, **setting._asdict())
    chosen = columns_of(columns) if columns else ()
    words = [ALIVE, *(column.key for column in chosen), *ranking.words]
    layers = network.report(*words, depth=depth, **setting._asdict())
    show(MemoryAnswer(found, layers, chosen, ranking))
    return ExitCode.DONE if found.fits else ExitCode.NO
