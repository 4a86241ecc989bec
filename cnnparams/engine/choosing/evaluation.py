"""What the points of a sweep give, one after another, in one process or in several."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cnnparams.engine.setting import Setting
from cnnparams.errors import CnnparamsError, yaml_text
from cnnparams.schema.input_shape import InputShape
from cnnparams.schema.input_size import with_inputs
from cnnparams.schema.parse import parse
from cnnparams.schema.source import Document
from cnnparams.schema.spec import Choice, Spec

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

from pydantic import BaseModel

from cnnparams.engine.costs.register import Totals, costs_giving
from cnnparams.engine.network.build import build, ports_in
from cnnparams.engine.network.builder import MOST_LAYERS
from cnnparams.engine.network.graph import Graph, Port
from cnnparams.engine.network.resize import KnownResults, Resizer
from cnnparams.engine.network.resized import Resized
from cnnparams.schema.computed import Computed
from cnnparams.schema.variables import choose, values

_CHUNK = 64
"""Points that a process is given at a time, at most: neighbours, which have much in common."""
_AHEAD = 4
"""Chunks for each process that are under way, or wait to be shown."""
_DIED = "a worker process died, so the remaining points were not computed; those shown are correct"
_REMEDY = "the system may have run out of memory: try fewer --jobs"

VarValues = Mapping[str, Any]


def as_shown(value: Any) -> Any:
    """Return a value of a point as it is shown: a shape as text."""
    return str(value) if isinstance(value, InputShape) else value


class Outcome(NamedTuple):
    """A network at a point, and its totals by their fields; or what is wrong with it, and no totals."""

    name: str
    point: VarValues
    totals: Mapping[str, Any]
    problem: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the point as they are shown."""
        return {name: as_shown(value) for name, value in self.point.items()}

    @property
    def place(self) -> str:
        """The point in words."""
        return ", ".join(f"{name}={yaml_text(value)}" for name, value in self.values.items())


class Task(NamedTuple):
    """What is asked of every point: of which spec, which totals, in which setting, which inputs vary."""

    document: Document
    choice: Choice
    fields: tuple[str, ...]
    setting: Setting
    inputs: Mapping[str, InputShape]


class Varying(NamedTuple):
    """A spec whose inputs have other shapes at other points.

    `inputs` are all that have to be said to read it, by the names that points have for them, as they are where a point
    does not say; none where no input varies. `reread` reads it again with these, where it comes from elsewhere: what
    it is may depend on their sizes.
    """

    spec: Spec
    inputs: Mapping[str, InputShape] = MappingProxyType({})
    reread: Callable[[tuple[InputShape, ...]], Spec] | None = None

    def at(self, shapes: tuple[InputShape, ...]) -> Spec:
        """Return the spec with these inputs; raise CnnparamsError where it has none such."""
        return self.reread(shapes) if self.reread else with_inputs(self.spec, shapes)


class Points(NamedTuple):
    """Points to come, and how many they are."""

    each: Iterator[VarValues]
    number: int


def outcomes(
    network: Varying, fields: Sequence[str], setting: Setting, points: Points, jobs: int = 1
) -> Generator[Outcome]:
    """Yield what each point gives, in their order, worked out by so many processes where they have work.

    What is read from elsewhere at each point, be it by running code, is read by this process alone. Raise
    CnnparamsError where a process dies.
    """
    spec = network.spec
    processes = min(jobs, points.number, cores())
    if processes <= 1 or network.reread:
        evaluator = ResizingEvaluator(network, fields, setting)
        yield from (_outcome(evaluator, point) for point in points.each)
        return
    choice = Choice(spec.choice.variant, dict(spec.choice.values))
    document = spec.document._replace(origins=dict(spec.document.origins))  # a read-only view cannot be sent
    task = Task(document, choice, tuple(fields), setting, dict(network.inputs))
    yield from _spread(task, points, processes)


