"""`cnnparams explain`: how each number comes about."""

from __future__ import annotations

from typing import Any

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

_MOST_LISTED = 20


@click.command(cls=Command)
@options.spec
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@options.values
@options.formats()
@options.output
@options.layout
def command(
    spec: str, layers: tuple[str, ...], values: dict[str, Any], format_: str, output: str | None, layout: str
) -> None:
    """Show how each number comes about, as you would by hand.

    SPEC is a YAML file, - for standard input, or a spec that "cnnparams specs" lists; FILE@VARIANT chooses a variant.
    LAYER names the layers to explain, or parts of the network such as layer1.0; all of it by default.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.cli.specs import load_graphs
    from cnnparams.engine.network.graph import is_within
    from cnnparams.engine.reports.explain import explain
    from cnnparams.render.answers.explanation import ExplanationAnswer
    from cnnparams.render.view import LAYOUTS, View

    view = View(LAYOUTS[layout], stream=shown_on(output))
    (graph,) = load_graphs([spec], values)
    known = [node.name for node in graph.nodes]
    for name in layers:
        if not any(is_within(layer, name) for layer in known):
            raise click.BadParameter(f"{graph.name} has no layer {name!r}; {_instead(name, known)}", param_hint="LAYER")
    write(options.renderer(format_).render(ExplanationAnswer(explain(graph, layers)), view), output)


def _instead(name: str, known: list[str]) -> str:
    from cnnparams.errors import suggest

    guess = suggest(name, known)
    more = ", ..." if len(known) > _MOST_LISTED else ""
    return f"did you mean {guess!r}?" if guess else f"it has {', '.join(known[:_MOST_LISTED])}{more}"
