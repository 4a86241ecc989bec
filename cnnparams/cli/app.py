"""The command group. A command is a module of `commands`, imported when it is called or listed.

The module of a command whose name is a word of Python has an underscore behind it: import_ is `cnnparams import`.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pkgutil import iter_modules

import click

from cnnparams import __version__
from cnnparams.cli import commands

PROGRAM = "cnnparams"
COMPLETE = "_CNNPARAMS_COMPLETE"
"""The variable of the environment in which a shell asks for completion."""


class Commands(click.Group):
    """A group whose commands are the modules of the package `commands`, each with a click command named `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(module.name.rstrip("_").replace("_", "-") for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by its name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        word = cmd_name.replace("-", "_")
        module = import_module(f"{commands.__name__}.{word}_" if iskeyword(word) else f"{commands.__name__}.{word}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; guess at a misspelt one, which click does for loaded commands only."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.NoSuchCommand(name, possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Count what a convolutional network learns and computes, from a YAML file.

    cnnparams count specs/simple_cnn.yaml prints every layer's output shape and parameters.
    """
