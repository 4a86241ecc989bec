"""`cnnparams show`: the expanded stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show


@click.command(cls=Command, group="Count and explain", example="cnnparams show resnet18")
@options.spec
@options.values
@options.opening
@options.answers(only=("json", "yaml"), default="yaml")
def command(spec: str, values: dict[str, Any], opening: Opening, show: Show) -> None:
    """Print a spec with blocks and expressions expanded.

    What is printed is a spec of plain layers that counts to the same numbers. NETWORK is a YAML file (- for standard
    input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is
    run; FILE@VARIANT chooses a variant.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.render.answers.stack import StackAnswer

    (network,) = load_networks([spec], values, opening)
    show(StackAnswer(network.to_dict()))
