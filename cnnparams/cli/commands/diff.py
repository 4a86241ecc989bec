"""`cnnparams diff`: what leads from one network to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.engine.setting import Setting


@click.command(cls=Command, group="Choose", example="cnnparams diff resnet18 resnet34")
@options.first
@options.second
@options.values
@options.opening
@options.values_of_second
@options.setting
@options.answers(shapes=True)
def command(
    first: str,
    second: str,
    values: dict[str, Any],
    opening: Opening,
    values_of_second: dict[str, Any],
    setting: Setting,
    show: Show,
) -> None:
    """Show what changes from network A to network B.

    These are layers added, removed and changed, and what that does to each total. A and B are each a YAML file (- for
    standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch
    model and is run; FILE@VARIANT chooses a variant. Of affected layers, only what enters them has changed. --set holds
    for both, as far as they have such a var.
    """
    from cnnparams.cli.networks import load_pair
    from cnnparams.render.answers.difference import DifferenceAnswer

    before, after = load_pair(first, second, values, values_of_second, opening)
    show(DifferenceAnswer(before.diff(after, **setting._asdict())))
