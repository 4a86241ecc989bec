"""Which layer of one network is which of another: the same name counts, and so do the same settings and shapes.

Layers keep their order, but for those of the same name. Names numbered by position shift where a layer is inserted;
settings do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from cnnparams.engine.reports.report import LayerReport

MOST_CELLS = 2_000_000  # a second or so; in larger networks, layers are known by their names alone

_EQUAL = 32  # type, settings and shapes
_OF_ONE_WORD = 28  # type, and a name without numbers
_ALIKE = 24  # type and settings
_OF_ONE_NAME = 16  # type, and a name that may be a position
_EQUAL_COMMON = 4  # as above, of layers of which there are many alike
_ALIKE_COMMON = 1
_NAME = 2


class _Face(NamedTuple):
    """What a layer is known by; `whole` is equal for layers of the same type, settings and shapes.

    A layer without matrices or kernels is `common`: of activations, norms and pools there are many alike.
    """

    name: str
    type: str
    settings: tuple[Any, ...]
    whole: tuple[Any, ...]
    common: bool


def align(before: Sequence[LayerReport], after: Sequence[LayerReport]) -> list[Pair]:
    """Return which layer is which, in the order of the first; a layer is in one pair at most.

    The pairs from `after` to `before` are the same, turned around.
    """
    a, b = list(map(_face, before)), list(map(_face, after))
    if repr(b) < repr(a):  # of several best alignments, the same one in either direction
        return sorted((i, j) for j, i in _aligned(b, a))
    return sorted(_aligned(a, b))


def _face(layer: LayerReport) -> _Face:
    settings, activation = layer.hyperparameters, (layer.activation, layer.activation_hyperparameters)
    whole = (layer.type, settings, activation, layer.input_shapes, layer.output_shape)
    common = all(len(tensor.shape) < 2 for tensor in layer.tensors)
    return _Face(layer.name, layer.type, settings, whole, common)


def _aligned(a: list[_Face], b: list[_Face]) -> list[Pair]:
    in_order = _believable(a, b, _in_order(a, b))
    pairs = [*in_order, *_elsewhere(a, b, in_order)]
    return _exchanged(a, b, [*pairs, *_alone(a, b, in_order, pairs)])


def _in_order(a: list[_Face], b: list[_Face]) -> list[Pair]:
    """Return the best alignment; where both networks begin or end alike, there is nothing to search."""
    most = min(len(a), len(b))
    start = next((i for i in range(most) if not _same(a[i], b[i])), most)
    end = next((i for i in range(most - start) if not _same(a[-1 - i], b[-1 - i])), most - start)
    inner_a, inner_b = a[start : len(a) - end], b[start : len(b) - end]
    fits = len(inner_a) * len(inner_b) <= MOST_CELLS
    inner = best_pairs(list(_likenesses(inner_a, inner_b)) if fits else [])
    return [
        *((i, i) for i in range(start)),
        *((start + i, start + j) for i, j in inner),
        *((len(a) - i, len(b) - i) for i in range(end, 0, -1)),
    ]


def _same(x: _Face, y: _Face) -> bool:
    return x.name == y.name and x.whole == y.whole


def _likenesses(a: list[_Face], b: list[_Face]) -> Iterator[list[int]]:
    """Yield for each of the one how much each of the other is like it."""
    named = {y.name: j for j, y in enumerate(b)}
    known: dict[tuple[Any, ...], list[int]] = {}
    for x in a:
        row = known.get(x.whole) or known.setdefault(x.whole, [_likeness(x, y) for y in b])
        j = named.get(x.name)
        if j is not None:
            named_alike = _OF_ONE_NAME if any(map(str.isdigit, x.name)) else _OF_ONE_WORD
            row = row.copy()
            row[j] = _NAME + (max(row[j], named_alike) if x.type == b[j].type else 0)
        yield row


def _likeness(x: _Face, y: _Face) -> int:
    """Return how much two layers are alike, whatever their names."""
    if x.whole == y.whole:
        return _EQUAL_COMMON if x.common else _EQUAL
    if x.type == y.type and x.settings == y.settings:
        return _ALIKE_COMMON if x.common else _ALIKE
    return 0


def _believable(a: list[_Face], b: list[_Face], pairs: list[Pair]) -> list[Pair]:
    """Leave out common layers of other names that stand beside nothing else that is paired."""
    runs: list[list[Pair]] = []
    for i, j in pairs:
        if runs and (runs[-1][-1][0] == i - 1 or runs[-1][-1][1] == j - 1):
            runs[-1].append((i, j))
        else:
            runs.append([(i, j)])
    return [pair for run in runs if any(a[i].name == b[j].name or not a[i].common for i, j in run) for pair in run]


def _elsewhere(a: list[_Face], b: list[_Face], pairs: list[Pair]) -> Iterator[Pair]:
    """Yield the layers of the same name and type that stand in another order."""
    used_a, used_b = _used(pairs)
    named = {(y.name, y.type): j for j, y in enumerate(b) if j not in used_b}
    known = ((i, named.get((x.name, x.type))) for i, x in enumerate(a) if i not in used_a)
    yield from ((i, j) for i, j in known if j is not None)


def _alone(a: list[_Face], b: list[_Face], in_order: list[Pair], pairs: list[Pair]) -> Iterator[Pair]:
    """Yield the layers that are the only ones of their type between two pairs, on either side."""
    used_a, used_b = _used(pairs)
    for (start_a, start_b), (end_a, end_b) in pairwise([(-1, -1), *in_order, (len(a), len(b))]):
        only_a = _only(a, [i for i in range(start_a + 1, end_a) if i not in used_a])
        only_b = _only(b, [j for j in range(start_b + 1, end_b) if j not in used_b])
        yield from ((i, only_b[type_]) for type_, i in only_a.items() if type_ in only_b)


def _exchanged(a: list[_Face], b: list[_Face], pairs: list[Pair]) -> list[Pair]:
    """Pair equal layers by name where two of them have changed places."""
    equal = {(a[i].name, b[j].name): (i, j) for i, j in pairs if a[i].whole == b[j].whole}
    now = dict(pairs)
    for (name, called), (i, _) in equal.items():
        other = equal.get((called, name))
        if other and a[other[0]].whole == a[i].whole:
            now[i] = other[1]
    return list(now.items())


def _used(pairs: list[Pair]) -> tuple[set[int], set[int]]:
    return {i for i, _ in pairs}, {j for _, j in pairs}


def _only(faces: list[_Face], positions: list[int]) -> dict[str, int]:
    """Return the position of each type that stands once among these."""
    count = Counter(faces[i].type for i in positions)
    return {faces[i].type: i for i in positions if count[faces[i].type] == 1}


Pair = tuple[int, int]
"""The positions of what is the same in the one sequence and in the other."""


def best_pairs(likenesses: Sequence[Sequence[int]]) -> list[Pair]:
    """Return the pairs, in order in both sequences, whose likenesses have the largest sum.

    The likenesses are a row for each item of the one, in it a number for each of the other; 0 is never a pair.
    """
    scores = _scores(likenesses)
    pairs = []
    i, j = len(scores) - 1, len(scores[0]) - 1
    while i and j:
        score, likeness = scores[i][j], likenesses[i - 1][j - 1]
        if likeness and score == scores[i - 1][j - 1] + likeness:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif score == scores[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _scores(likenesses: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the largest sum for the first i items of the one and the first j of the other."""
    scores = [[0] * (len(likenesses[0]) + 1 if likenesses else 1)]
    for row in likenesses:
        above, current, best = scores[-1], [0], 0
        for j, likeness in enumerate(row):
            best = max(above[j] + likeness, above[j + 1], best)
            current.append(best)
        scores.append(current)
    return scores
