"""Tensors that only one of two networks has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher

from cnnparams.engine.reports.report import TensorReport

TensorKind = tuple[tuple[int, ...], str]
"""The shape and the role of a tensor."""


def unmatched(
    ours: Sequence[TensorReport], theirs: Sequence[TensorReport]
) -> tuple[tuple[TensorReport, ...], tuple[TensorReport, ...]]:
    """Return the tensors of either side for which the other has none of that shape and role, in whatever order.

    Of several that are alike, those count as the odd ones that stand, or are called, otherwise.
    """
    a, b = Counter(map(tensor_kind, ours)), Counter(map(tensor_kind, theirs))
    if a == b:
        return (), ()
    blocks = SequenceMatcher(None, list(map(_named, ours)), list(map(_named, theirs)), False).get_matching_blocks()
    aligned = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    return (tuple(_odd(ours, {at for at, _ in aligned}, a - b)), tuple(_odd(theirs, {at for _, at in aligned}, b - a)))


def _odd(
    tensors: Sequence[TensorReport], aligned: Collection[int], surplus: Counter[TensorKind]
) -> Iterator[TensorReport]:
    for at, tensor in enumerate(tensors):
        if at not in aligned and surplus[tensor_kind(tensor)]:
            surplus[tensor_kind(tensor)] -= 1
            yield tensor


def _named(tensor: TensorReport) -> tuple[TensorKind, str]:
    return tensor_kind(tensor), tensor.name.rpartition(".")[2]


def tensor_kind(tensor: TensorReport) -> TensorKind:
    """Return what a tensor is beside its name."""
    return tensor.shape, tensor.role
