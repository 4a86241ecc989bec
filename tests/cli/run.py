"""Run the command line as a user does."""

import subprocess
import sys
from typing import NamedTuple

from tests.specs import ROOT


class Done(NamedTuple):
    """What a run left behind."""

    code: int
    stdout: str
    stderr: str


def run(*args: str, stdin: str = "", env: dict[str, str] | None = None) -> Done:
    """Run cnnparams in the root of the repository, in a process of its own."""
    command = [sys.executable, "-m", "cnnparams", *args]
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False, env=env, encoding="utf-8"
    )
    return Done(done.returncode, done.stdout, done.stderr)
