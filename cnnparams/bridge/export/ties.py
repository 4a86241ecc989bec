"""Statements that give layers the tensors of others."""

from __future__ import annotations

from collections.abc import Iterator

from cnnparams.bridge.export.frames import Frame
from cnnparams.bridge.export.holes import ConflictError
from cnnparams.bridge.export.sharing import Way
from cnnparams.bridge.export.writer import Writer
from cnnparams.engine.graph import Node
from cnnparams.layers.spelling import PARAMETER, Code


def ties(writer: Writer) -> list[str]:
    """Return the statements of a class that tie layers; raise ConflictError where its instances differ in them."""
    found = [[*_of(frame, writer)] for frame in writer.frames]
    if any(other != found[0] for other in found):
        raise ConflictError("share")
    return found[0]


def _of(frame: Frame, writer: Writer) -> Iterator[str]:
    for owner, user in writer.book.sharing.tied.get(id(frame), ()):
        one, other = _place(owner, writer), _place(user, writer)
        node, shared = user[-1].node, owner[-1].node
        assert node
        assert shared
        whole = (made := _made(node)) == _made(shared) or made.template.startswith(PARAMETER)
        names = [""] if whole else [f".{tensor.name}" for tensor in node.layer.tensors(*node.input_shapes)]
        yield from (f"{other}{name} = {one}{name}" for name in names)


def _made(node: Node) -> Code:
    make = node.layer.spelling(*node.input_shapes).make
    assert make
    return make


def _place(way: Way, writer: Writer) -> str:
    """Return the expression of a layer inside of a class."""
    known = {**writer.book.places, **writer.places}
    return "self" + "".join(known[id(op)] for op in way)
