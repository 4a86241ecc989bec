"""The command group. A command is a module of `commands`, imported when it is called or listed.

The module of a command whose name is a word of Python has an underscore behind it: import_ is `cnnparams import`.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from pkgutil import iter_modules

import click

from cnnparams import __version__
from cnnparams.cli import commands
from cnnparams.cli.command import GROUPS, Command, write_example
from cnnparams.errors import brief, quote, suggest
from cnnparams.inert import printable

PROGRAM = "cnnparams"
_SUMMARY = 60
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
        """Find the command that is called; guess at a misspelt one, in the words that click has from 8.4 on."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            if _is_network(name):
                raise click.UsageError(
                    f"{quote(name)} is not a command; did you mean: {PROGRAM} count {printable(name)}", ctx
                )
            guess = suggest(name, self.list_commands(ctx))
            meant = f" Did you mean {guess!r}?" if guess else ""
            raise click.UsageError(f"No such command {brief(name)!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups, by what they are for."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(command, name) for name, command in found if isinstance(command, Command)]
        longest = max(len(name) for _, name in rows)
        for group in GROUPS:
            listed = [(name, command.get_short_help_str(_SUMMARY)) for command, name in rows if command.group == group]
            with formatter.section(group):
                formatter.write_dl([(name.ljust(longest), summary) for name, summary in listed])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write an example that works wherever the tool is installed."""
        write_example(formatter, f"{PROGRAM} count resnet50")


def _is_network(word: str) -> bool:
    """Tell whether a word where a command should stand is a file, or a network that comes with the tool."""
    from cnnparams.schema import zoo

    return Path(word).suffix in (".yaml", ".yml", ".onnx") or word in {member.name for member in zoo.members()}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Count the parameters, shapes, MACs and memory of convolutional networks."""
