"""The processes of a sweep: no more than have work, none left behind however it ends, and rows that are whole.

Nothing here is timed. All processes of a sweep hold its standard error: that it ends tells that none is left.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.specs import ROOT

HANGS = 900
"""Seconds after which a test is given up that would never end."""
ENDLESS = ("resnet50", "--set", "group_width=8:8000:8", "--set", "size=32:512:32", "--json")
NET = """
vars: {wide: 4}
input: {channels: 1, height: 8, width: 8}
layers: [{type: conv2d, out_channels: wide, kernel_size: 3}]
"""
TWO_CORES = """
import os, signal, sys
for usual in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(usual, signal.SIG_DFL)  # nohup and scripts ignore some, in what they start too
signal.signal(signal.SIGINT, signal.default_int_handler)
import cnnparams.engine.choosing.evaluation as outcomes
from cnnparams.cli import main
outcomes.cores = lambda: 2
{}
main()
"""
COUNTING = """
forks = []
os.register_at_fork(after_in_parent=lambda: forks.append(1))
import atexit
parent = os.getpid()
atexit.register(lambda: os.getpid() == parent and print(len(forks), file=sys.stderr))
"""
DYING = """
from cnnparams.engine.choosing.evaluation import Evaluator
answer = Evaluator.__call__
def die(self, point):
    if point["wide"] == 1000:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer(self, point)
Evaluator.__call__ = die
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")


def params(wide: int) -> int:
    return 9 * wide + wide


@contextmanager
def sweep(*args: str, patch: str = "", jobs: str = "2") -> Iterator[subprocess.Popen[bytes]]:
    """Run a sweep in a group of its own, as a terminal does, on a machine with two cores; leave nothing of it."""
    command = [sys.executable, "-c", TWO_CORES.format(patch), "sweep", *args, "--jobs", jobs]
    pipe = subprocess.PIPE
    # Without a buffer of our own, from which communicate would not read.
    process = subprocess.Popen(
        command, cwd=ROOT, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        yield process
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        process.communicate()


def first_row(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout
    return process.stdout.readline()


def whole(rows: bytes) -> list[dict[str, int]]:
    lines = rows.decode().split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("values", "jobs", "processes"),
    [
        ("wide=1", "3000", 0),
        ("wide=1,2", "3000", 2),
        ("wide=1:200", "9223372036854775807", 2),
        ("wide=1:200", "2", 2),
        ("wide=1:200", "1", 0),
    ],
)
def test_there_are_no_more_processes_than_points_and_cores(values: str, jobs: str, processes: int) -> None:
    with sweep("-", "--set", values, "--json", patch=COUNTING, jobs=jobs) as process:
        rows, errors = process.communicate(NET.encode(), timeout=HANGS)
    assert int(errors) == processes
    assert [row["total_params"] for row in whole(rows)] == [params(row["wide"]) for row in whole(rows)]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL", "SIGQUIT"])
def test_no_process_outlives_a_sweep_that_is_ended(name: str, jobs: str) -> None:
    """A signal that ends a process without a word reaches the first alone; its rows are whole even so."""
    number = signal.Signals[name]
    with sweep(
        *ENDLESS, patch="import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))", jobs=jobs
    ) as process:
        first = first_row(process)
        os.kill(process.pid, number)
        rest, errors = process.communicate(timeout=HANGS)
    assert process.returncode == -number
    assert errors == b""
    assert all(row["total_params"] for row in whole(first + rest))


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("to", ["the first", "all"])
def test_an_interrupted_sweep_leaves_whole_rows(to: str, jobs: str) -> None:
    """An interrupt of a terminal goes to all processes, one of `kill` to the first."""
    with sweep(*ENDLESS, jobs=jobs) as process:
        first = first_row(process)
        (os.kill if to == "the first" else os.killpg)(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=HANGS)
    assert process.returncode == 130
    assert errors == b""
    assert all(row["total_params"] for row in whole(first + rest))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_closed_pipe_ends_the_sweep(jobs: str) -> None:
    with sweep(*ENDLESS, jobs=jobs) as process:
        assert json.loads(first_row(process))["size"] == 32
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=HANGS) == 141


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_a_process_that_dies_is_told_and_the_rows_so_far_are_right(format_: str) -> None:
    """Eight chunks of 64 points are under way at a time: that of point 1000 only once 512 rows are shown."""
    with sweep("-", "--set", "wide=1:5000", "--format", format_, patch=DYING) as process:
        rows, errors = process.communicate(NET.encode(), timeout=HANGS)
    assert process.returncode == 2
    told = errors.decode()
    assert told.startswith("a worker process died, so the remaining points were not computed")
    assert "hint: the system may have run out of memory: try fewer --jobs" in told
    assert "Traceback" not in told
    text = rows.decode()
    assert text.endswith("\n")
    is_json = format_ == "jsonl"
    found = [row["wide"] for row in whole(rows)] if is_json else [int(line.split(",")[0]) for line in text.split()[1:]]
    assert found == [*range(1, len(found) + 1)]
    assert 512 <= len(found) < 1000


def test_no_file_is_left_half_written_where_a_process_dies(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "rows.csv")  # noqa: PTH118  # the name as a user gives it
    with sweep("-", "--set", "wide=1:5000", "--format", "csv", "-o", path, patch=DYING) as process:
        rows, errors = process.communicate(NET.encode(), timeout=HANGS)
    assert (process.returncode, rows) == (2, b"")
    assert errors.startswith(b"a worker process died")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_solve_tells_of_a_process_that_dies_too() -> None:
    args = [sys.executable, "-c", TWO_CORES.format(DYING), "solve", "-", "--var", "wide=1:5000", "--max", "params=9k"]
    done = subprocess.run([*args, "--jobs", "2"], cwd=ROOT, input=NET.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"a worker process died")
