"""Frames of a kind -> classes: one for all, or several where they differ in what no class can leave open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cnnparams.bridge.export.book import Book, Class
from cnnparams.bridge.export.classes import written
from cnnparams.bridge.export.frames import Frame, Op
from cnnparams.bridge.export.holes import ConflictError
from cnnparams.bridge.export.names import class_name

Group = tuple[Sequence[Frame], Class]

_MOST_TRIED = 8


def classes(book: Book, frames: Sequence[Frame]) -> Iterator[Class]:
    """Write the classes of these frames, and note which frame has which."""
    by_look: dict[object, list[Frame]] = {}
    for frame in frames:
        by_look.setdefault(_look(frame, book), []).append(frame)
    for group, found in _groups(book, frames, [*by_look.values()]):
        named = replace(found, name=book.names.add(class_name(frames[0].title)))
        book.classes.update((id(frame), named) for frame in group)
        book.places.update(named.places)
        yield named


def _groups(book: Book, frames: Sequence[Frame], looks: Iterable[Sequence[Frame]]) -> list[Group]:
    """Return which frames have a class in common: all if possible, else as many kinds of look as go together."""
    if whole := _tried(book, frames):
        return [(frames, whole)]
    groups: list[Group] = []
    for alike in looks:
        own = _tried(book, alike)
        if own is None:
            groups.extend(([frame], written(book, [frame])) for frame in alike)
            continue
        for i, (group, _) in enumerate(groups[-_MOST_TRIED:], max(0, len(groups) - _MOST_TRIED)):
            if joined := _tried(book, [*group, *alike]):
                groups[i] = ([*group, *alike], joined)
                break
        else:
            groups.append((alike, own))
    return groups


def _tried(book: Book, frames: Sequence[Frame]) -> Class | None:
    try:
        return written(book, frames)
    except ConflictError:
        return None


def _look(frame: Frame, book: Book) -> tuple[object, ...]:
    """Return what of a frame is more than values: the shape of its code."""
    numbers = {source: i for i, source in enumerate(frame.inputs)}
    look: list[object] = []
    for op in frame.ops:
        reads = tuple(numbers[source] for source in op.reads)
        look.append((op.key, op.name, reads, book.trainable.get(id(op)), _look_of(op, book)))
        for source in op.gives:
            numbers.setdefault(source, len(numbers))
    return *look, tuple(numbers[source] for source in frame.outputs)


def _look_of(op: Op, book: Book) -> object:
    if op.node:
        spelling, activation = op.node.layer.spelling(*op.node.input_shapes), op.node.activation
        made = activation and activation.spelling(op.node.output_shape).make
        return (
            op.node.layer.type,
            spelling.make and spelling.make.template,
            spelling.call.template,
            made and made.text(),
        )
    assert op.frame
    return _look(op.frame, book) if op.frame.kind in book.inline else id(book.class_of(op.frame))
