"""Where every run ends: with an exit code, and whatever went wrong as a message on standard error."""

from __future__ import annotations

import atexit
import errno
import io
import os
import sys
import warnings
from typing import NoReturn

import click

from cnnparams.cli import files_read, streams
from cnnparams.cli.app import COMPLETE, PROGRAM, app
from cnnparams.cli.command import option_of
from cnnparams.cli.exit_code import ExitCode
from cnnparams.cli.messages import tell
from cnnparams.errors import Arguments, CnnparamsError, CnnparamsWarning, quote


def run_and_exit() -> None:
    """Run the command line and exit."""
    code = run()
    if streams.are_apart():
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End without waiting for what code of others left running, and whatever fails in what it wants to do last."""
    sys.unraisablehook = lambda _: None
    atexit._run_exitfuncs()
    os._exit(code)


def run() -> int:
    """Run the command line; return its exit code."""
    streams.prepare()
    files_read.watch()
    Arguments.spelling = option_of
    try:
        code = _answered()
        streams.flush()
    except OSError as error:  # what reads specs and writes files has errors of its own: this is standard output
        code = _output_failed(error)
    finally:
        Arguments.spelling = None  # who calls this from Python may go on
    streams.flush_beside()
    return code


def _answered() -> int:
    try:
        return _complete(os.environ[COMPLETE]) if COMPLETE in os.environ else _invoke()
    except click.ClickException as error:
        tell(_shown(error))
    except CnnparamsError as error:
        tell(str(error))
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except MemoryError:
        tell("memory ran out: the network or the file is too large for what this process may use")
    except OSError:
        raise
    except Exception as error:
        _tell_fault(error)
    return ExitCode.NO_ANSWER


def _shown(error: click.ClickException) -> str:
    shown = io.StringIO()
    error.show(shown)
    return shown.getvalue().removesuffix("\n")


def _complete(instruction: str) -> int:
    """Answer a shell that asks what may come next; see `cnnparams completion`."""
    from cnnparams.cli.shells import SHELLS

    shell, _, asked = instruction.partition("_")
    try:
        completion = SHELLS[shell](app, {}, PROGRAM, COMPLETE)
        if asked == "source":
            click.echo(completion.source())
        elif asked == "complete":
            completion.get_completion_args()  # which reads what the shell has set
            click.echo(completion.complete())
        else:
            raise ValueError
    except (KeyError, ValueError):
        hint = "unset it, or let the shell set it, with COMP_WORDS and COMP_CWORD: see cnnparams completion --help"
        message = f"the environment has {COMPLETE}={quote(instruction)}, which asks for no completion"
        raise CnnparamsError(message, hint) from None
    return ExitCode.DONE


def _invoke() -> int:
    # Not app.main, which turns a closed pipe into exit code 1: here that says that the answer is no.
    try:
        with warnings.catch_warnings(), app.make_context(PROGRAM, sys.argv[1:]) as context:
            warnings.simplefilter("ignore", CnnparamsWarning)  # each command tells them in its own time
            code = app.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return ExitCode.DONE if code is None else int(code)


def _output_failed(error: OSError) -> int:
    streams.give_up()
    if error.errno == errno.EPIPE:
        return ExitCode.BROKEN_PIPE
    tell(f"cannot write the output: {error.strerror or error}")
    return ExitCode.NO_ANSWER


def _tell_fault(error: Exception) -> None:
    """Tell a fault of ours in a line; the traceback is for those who ask for it."""
    if os.environ.get("CNNPARAMS_DEBUG"):
        import traceback

        tell("".join(traceback.format_exception(error)).rstrip())
        return
    tell(f"internal error in cnnparams, please report it: {type(error).__name__}: {error}")
    tell("  hint: CNNPARAMS_DEBUG=1 shows where it happened")
