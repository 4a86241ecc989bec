"""Where every run ends: with an exit code, and whatever went wrong as a message on standard error."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys

import click

from cnnparams.cli.app import COMPLETE, PROGRAM, app
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.telling import tell
from cnnparams.errors import CnnparamsError


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # a run is short and keeps what it makes: looking for garbage takes a third of a deep network's time
    sys.exit(run())


def run() -> int:
    """Run the command line; return its exit code."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")  # a name may not be ASCII
    try:
        return _complete(os.environ[COMPLETE]) if COMPLETE in os.environ else _invoke()
    except click.ClickException as error:
        tell(_shown(error))
    except CnnparamsError as error:
        tell(str(error))
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except OSError as error:  # what reads specs and writes files has errors of its own: this is standard output
        return _output_failed(error)
    except Exception as error:
        return _fault(error)
    return ExitCode.NO_ANSWER


def _shown(error: click.ClickException) -> str:
    shown = io.StringIO()
    error.show(shown)
    return shown.getvalue().removesuffix("\n")


def _complete(instruction: str) -> int:
    """Answer a shell that asks what may come next; see `cnnparams completion`."""
    from click.shell_completion import shell_complete

    return shell_complete(app, {}, PROGRAM, COMPLETE, instruction)


def _invoke() -> int:
    # Not app.main, which turns a closed pipe into exit code 1: here that says that the answer is no.
    try:
        with app.make_context(PROGRAM, sys.argv[1:]) as context:
            code = app.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    if sys.stdout:
        sys.stdout.flush()
    return ExitCode.DONE if code is None else int(code)


def _output_failed(error: OSError) -> int:
    if sys.stdout:  # so that the interpreter's last flush is quiet
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return ExitCode.BROKEN_PIPE
    tell(f"cannot write the output: {error.strerror or error}")
    return ExitCode.NO_ANSWER


def _fault(error: Exception) -> int:
    """Tell a fault of ours in a line; the traceback is for those who ask for it."""
    if os.environ.get("CNNPARAMS_DEBUG"):
        raise error
    tell(f"this is a fault of cnnparams, please report it: {type(error).__name__}: {error}")
    tell("  hint: CNNPARAMS_DEBUG=1 shows where it happened")
    return ExitCode.NO_ANSWER
