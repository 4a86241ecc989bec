"""`cnnparams explain`: how each number comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.options import Opening
    from cnnparams.cli.show import Show

_MOST_LISTED = 20


@click.command(cls=Command, group="Count and explain", example="cnnparams explain lenet5 conv1")
@options.spec
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@options.values
@options.opening
@options.answers(shapes=True)
def command(spec: str, layers: tuple[str, ...], values: dict[str, Any], opening: Opening, show: Show) -> None:
    """Show the arithmetic behind each number, step by step.

    SPEC is a YAML file (- for standard input), a name that "cnnparams specs" lists, an ONNX file, or MODULE:FACTORY,
    code that makes a PyTorch model and is run; FILE@VARIANT chooses a variant. LAYER names the layers to explain, or
    parts of the network such as layer1.0; all of it by default.
    """
    from cnnparams.cli.networks import load_networks
    from cnnparams.engine.network.graph import is_within
    from cnnparams.render.answers.explanation import ExplanationAnswer

    (network,) = load_networks([spec], values, opening)
    known = [node.name for node in network.graph.nodes]
    for name in layers:
        if not any(is_within(layer, name) for layer in known):
            fact = f"{network.name} has no layer {name!r}"
            raise click.BadParameter(f"{fact}; {_instead(name, known)}", param_hint="LAYER")
    show(ExplanationAnswer(network.explain(layers)))


def _instead(name: str, known: list[str]) -> str:
    from cnnparams.errors import suggest

    guess = suggest(name, known)
    more = ", ..." if len(known) > _MOST_LISTED else ""
    return f"did you mean {guess!r}?" if guess else f"it has {', '.join(known[:_MOST_LISTED])}{more}"