def cores() -> int:
    """Return how many processes can run at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(evaluator: ResizingEvaluator, point: VarValues) -> Outcome:
    try:
        return Outcome(evaluator.name, point, evaluator(point))
    except CnnparamsError as error:
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
        raise CnnparamsError(_DIED, _REMEDY) from None


def _chunks(points: Iterator[VarValues], size: int) -> Iterator[list[VarValues]]:
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


_evaluators: list[ResizingEvaluator] = []
"""The evaluator of a process that works for another."""


def _start(task: Task, there: Connection, held: Connection) -> None:
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was interrupted ends this one
    held.close()  # what is left of it is the parent's alone
    Thread(target=_end_with_parent, args=(there,), daemon=True).start()
    spec = parse(task.document)._replace(choice=task.choice)
    _evaluators.append(ResizingEvaluator(Varying(spec, task.inputs), task.fields, task.setting))


def _end_with_parent(there: Connection) -> None:
    """End this process once the other end of the pipe is closed: by the parent, or with it, however it ends.

    A signal would not do: nothing can be done on SIGKILL, and what Linux sends on a parent's death no other system has.
    """
    with suppress(EOFError, OSError):
        there.recv_bytes()  # nothing is ever sent
    os._exit(0)


def _work(points: list[VarValues]) -> list[Outcome]:
    return [_outcome(_evaluators[0], point) for point in points]


_MOST_NODES = 2 * MOST_LAYERS
"""How many nodes of networks are kept for points to come."""


class _Base(NamedTuple):
    """A network as it was built for one point, and its totals, cost by cost."""

    resizer: Resizer
    totals: list[Totals]


class Evaluator:
    """Gives the totals named by `fields`, for values of vars over those that are chosen in the spec."""

    def __init__(self, spec: Spec, fields: Collection[str], setting: Setting) -> None:
        self.spec = spec
        self.name = spec.choice.variant or spec.name
        self.setting = setting
        self._costs = costs_giving(fields, setting)
        self._wanted = [total.field for cost in self._costs for total in cost.TOTALS]
        self._behind_layers = vars_behind(spec, (spec.layers, spec.blocks, spec.outputs))
        self._behind_inputs = vars_behind(spec, spec.inputs) | spec.variables.bounds.keys()
        self._known = KnownResults()
        self._bases: dict[tuple[str, ...], _Base] = {}
        self._inputs: dict[tuple[str, ...], tuple[Port, ...]] = {}
        self._nodes = 0

    def __call__(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """Return the totals by their fields; raise SpecError where there is no network at this point."""
        totals = self._totals(point)
        return dict(zip(self._wanted, (value for part in totals for value in part), strict=True))

    def _totals(self, point: Mapping[str, Any]) -> list[Totals]:
        key = tuple([repr(value) for name, value in point.items() if name in self._behind_layers])
        base = self._bases.get(key)
        if base is None:
            return self._first(key, point)
        resized = base.resizer.resize(self._ports(point))
        if resized is None:
            return self._measured(build(self._chosen(point)))
        return self._again(base.totals, resized)

    def _again(self, before: list[Totals], network: Resized) -> list[Totals]:
        whole = None
        totals = []
        for cost, old in zip(self._costs, before, strict=True):
            if cost.AT_OTHER_SIZES:
                totals.append(cost.AT_OTHER_SIZES(old, network))
            else:
                whole = whole or network.spelt_out()
                totals.append(cost.measure(whole, self.setting).totals)
        return totals

    def _first(self, key: tuple[str, ...], point: Mapping[str, Any]) -> list[Totals]:
        graph = build(self._chosen(point))
        base = _Base(Resizer(graph, self._known), self._measured(graph))
        self._nodes += len(graph.nodes)
        if self._nodes > _MOST_NODES:
            self._bases.clear()
            self._nodes = len(graph.nodes)
        self._bases[key] = base
        return base.totals

    def _ports(self, point: Mapping[str, Any]) -> tuple[Port, ...]:
        key = tuple([repr(value) for name, value in point.items() if name in self._behind_inputs])
        if key not in self._inputs:
            chosen = self._chosen(point)
            self._inputs[key] = ports_in(chosen, values(chosen))
        return self._inputs[key]

    def _measured(self, graph: Graph) -> list[Totals]:
        return [cost.measure(graph, self.setting).totals for cost in self._costs]

    def _chosen(self, point: Mapping[str, Any]) -> Spec:
        choice = self.spec.choice
        return choose(self.spec, choice.variant, {**choice.values, **point})


class ResizingEvaluator:
    """Gives the totals of a network whose inputs vary, too: read again where they do, and evaluated as it then is."""

    def __init__(self, network: Varying, fields: Collection[str], setting: Setting) -> None:
        self.name = network.spec.choice.variant or network.spec.name
        self._network = network
        self._fields = fields
        self._setting = setting
        self._shapes: tuple[InputShape, ...] = ()
        self._evaluator = Evaluator(network.spec, fields, setting)

    def __call__(self, point: VarValues) -> dict[str, Any]:
        """Return the totals by their fields; raise CnnparamsError where there is no network at this point."""
        inputs = self._network.inputs
        shapes = tuple([point.get(name, shape) for name, shape in inputs.items()])
        if shapes != self._shapes:
            self._evaluator = Evaluator(self._network.at(shapes), self._fields, self._setting)
            self._shapes = shapes
        return self._evaluator({name: value for name, value in point.items() if name not in inputs})


def vars_behind(spec: Spec, part: Any) -> frozenset[str]:
    """Return the vars that the expressions in a part of a spec read, be it through other vars."""
    variables, chosen = spec.variables, spec.choice.variant
    declared = {**variables.defaults, **(variables.variants[chosen] if chosen is not None else {})}
    found: set[str] = set()
    left = set(_names(part))
    while left:
        name = left.pop()
        found.add(name)
        left |= _names(declared.get(name)) - found
    return frozenset(found & variables.names)


def _names(part: Any) -> frozenset[str]:
    if isinstance(part, Computed):
        return part.names
    if isinstance(part, BaseModel):
        return _names(tuple(vars(part).values()))
    parts = part.values() if isinstance(part, Mapping) else part if isinstance(part, tuple) else ()
    return frozenset().union(*map(_names, parts))
