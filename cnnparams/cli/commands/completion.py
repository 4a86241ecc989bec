"""`cnnparams completion`: what a shell needs to complete commands, options, specs and variants."""

from __future__ import annotations

import click

from cnnparams.cli.command import Command

_SETUP = {"bash": "COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}  # FILE@VARIANT is one word\n"}


@click.command(cls=Command, group="Learn", example="cnnparams completion zsh")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands in a SHELL.

    In ~/.bashrc or ~/.zshrc: eval "$(cnnparams completion bash)", or zsh. For fish: cnnparams completion fish >
    ~/.config/fish/completions/cnnparams.fish
    """
    from click.shell_completion import get_completion_class

    from cnnparams.cli.app import COMPLETE, PROGRAM, app

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(_SETUP.get(shell, "") + completion(app, {}, PROGRAM, COMPLETE).source())
