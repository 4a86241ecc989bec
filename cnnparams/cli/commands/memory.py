"""`cnnparams memory`: what a network needs to be used and to be trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from cnnparams.engine.setting import Setting


@click.command(cls=Command)
@options.spec
@options.values
@options.setting
@click.option("--training", is_flag=True, help="Also what training keeps: gradients, optimizer, saved tensors.")
@options.fit
@click.option("--int8", is_flag=True, help="Also flash and SRAM in 8 bits, as TensorFlow Lite Micro has them.")
@click.option("--device", metavar="NAME", help="Tell whether it fits on a board, in 8 bits; a wrong name lists them.")
@options.formats()
@options.output
def command(
    spec: str,
    values: dict[str, Any],
    setting: Setting,
    training: bool,
    fit: int | None,
    int8: bool,
    device: str | None,
    format_: str,
    output: str | None,
) -> ExitCode:
    """Show the memory that a network needs: weights, activations at their peak, and training.

    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    The exit code is 1 where it does not fit: not even one sample within --fit, or not on the --device.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_graphs
    from cnnparams.engine.devices import find
    from cnnparams.engine.reports.memory import memory
    from cnnparams.render.answers.memory import MemoryAnswer
    from cnnparams.render.view import View

    (graph,) = load_graphs([spec], values)
    board = None if device is None else find(device)
    found = memory(graph, setting, training=training, limit=fit, int8=int8, device=board)
    write(options.renderer(format_).render(MemoryAnswer(found), View(stream=shown_on(output))), output)
    return ExitCode.DONE if found.answer else ExitCode.NO
