"""What becomes a module each: the network, the uses of blocks, the structures with a name of their own.

Blocks and structures that add nothing to the names inside (alone in their list) are dissolved into what is around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cnnparams.engine.network.graph import Graph, Node
from cnnparams.engine.network.trace import Traced, TracedEntry
from cnnparams.expression import Value
from cnnparams.schema.source import KeyPath
from cnnparams.targets.code.written import NameView, Written

FrameKey = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FrameStep:
    """A step of a frame: a layer, or a module with more inside. `flow` is what would go on without it.

    `key` is its place among the steps of all frames of a kind; `conditions` are those under which it is there. `once`
    are the places of inputs that are the same for all samples of a batch, beside others.
    """

    key: FrameKey
    name: str
    step: TracedEntry
    view: NameView
    conditions: tuple[Written, ...]
    node: Node | None
    frame: Frame | None
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    once: tuple[int, ...] = ()

    @property
    def flow(self) -> str:
        """The tensor that goes on where this step is not there."""
        return self.step.flow[0].source

    @property
    def costs(self) -> bool:
        """Whether it learns or computes: it is then there even if nothing reads what it gives."""
        if self.frame:
            return any(op.costs for op in self.frame.ops)
        assert self.node
        layer, shapes = self.node.layer, self.node.input_shapes
        return bool(layer.tensors(*shapes)) or layer.macs(*shapes) > 0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One instance of a module; `block` is what it is a use of, `where` the structure that it is otherwise.

    `title` is what its class may be called.

    `inputs` are the tensors that it reads from around it, `outputs` those that leave it; `names` are what entries call
    the tensors that they read.
    """

    path: str
    title: str
    block: str | None
    where: KeyPath
    view: NameView
    scope: Mapping[str, Value]
    ops: tuple[FrameStep, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    names: Mapping[str, str]

    @property
    def kind(self) -> tuple[str | None, KeyPath]:
        """What it has in common with the frames that may be of its class."""
        return self.block, self.where


def label(op: FrameStep) -> str:
    """Return a step's name in the spec, without the number that it got if it has none there or is a copy."""
    entry = op.step.entry
    numbered = (entry.name is None or entry.repeat is not None) and not op.name.isdigit()
    return op.name.rstrip("0123456789") if numbered else op.name


def needed_steps(ops: Iterable[FrameStep], outputs: Iterable[str]) -> tuple[FrameStep, ...]:
    """Return the steps that learn or compute, or lead to an output."""
    wanted, kept = set(outputs), []
    for op in reversed([*ops]):
        if op.costs or not wanted.isdisjoint({*op.gives} - {*op.reads}):
            kept.append(op)
            wanted.update(op.reads)
    return tuple(reversed(kept))


def whole(graph: Graph, listing: Traced, ops: Iterable[FrameStep]) -> Frame:
    """Return the frame of the whole network with these steps."""
    entered, left = (tuple(port.source for port in ports) for ports in (graph.inputs, graph.outputs))
    kept = needed_steps(ops, left)
    return Frame("", graph.name, None, (), {}, listing.context.scope, kept, entered, left, dict(names(kept)))


def inputs(ops: Iterable[FrameStep], entered: Iterable[str], outputs: Iterable[str]) -> tuple[str, ...]:
    """Return the tensors that are read but not made: first those that enter, in their order."""
    made: set[str] = set()
    read: dict[str, None] = {}
    for op in ops:
        read.update(dict.fromkeys(source for source in op.reads if source not in made))
        made.update(op.gives)
    read.update(dict.fromkeys(source for source in outputs if source not in made))
    first = [source for source in dict.fromkeys(entered) if source in read]
    return tuple(dict.fromkeys([*first, *read]))


def names(ops: Iterable[FrameStep]) -> Iterator[tuple[str, str]]:
    """Yield tensors with what entries call them, those inside of modules too."""
    for op in ops:
        sources = op.step.entry.sources
        if len(sources) == len(op.step.entered):
            yield from ((edge.source, source.name) for edge, source in zip(op.step.entered, sources, strict=True))
        if op.frame:
            yield from op.frame.names.items()
