"""Spec -> the text of a Python module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnparams.bridge.export.book import Book, Class
from cnnparams.bridge.export.flat import flattened
from cnnparams.bridge.export.frames import Frame
from cnnparams.bridge.export.framing import framed
from cnnparams.bridge.export.holes import ConflictError
from cnnparams.bridge.export.page import page
from cnnparams.bridge.export.sharing import learning, sharing
from cnnparams.bridge.export.splitting import classes
from cnnparams.bridge.export.straight import inline
from cnnparams.engine.build import room_to_nest
from cnnparams.engine.graph import Graph, channels_of
from cnnparams.engine.measure import measure
from cnnparams.engine.trace import trace
from cnnparams.schema.spec import Block, Spec


def export(spec: Spec) -> str:
    """Return the network as a Python module; raise SpecError where the spec gives no network."""
    graph, listing = trace(spec)
    with room_to_nest():
        try:
            found = _written(graph, framed(graph, listing, spec.blocks), spec.blocks)
        except ConflictError:  # no classes can be made of its blocks: then of all layers one
            found = _written(graph, flattened(graph, listing), spec.blocks)
    return page(measure(graph), found, _description(spec.document.root), _notes(spec.document.root))


def _written(graph: Graph, top: Frame, blocks: Mapping[str, Block]) -> list[Class]:
    frames, shared = [*_all(top)], sharing(top)
    book = Book(_channels(graph), blocks, inline(frames, shared), learning(top), shared)
    return [*_classes(book, frames)]


def _description(written: Any) -> str:
    return str(written.get("description") or "") if isinstance(written, dict) else ""


def _notes(root: Any) -> dict[str, str]:
    """Return what the spec says of its blocks."""
    notes = {name: _description(block) for name, block in (root.get("blocks") or {}).items()}
    return {name: note for name, note in notes.items() if note}


def _all(frame: Frame) -> Iterator[Frame]:
    """Yield frames, those inside of others before them."""
    for op in frame.ops:
        if op.frame:
            yield from _all(op.frame)
    yield frame


def _channels(graph: Graph) -> dict[str, int]:
    entered = {port.source: channels_of(port.shape) for port in graph.inputs}
    return entered | {node.name: channels_of(node.output_shape) for node in graph.nodes}


def _classes(book: Book, frames: Sequence[Frame]) -> Iterator[Class]:
    """Yield the classes of all frames, those that others make before them."""
    kinds: dict[object, list[Frame]] = {}
    for frame in frames:
        if frame.kind not in book.inline:
            kinds.setdefault(frame.kind, []).append(frame)
    done: set[object] = set()

    def of(kind: object) -> Iterator[Class]:
        done.add(kind)
        for inner in (inner for frame in kinds[kind] for inner in _made_in(frame, book)):
            if inner.kind not in done:
                yield from of(inner.kind)
        yield from classes(book, kinds[kind])

    yield from of(frames[-1].kind)


def _made_in(frame: Frame, book: Book) -> Iterator[Frame]:
    """Yield the frames that are made in the class of a frame."""
    for op in frame.ops:
        if op.frame and op.frame.kind in book.inline:
            yield from _made_in(op.frame, book)
        elif op.frame:
            yield op.frame
