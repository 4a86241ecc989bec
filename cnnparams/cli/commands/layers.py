"""`cnnparams layers`: the layer types."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

import click

from cnnparams.cli import options
from cnnparams.render import catalogue as formats

if TYPE_CHECKING:
    from cnnparams.layers.registry import Declaration


@click.command()
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@options.formats(formats, default="text")
@options.output
def command(types: tuple[str, ...], format_: str, output: str | None) -> None:
    """List the layer types; for each TYPE named show its settings, formulas and an example."""
    from cnnparams.cli.output import write
    from cnnparams.engine import catalogue
    from cnnparams.render.view import View

    renderer = import_module(f"{formats.__name__}.{format_}")
    view = View(stream=None if output else sys.stdout)
    if types:
        write(renderer.cards([catalogue.card([found]) for found in _found(types)], view), output)
    else:
        write(renderer.everything(catalogue.summaries(), catalogue.families(), view), output)


def _found(words: Iterable[str]) -> list[Declaration]:
    from cnnparams.layers import registry
    from cnnparams.schema.wording import suggest

    found = []
    for word in words:
        declaration = registry.find(word)
        if declaration is None:
            guess = suggest(word, [known.name for known in registry.declarations()])
            hint = f"did you mean {guess}?" if guess else "cnnparams layers lists them"
            raise click.BadParameter(f"no layer type {word!r}; {hint}", param_hint="TYPE")
        found.append(declaration)
    return found
