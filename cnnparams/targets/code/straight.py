"""Which frames are modules one after another, and which of those are short enough to be written where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cnnparams.layers.contract.spelling import CALLED, is_bare
from cnnparams.targets.code.attributes import is_taken
from cnnparams.targets.code.frames import Frame, FrameStep
from cnnparams.targets.code.sharing import Sharing

_DEEPEST = 2


def is_straight(frame: Frame, sharing: Sharing) -> bool:
    """Tell whether each step is a module that takes what the one before it gives, under a name without dots."""
    if len(frame.inputs) != 1 or not frame.ops or sharing.touches(frame):
        return False
    before = frame.inputs
    for op in frame.ops:
        if op.reads != before or len(op.gives) != 1 or not _is_module(op) or "." in op.name:
            return False
        before = op.gives
    return frame.outputs == before


def _is_module(op: FrameStep) -> bool:
    if op.node is None:
        return True
    spelling = op.node.layer.spelling(*op.node.input_shapes)
    is_module = spelling.make is not None and not is_bare(spelling.make)
    return is_module and spelling.call == CALLED


def inline(frames: Iterable[Frame], sharing: Sharing) -> frozenset[object]:
    """Return the kinds of frames that are written where they stand."""
    by_kind: dict[object, list[Frame]] = {}
    repeated: set[object] = set()
    for frame in frames:
        by_kind.setdefault(frame.kind, []).append(frame)
        kinds = Counter(op.frame.kind for op in frame.ops if op.frame)
        repeated.update(kind for kind, count in kinds.items() if count > 1)
    found = {
        kind for kind, alike in by_kind.items() if alike[0].block is None and _are_alike(alike, sharing)
    } - repeated
    return frozenset(kind for kind in found if all(_depth(frame, found) <= _DEEPEST for frame in by_kind[kind]))


def _are_alike(frames: Sequence[Frame], sharing: Sharing) -> bool:
    steps = {tuple((op.key, op.name) for op in frame.ops) for frame in frames}
    names = {op.name for frame in frames for op in frame.ops}
    makes = bool(frames[0].path) and not any(map(is_taken, names))  # nn.Sequential refuses those
    return len(steps) == 1 and makes and all(is_straight(frame, sharing) for frame in frames)


def _depth(frame: Frame, kinds: set[object]) -> int:
    """Return how many lists would stand inside of one another."""
    return 1 + max((_depth(op.frame, kinds) for op in frame.ops if op.frame and op.frame.kind in kinds), default=0)
