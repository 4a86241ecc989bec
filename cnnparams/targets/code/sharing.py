"""Layers that use the tensors of others: what is called again, and what is made to have the same tensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cnnparams.engine.network.graph import Node
from cnnparams.targets.code.frames import Frame, FrameStep

Way = tuple[FrameStep, ...]
"""The steps that lead to a layer from a frame, each inside of the one before it."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """`again` are the steps that call what another has made, `tied` the pairs of layers that a frame ties."""

    again: dict[int, FrameStep] = field(default_factory=dict)
    tied: dict[int, list[tuple[Way, Way]]] = field(default_factory=dict)

    def touches(self, frame: Frame) -> bool:
        """Tell whether anything directly inside of a frame is shared there."""
        return id(frame) in self.tied or any(id(op) in self.again for op in frame.ops)


def sharing(top: Frame) -> Sharing:
    """Return what a network shares."""
    ways = {way[-1].node.name: way for way in _ways(top, ()) if way[-1].node}
    pairs: dict[tuple[int, int], list[tuple[Way, Way]]] = {}
    for way in ways.values():
        if (node := way[-1].node) and node.shares and node.layer.tensors(*node.input_shapes):
            parted = _parted(ways[node.shares], way)
            pairs.setdefault((id(parted[0][0]), id(parted[1][0])), []).append(parted)
    found, around = Sharing(), {id(op): frame for frame in _frames(top) for op in frame.ops}
    for shared in pairs.values():
        owner, user = shared[0][0][0], shared[0][1][0]
        if len(shared) == len([*_holding(user)]) and alike(owner, user):
            found.again[id(user)] = owner
        else:
            found.tied.setdefault(id(around[id(user)]), []).extend(shared)
    return found


def alike(a: FrameStep, b: FrameStep) -> bool:
    """Tell whether two steps do the same, and would be made the same."""
    if a.node and b.node:
        return _code(a.node) == _code(b.node)
    if not a.frame or not b.frame or len(a.frame.ops) != len(b.frame.ops):
        return False
    pairs = zip(a.frame.ops, b.frame.ops, strict=True)
    same = all(one.name == other.name and alike(one, other) for one, other in pairs)
    return same and [*_wires(a.frame)] == [*_wires(b.frame)]


def _code(node: Node) -> object:
    spelling = node.layer.spelling(*node.input_shapes)
    code = [part and (part.template, dict(part.values)) for part in spelling]
    return code, node.activation and node.activation.spelling(node.output_shape).make, node.trainable


def _wires(frame: Frame) -> Iterator[tuple[int, ...]]:
    """Yield by number what each step reads."""
    numbers = {source: i for i, source in enumerate(frame.inputs)}
    for op in frame.ops:
        yield tuple(numbers[source] for source in op.reads)
        for source in op.gives:
            numbers.setdefault(source, len(numbers))
    yield tuple(numbers[source] for source in frame.outputs)


def _holding(op: FrameStep) -> Iterator[Node]:
    """Yield the layers of a step that hold tensors."""
    if op.node and op.node.layer.tensors(*op.node.input_shapes):
        yield op.node
    for inner in op.frame.ops if op.frame else ():
        yield from _holding(inner)


def _parted(a: Way, b: Way) -> tuple[Way, Way]:
    """Return where two ways go on from the last frame that both are in."""
    common = next(i for i, (one, other) in enumerate(zip(a, b, strict=False)) if one is not other)
    return a[common:], b[common:]


def _ways(frame: Frame, before: Way) -> Iterator[Way]:
    for op in frame.ops:
        yield (*before, op)
        if op.frame:
            yield from _ways(op.frame, (*before, op))


def _frames(frame: Frame) -> Iterator[Frame]:
    yield frame
    for op in frame.ops:
        if op.frame:
            yield from _frames(op.frame)


def learning(top: Frame) -> dict[int, bool]:
    """Return which steps learn, by their identity; where a module is frozen as a whole, nothing of what is inside."""
    found: dict[int, bool] = {}
    for op in top.ops:
        learn = {node.trainable for node in _holding(op) if not node.shares and _learned(node)}
        if (op.frame and len(learn) > 1) or learn == {True}:
            found[id(op)] = True
            found.update(learning(op.frame) if op.frame else {})
        elif learn:
            found[id(op)] = False
    return found


def _learned(node: Node) -> bool:
    return any(tensor.learned for tensor in node.layer.tensors(*node.input_shapes))
