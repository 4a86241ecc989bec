"""`cnnparams layers`: the layer types."""

from __future__ import annotations

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command


@click.command(cls=Command)
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@options.formats()
@options.output
def command(types: tuple[str, ...], format_: str, output: str | None) -> None:
    """List the layer types, or describe each TYPE named.

    The description has its settings with their defaults, its formulas and an example.
    """
    from cnnparams.cli.output import shown_on, write
    from cnnparams.engine.reports import catalogue
    from cnnparams.render.answers.catalogue import CatalogueAnswer
    from cnnparams.render.view import View

    renderer = options.renderer(format_)
    view = View(stream=shown_on(output))
    try:
        described = [catalogue.card(word) for word in types]
    except catalogue.UnknownTypeError as error:
        raise click.BadParameter(str(error), param_hint="TYPE") from None
    everything = CatalogueAnswer(catalogue.families(), catalogue.summaries())
    write(renderer.render(CatalogueAnswer(described) if types else everything, view), output)
