"""`cnnparams completion`: what a shell needs to complete commands, options, specs and variants."""

from __future__ import annotations

import click

from cnnparams.cli.command import Command


@click.command(cls=Command, group="Learn", example="cnnparams completion zsh")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands in a SHELL.

    In ~/.bashrc or ~/.zshrc: eval "$(cnnparams completion bash)", or zsh. For fish: cnnparams completion fish >
    ~/.config/fish/completions/cnnparams.fish
    """
    from cnnparams.cli.app import COMPLETE, PROGRAM, app
    from cnnparams.cli.shells import SHELLS

    click.echo(SHELLS[shell](app, {}, PROGRAM, COMPLETE).source())
