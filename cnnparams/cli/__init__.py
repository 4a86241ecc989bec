"""The command line: the only place that prints, and that turns errors into exit codes."""

from cnnparams.cli.boundary import main

__all__ = ["main"]
