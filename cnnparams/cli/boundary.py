"""Where every run ends: with an exit code, and whatever went wrong as a message on standard error."""

from __future__ import annotations

import errno
import os
import sys
from enum import IntEnum

import click

from cnnparams.cli.app import app
from cnnparams.errors import CnnparamsError


class ExitCode(IntEnum):
    """What an exit code says. Beyond 128 it is 128 + the signal's number, as shells have it."""

    DONE = 0
    NO = 1
    NO_ANSWER = 2
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run())


def run() -> int:
    """Run the command line; return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name may not be ASCII
    try:
        code = app(prog_name="cnnparams", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return ExitCode.NO_ANSWER
    except CnnparamsError as error:
        click.echo(str(error), err=True)
        return ExitCode.NO_ANSWER
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _output_failed(error)
    return code if isinstance(code, int) else ExitCode.DONE


def _output_failed(error: OSError) -> int:
    """Specs are read elsewhere: what fails here is writing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the interpreter's last flush is quiet
    if error.errno == errno.EPIPE:
        return ExitCode.BROKEN_PIPE
    click.echo(f"cannot write the output: {error.strerror or error}", err=True)
    return ExitCode.NO_ANSWER
