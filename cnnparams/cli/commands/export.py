"""`cnnparams export`: the network as a module for PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.messages import tell

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening


@click.command(cls=Command, group="Exchange", example="cnnparams export resnet18 -o resnet18.py")
@options.spec
@options.values
@options.opening
@options.output
def command(spec: str, values: dict[str, Any], opening: Opening, output: str | None) -> None:
    """Write the network as PyTorch code.

    It is a module that depends on torch alone. It has a class for each block and for the network, as you would write
    them, and prints the parameter count when run. NETWORK is a YAML file (- for standard input), a name that "cnnparams
    specs" lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is run; FILE@VARIANT chooses a
    variant. PyTorch is not needed to write it.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.cli.output import write
    from cnnparams.targets.code.module import remarks

    (network,) = load_networks([spec], values, opening)
    for remark in remarks(network.graph):
        tell(str(remark))
    write([network.to_code()], output, verbatim=True)
