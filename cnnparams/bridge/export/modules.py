"""What makes a module of several layers: the call of its class, with arguments in the names of the class around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from cnnparams.bridge.export import formula
from cnnparams.bridge.export.book import Argument, Class
from cnnparams.bridge.export.holes import ABSENT, ConflictError, Hole, Kind, Row, same
from cnnparams.bridge.export.making import written
from cnnparams.bridge.export.simplify import Formula, plain
from cnnparams.bridge.export.writer import Ops, Writer
from cnnparams.expression import Value
from cnnparams.schema.bodies import Call

_MOST_BY_PLACE = 3


def call(writer: Writer, ops: Ops, rows: Sequence[Row]) -> str:
    """Write the making of an instance in each row, and note the channels of what it gives."""
    frames = [op.frame if op else None for op in ops]
    classes = [writer.book.class_of(frame) if frame else None for frame in frames]
    first = next(found for found in classes if found)
    named = _class(writer, classes, ops, rows)
    said: dict[str, Formula] = {}
    for argument in first.arguments:
        values = [
            found.values[id(frame)][argument.name] if frame and found else ABSENT
            for frame, found in zip(frames, classes, strict=True)
        ]
        hole = _hole(writer, argument, values, ops, rows)
        if not _is_default(argument, values) or _is_written(writer, hole, rows):
            said[argument.name] = writer.scope.resolve(hole, rows)
    _track(writer, first, said, ops, rows)
    return f"{named}({', '.join(_arguments(writer, first, said))})"


def _class(writer: Writer, classes: Sequence[Class | None], ops: Ops, rows: Sequence[Row]) -> str:
    """Return the class to call: the one of all rows, or what stands for those of blocks with the same params."""
    different = [*dict.fromkeys(found for found in classes if found)]
    if len(different) == 1:
        return different[0].name
    body = next(op.step.entry.body for op in ops if op)
    if not isinstance(body, Call) or len({_looks(found) for found in different}) > 1:
        raise ConflictError(different[0].name)
    if any(len(writer.book.classes_of(found.block or "")) > 1 for found in different):
        raise ConflictError(different[0].name)
    given = [written(op, body.block) for op in ops]
    blocks = [found.block if found else ABSENT for found in classes]
    hole = Hole("block", blocks, writer.sayings(rows, given), Kind.MODULE)
    return writer.text(writer.scope.resolve(hole, rows), Kind.MODULE)


def _looks(found: Class) -> tuple[object, ...]:
    """Return what a call of a class depends on."""
    return tuple((a.name, a.kind, a.param, a.input, a.default and ast.dump(a.default)) for a in found.arguments)


def _is_written(writer: Writer, hole: Hole, rows: Sequence[Row]) -> bool:
    """Tell whether the spec computes a value, though it comes to the default wherever it is used."""
    known = [(row, value) for row, value in zip(rows, hole.values, strict=True) if value is not ABSENT]
    return any(not plain(said) and writer.scope.agrees(said, known) for said in hole.candidates)


def _is_default(argument: Argument, values: Sequence[Value]) -> bool:
    if argument.default is None:
        return False
    default = formula.value(argument.default, {})
    return all(value is ABSENT or same(value, default) for value in values)


def _hole(writer: Writer, argument: Argument, values: Sequence[Value], ops: Ops, rows: Sequence[Row]) -> Hole:
    """Return the hole of an argument: what the spec gives the block, the channels of an input, or neither."""
    name, kind = argument.name, argument.kind
    if argument.param is not None:
        return Hole(name, values, [*_given(writer, argument.param, ops, rows)], kind)
    if argument.input is not None:
        return Hole(name, values, writer.channels(ops, rows, argument.input), kind, counts=True)
    return Hole(name, values, kind=kind)


def _given(writer: Writer, param: str, ops: Ops, rows: Sequence[Row]) -> Iterator[Formula]:
    """Yield what a block is given for a param; what stands inside of another block has that block's own."""
    for op, row in zip(ops, rows, strict=True):
        around = writer.frames[row.number]
        if op and op.frame and op.frame.view is around.view:
            yield writer.own(param, around)
        elif op and op.frame:
            yield from writer.sayings([row], [op.frame.view[param]])


def _track(writer: Writer, made: Class, said: Mapping[str, Formula], ops: Ops, rows: Sequence[Row]) -> None:
    known = {argument.name: argument.default for argument in made.arguments} | dict(said)
    for i, output in enumerate(made.outputs):
        found = output and formula.over(output, lambda name: known[name] or formula.name(name))
        writer.track(ops, rows, i, [*writer.channels(ops, rows), found])


def _arguments(writer: Writer, made: Class, said: Mapping[str, Formula]) -> list[str]:
    """Return the arguments of a call: those that must be given by their place, where they are few."""
    needed = [argument for argument in made.arguments if argument.default is None and not argument.is_flag]
    few = len(needed) <= _MOST_BY_PLACE
    texts = []
    for argument in made.arguments:
        if argument.name in said:
            text = writer.text(said[argument.name], argument.kind)
            by_place = argument in needed and (few or argument.input is not None)
            texts.append(text if by_place else f"{argument.name}={text}")
    return texts
