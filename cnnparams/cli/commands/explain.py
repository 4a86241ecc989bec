"""`cnnparams explain`: how each number comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show


@click.command(cls=Command, group="Count and explain", example="cnnparams explain lenet5 conv1")
@options.spec
@click.argument("layers", metavar="[LAYER]...", nargs=-1, shell_complete=options.completes("layers"))
@options.values
@options.opening
@options.answers(shapes=True)
def command(spec: str, layers: tuple[str, ...], values: dict[str, Any], opening: Opening, show: Show) -> None:
    """Show the arithmetic behind each number, step by step.

    NETWORK is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. LAYER names the layers to explain, or
    parts of the network such as layer1.0; all of it by default.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.render.answers.explanation import ExplanationAnswer

    (network,) = load_networks([spec], values, opening)
    with options.blaming("LAYER"):
        found = network.explain(*layers)
    show(ExplanationAnswer(found))
