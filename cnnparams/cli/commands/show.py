"""`cnnparams show`: the expanded stack."""

from __future__ import annotations

from typing import Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command


@click.command(cls=Command)
@options.spec
@options.values
@options.formats(only=("json", "yaml"), default="yaml")
@options.output
def command(spec: str, values: dict[str, Any], format_: str, output: str | None) -> None:
    """Print the layers that a spec stands for, as a spec.

    Blocks, repeats and expressions are worked out; what is printed counts to the same numbers.
    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_networks
    from cnnparams.engine.costs.quantity import number
    from cnnparams.engine.network.stack import stack
    from cnnparams.render.answers.stack import StackAnswer
    from cnnparams.render.view import View

    (network,) = load_networks([spec], values)
    budget = {str(limit.total.word): number(limit.most) for limit in network.budget}
    answer = StackAnswer(stack(network.graph, budget))
    write(options.renderer(format_).render(answer, View(stream=shown_on(output))), output)
