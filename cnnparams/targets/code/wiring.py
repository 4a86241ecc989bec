"""Which step reads what, for all instances of a class at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnnparams.targets.code.frames import Frame, FrameStep
from cnnparams.targets.code.holes import ConflictError
from cnnparams.targets.code.writer import Ops

_INPUT = -1


class TensorRef(NamedTuple):
    """A tensor: an output of the step with this number, or an input of the class."""

    step: int
    number: int

    @property
    def is_input(self) -> bool:
        """Whether it enters the class."""
        return self.step == _INPUT


class Wiring(NamedTuple):
    """What each step reads, what goes on without it (where it may not be there), and what leaves the class."""

    reads: tuple[tuple[TensorRef, ...], ...]
    flows: tuple[TensorRef | None, ...]
    outputs: tuple[TensorRef, ...]


def aligned(frames: Sequence[Frame]) -> list[Ops]:
    """Return the steps that any of the instances has, in their order, with that of each."""
    by_key: dict[tuple[int, ...], list[FrameStep | None]] = {}
    for i, frame in enumerate(frames):
        for op in frame.ops:
            by_key.setdefault(op.key, [None] * len(frames))[i] = op
    return [by_key[key] for key in sorted(by_key)]


def wired(frames: Sequence[Frame], steps: Sequence[Ops]) -> Wiring:
    """Return what reads what; raise ConflictError where instances differ."""
    found = _Wirer(frames, steps)
    reads = tuple([tuple(found.reads(ops)) for ops in steps])
    outputs = [[frame.outputs[i] for frame in frames] for i in range(_agreed([len(f.outputs) for f in frames]))]
    return Wiring(reads, tuple(found.flows), tuple(found.ref(sources) for sources in outputs))


class _Wirer:
    def __init__(self, frames: Sequence[Frame], steps: Sequence[Ops]) -> None:
        self.frames = frames
        self.steps = steps
        _agreed([len(frame.inputs) for frame in frames])
        self.made = [dict(self._made(row)) for row in range(len(frames))]
        self.flows: list[TensorRef | None] = []
        for ops in steps:
            self.flows.append(None if all(ops) else self._flow(ops))

    def _made(self, row: int) -> Iterator[tuple[str, TensorRef]]:
        """Yield the tensors of an instance with what gives them; the last that is yielded for one gives it first."""
        for step in reversed(range(len(self.steps))):
            if op := self.steps[step][row]:
                yield from ((source, TensorRef(step, i)) for i, source in enumerate(op.gives))
        yield from ((source, TensorRef(_INPUT, i)) for i, source in enumerate(self.frames[row].inputs))

    def _flow(self, ops: Ops) -> TensorRef | None:
        try:
            return self.ref([op.flow if op else None for op in ops])
        except ConflictError:
            return None

    def reads(self, ops: Ops) -> Iterator[TensorRef]:
        """Yield what a step reads."""
        for i in range(_agreed([len(op.reads) for op in ops if op])):
            yield self.ref([op.reads[i] if op else None for op in ops])

    def ref(self, sources: Sequence[str | None]) -> TensorRef:
        """Return what gives a tensor in each row that has it; raise ConflictError where that is not the same."""
        for source, made in zip(sources, self.made, strict=True):
            found = made.get(source) if source is not None else None
            if found is not None and all(
                other is None or self._source(found, row) == other for row, other in enumerate(sources)
            ):
                return found
        raise ConflictError("reads")

    def _source(self, ref: TensorRef, row: int) -> str | None:
        """Return the tensor in a row, looking through steps that are not there."""
        while not ref.is_input:
            op = self.steps[ref.step][row]
            if op:
                return op.gives[ref.number] if ref.number < len(op.gives) else None
            flow = self.flows[ref.step] if ref.step < len(self.flows) else None
            if flow is None or ref.number:
                return None
            ref = flow
        return self.frames[row].inputs[ref.number]


def _agreed(counts: Sequence[int]) -> int:
    if len(set(counts)) > 1:
        raise ConflictError("tensors")
    return counts[0]
