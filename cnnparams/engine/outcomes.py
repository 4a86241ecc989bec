"""What the points of a sweep give, one after another, in one process or in several."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from cnnparams.engine.evaluator import Evaluator
from cnnparams.engine.setting import Setting
from cnnparams.errors import SpecError, yaml_text
from cnnparams.schema.compose import compose
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Text
from cnnparams.schema.spec import Choice, Spec

_CHUNK = 64
"""Points that a process is given at a time: neighbours, which have much in common."""
_AHEAD = 4
"""Chunks for each process that are under way, or wait to be shown."""

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


def outcomes(
    spec: Spec, fields: Sequence[str], setting: Setting, points: Iterable[Point], jobs: int = 1
) -> Generator[Outcome]:
    """Yield what each point gives, in their order, worked out by so many processes."""
    if jobs == 1:
        evaluator = Evaluator(spec, fields, setting)
        yield from (_outcome(evaluator, point) for point in points)
        return
    choice = Choice(spec.choice.variant, dict(spec.choice.values))
    yield from _spread(Task(spec.document.source, choice, tuple(fields), setting), iter(points), jobs)


def _outcome(evaluator: Evaluator, point: Point) -> Outcome:
    try:
        return Outcome(evaluator.name, point, evaluator(point))
    except SpecError as error:
        return Outcome(evaluator.name, point, {}, str(error).splitlines()[0])


def _spread(task: Task, points: Iterator[Point], jobs: int) -> Iterator[Outcome]:
    from concurrent.futures import ProcessPoolExecutor  # most sweeps are done before it is imported

    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(task,)) as pool:
        under_way = deque(pool.submit(_work, chunk) for chunk in islice(_chunks(points), _AHEAD * jobs))
        try:
            while under_way:
                yield from under_way.popleft().result()
                under_way.extend(pool.submit(_work, chunk) for chunk in islice(_chunks(points), 1))
        finally:
            pool.shutdown(cancel_futures=True)


def _chunks(points: Iterator[Point]) -> Iterator[list[Point]]:
    while chunk := list(islice(points, _CHUNK)):
        yield chunk


_evaluators: list[Evaluator] = []
"""The evaluator of a process that works for another."""


def _start(task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was interrupted ends this one
    spec = parse(compose(task.source))._replace(choice=task.choice)
    _evaluators.append(Evaluator(spec, task.fields, task.setting))


def _work(points: list[Point]) -> list[Outcome]:
    return [_outcome(_evaluators[0], point) for point in points]
