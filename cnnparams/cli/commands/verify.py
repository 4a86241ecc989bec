"""`cnnparams verify`: whether every figure is PyTorch's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command
from cnnparams.cli.exit_code import ExitCode

if TYPE_CHECKING:
    from cnnparams.api.network import Network
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show
    from cnnparams.targets.verification import Verification


@click.command(cls=Command, group="Exchange", example="cnnparams verify resnet18")
@options.specs
@options.values
@options.opening
@click.option(
    "--against",
    metavar="MODULE:FACTORY",
    help="Compare the spec with your own model instead: its code is imported and run.",
)
@options.answers(shapes=True)
def command(
    specs: tuple[str, ...],
    values: dict[str, Any],
    opening: Opening,
    against: str | None,
    show: Show,
) -> ExitCode:
    """Check every figure against PyTorch's.

    The network is built in PyTorch. Compared are each layer's output, tensors, parameters and MACs, and the totals. The
    exit code is 1 where any differs. NETWORK is a YAML file (- for standard input), a name that "cnnparams specs"
    lists, an ONNX file, or MODULE:FACTORY, code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant.
    This needs PyTorch: pip install torch.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.render.answers.verification import VerificationAnswer

    if against is not None and len(specs) > 1:
        raise click.UsageError("--against compares one NETWORK with a model")
    networks = load_networks(specs, values, opening)
    found = _verified(networks) if against is None else [_compared(networks[0], against)]
    show(VerificationAnswer(found))
    return ExitCode.DONE if all(verification.same for verification in found) else ExitCode.NO


def _verified(networks: list[Network]) -> list[Verification]:
    from cnnparams.api.functions import verify
    from cnnparams.cli.progress import working
    from cnnparams.sources.extra import extra

    with working("importing PyTorch"):
        extra("torch")
    found = []
    for network in networks:
        with working(f"verifying {network.name}"):
            found.append(verify(network))
    return found


def _compared(network: Network, name: str) -> Verification:
    from cnnparams.api.functions import verify
    from cnnparams.cli.progress import working
    from cnnparams.cli.streams import keep_apart

    keep_apart()  # what the code prints is not the answer
    with working(f"comparing with {name}"):
        return verify(network, name)
