"""`cnnparams layers`: the layer types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnparams.cli import options
from cnnparams.cli.command import Command

if TYPE_CHECKING:
    from cnnparams.cli.show import Show


@click.command(cls=Command, group="Learn", example="cnnparams layers conv2d")
@click.argument("types", metavar="[TYPE]...", nargs=-1, shell_complete=options.completes("types"))
@options.answers()
def command(types: tuple[str, ...], show: Show) -> None:
    """List the layer types, or describe each TYPE named.

    The description has its settings with their defaults, its formulas and an example.
    """
    from cnnparams.engine.reports import catalogue
    from cnnparams.render.answers.catalogue import CatalogueAnswer

    try:
        found = catalogue.catalogue(types)
    except catalogue.UnknownTypeError as error:
        raise click.BadParameter(str(error), param_hint="TYPE") from None
    show(CatalogueAnswer.of(found))
