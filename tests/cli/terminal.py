"""Run the command line as a user does who looks at a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence

from tests.specs import ROOT

_SAID_BY_USERS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")


_IN_ONE_PROCESS = """
import os, sys
from cnnparams.cli import boundary, main
from cnnparams.render import terminal
for command in sys.argv[1:]:
    child = os.fork()
    if not child:
        sys.argv = ["cnnparams", *command.split()]
        main()
    os.waitpid(child, 0)
    print("=" * 30, flush=True)
"""


def on_terminal(width: int, *args: str, **variables: str) -> str:
    """Run cnnparams on a pseudo-terminal of a given width; return what it wrote there."""
    return _written(width, [sys.executable, "-m", "cnnparams", *args], variables)


def told_on_terminal(width: int, *args: str, **variables: str) -> str:
    """Run cnnparams where standard error is a pseudo-terminal of a given width; return what it wrote there."""
    return _written(width, [sys.executable, "-m", "cnnparams", *args], variables, beside=True)


def each_on_terminal(width: int, commands: Sequence[str], **variables: str) -> list[str]:
    """Run several commands so, for which libraries are loaded once; return what each wrote."""
    written = _written(width, [sys.executable, "-c", _IN_ONE_PROCESS, *commands], variables)
    return written.split("=" * 30 + "\n")[:-1]


def _written(width: int, command: Sequence[str], variables: Mapping[str, str], *, beside: bool = False) -> str:
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in _SAID_BY_USERS}
    env = {**kept, "TERM": "xterm-256color", **variables}
    streams = {"stdout": subprocess.DEVNULL, "stderr": side} if beside else {"stdout": side}
    with subprocess.Popen(command, cwd=ROOT, env=env, **streams):  # type: ignore[call-overload]
        os.close(side)
        written = b""
        try:
            while chunk := os.read(main, 65536):
                written += chunk
        except OSError:  # the other side has closed
            pass
    os.close(main)
    return written.decode().replace("\r\n", "\n")
