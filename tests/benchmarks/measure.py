"""Run two commands in turn and print, for each, the median of its CPU seconds and of its peak memory.

A script of its own: Linux counts the memory of the process that starts another into the other's peak, so the starter
must be smaller than what it measures, which a test runner is not.

usage: measure.py RUNS COMMAND COMMAND, each command a JSON list of arguments to Python
"""

import json
import os
import sys
from statistics import median


def cost(arguments: list[str]) -> tuple[float, float]:
    """Return CPU seconds and peak kilobytes of one run of Python."""
    pid = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ, file_actions=[QUIET])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{arguments} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


QUIET = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)

if __name__ == "__main__":
    runs, *commands = map(json.loads, sys.argv[1:])
    for command in commands:
        cost(command)  # the first run writes byte code
    costs = [[cost(command) for command in commands] for _ in range(runs)]
    print(json.dumps([[median(figures) for figures in zip(*column)] for column in zip(*costs)]))  # noqa: B905
