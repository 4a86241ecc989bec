"""What the points of a sweep give, one after another, in one process or in several."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnparams.engine.evaluator import Evaluator
from cnnparams.engine.setting import Setting
from cnnparams.errors import CnnparamsError, SpecError, yaml_text
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.spec import Choice, Spec

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_CHUNK = 64
"""Points that a process is given at a time, at most: neighbours, which have much in common."""
_AHEAD = 4
"""Chunks for each process that are under way, or wait to be shown."""
_DIED = "a worker process died, so that the points that follow have no answer; all that was shown is right"
_REMEDY = "where memory is short, the system ends processes: try fewer --jobs"

Point = Mapping[str, Any]


class Outcome(NamedTuple):
    """A network at a point, and its totals by their fields; or what is wrong with it, and no totals."""

    name: str
    point: Point
    totals: Mapping[str, Any]
    problem: str | None = None

    @property
    def place(self) -> str:
        """The point in words."""
        return ", ".join(f"{name}={yaml_text(value)}" for name, value in self.point.items())


class Task(NamedTuple):
    """What is asked of every point: of which spec, which totals, in which setting."""

    source: Text
    choice: Choice
    fields: tuple[str, ...]
    setting: Setting


class Points(NamedTuple):
    """Points to come, and how many they are."""

    each: Iterator[Point]
    number: int


def outcomes(spec: Spec, fields: Sequence[str], setting: Setting, points: Points, jobs: int = 1) -> Generator[Outcome]:
    """Yield what each point gives, in their order, worked out by so many processes where they have work.

    Raise CnnparamsError where one of them dies.
    """
    processes = min(jobs, points.number, cores())
    if processes <= 1:
        evaluator = Evaluator(spec, fields, setting)
        yield from (_outcome(evaluator, point) for point in points.each)
        return
    choice = Choice(spec.choice.variant, dict(spec.choice.values))
    task = Task(spec.document.source, choice, tuple(fields), setting)
    yield from _spread(task, points, processes)


def cores() -> int:
    """Return how many processes can run at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(evaluator: Evaluator, point: Point) -> Outcome:
    try:
        return Outcome(evaluator.name, point, evaluator(point))
    except SpecError as error:
        return Outcome(evaluator.name, point, {}, str(error).splitlines()[0])


def _spread(task: Task, points: Points, processes: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor  # most sweeps are done before these are imported
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import Pipe

    chunks = _chunks(points.each, min(_CHUNK, -(-points.number // processes)))
    there, held = Pipe(duplex=False)
    try:
        with there, ProcessPoolExecutor(processes, initializer=_start, initargs=(task, there, held)) as pool:
            try:
                with _uninterrupted():
                    under_way = deque(pool.submit(_work, chunk) for chunk in islice(chunks, _AHEAD * processes))
                while under_way:
                    yield from under_way.popleft().result()
                    under_way.extend(pool.submit(_work, chunk) for chunk in islice(chunks, 1))
            finally:
                held.close()  # which ends the processes, whatever they are at
                pool.shutdown(cancel_futures=True)
    except BrokenProcessPool:
        raise CnnparamsError(f"{_DIED}\n  hint: {_REMEDY}") from None


def _chunks(points: Iterator[Point], size: int) -> Iterator[list[Point]]:
    while chunk := list(islice(points, size)):
        yield chunk


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off interrupts, and let processes that are started here not have them: a terminal sends them to all."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_evaluators: list[Evaluator] = []
"""The evaluator of a process that works for another."""


def _start(task: Task, there: Connection, held: Connection) -> None:
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was interrupted ends this one
    held.close()  # what is left of it is the parent's alone
    Thread(target=_end_with_parent, args=(there,), daemon=True).start()
    spec = parse(compose(task.source))._replace(choice=task.choice)
    _evaluators.append(Evaluator(spec, task.fields, task.setting))


def _end_with_parent(there: Connection) -> None:
    """End this process once the other end of the pipe is closed: by the parent, or with it, however it ends.

    A signal would not do: nothing can be done on SIGKILL, and what Linux sends on a parent's death no other system has.
    """
    with suppress(EOFError, OSError):
        there.recv_bytes()  # nothing is ever sent
    os._exit(0)


def _work(points: list[Point]) -> list[Outcome]:
    return [_outcome(_evaluators[0], point) for point in points]
