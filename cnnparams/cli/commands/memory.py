"""`cnnparams memory`: what a network needs to be used and to be trained."""

from __future__ import annotations

from typing import Any

import click

from cnnparams.cli import options
from cnnparams.cli.exit_code import ExitCode
from cnnparams.render import memory as formats


@click.command()
@options.spec
@options.values
@options.batch
@options.dtype
@click.option("--training", is_flag=True, help="Also what training keeps: gradients, optimizer, saved tensors.")
@options.optimizer
@options.fit
@options.formats(formats, default="text")
@options.output
def command(
    spec: str,
    values: dict[str, Any],
    batch: int,
    dtype: str,
    training: bool,
    optimizer: str,
    fit: int | None,
    format_: str,
    output: str | None,
) -> ExitCode:
    """Show the memory that a network needs: weights, activations at their peak, and training.

    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    The exit code is 1 where --fit finds that not even one sample fits.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_graphs
    from cnnparams.engine.memory import memory
    from cnnparams.engine.setting import Setting
    from cnnparams.render.view import View

    (graph,) = load_graphs([spec], values)
    found = memory(graph, Setting(batch, dtype, optimizer), training=training, limit=fit)
    write(options.renderer(formats, format_).render(found, View(stream=shown_on(output))), output, [spec])
    return ExitCode.NO if found.fit and found.fit.batch == 0 else ExitCode.DONE
