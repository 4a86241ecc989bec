"""Modules one after another, as they stand in an nn.Sequential; copies become a loop where they are many or vary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy

from cnnparams.bridge.export import formula, making, modules
from cnnparams.bridge.export.attributes import is_attribute, is_taken, quoted
from cnnparams.bridge.export.frames import Key, Op
from cnnparams.bridge.export.holes import ConflictError, Hole, Row
from cnnparams.bridge.export.items import (
    Chains,
    Item,
    argument,
    by_place,
    conditional,
    in_sequential,
    named,
    note_numbers,
    statement,
)
from cnnparams.bridge.export.names import identifier
from cnnparams.bridge.export.simplify import Formula, plain
from cnnparams.bridge.export.writer import INDEX, Ops, Writer

_FEW = 2  # copies that are written one by one


def items(writer: Writer, chains: Chains, rows: Sequence[Row], *, loops: bool = True) -> Iterator[Item]:
    """Yield the modules of a chain, with or without loops; raise ConflictError where the rows differ too much."""
    groups: dict[Key, list[list[Op]]] = {}
    for i, ops in enumerate(chains):
        for op in ops:
            groups.setdefault(op.key[:-1], [[] for _ in chains])[i].append(op)
    numbered = by_place(chains)
    for key in sorted(groups):
        yield from _entry(writer, groups[key], rows, numbered=numbered, loops=loops)


def sequential(writer: Writer, ops: Ops, rows: Sequence[Row]) -> str:
    """Return what makes an nn.Sequential where it stands."""
    there = [(op.frame.ops, row) for op, row in zip(ops, rows, strict=True) if op and op.frame]
    chains = [chain for chain, _ in there]
    found = [*items(writer, chains, [row for _, row in there], loops=by_place(chains))]
    if by_place(chains):
        note_numbers(writer, chains)
        return f"nn.Sequential({', '.join(map(argument, found))})"
    found = named(writer, chains, found)
    if all(is_attribute(item.name) for item in found):
        return f"nn.Sequential(OrderedDict({', '.join(f'{item.name}={item.text}' for item in found)}))"
    return f"nn.Sequential(OrderedDict({{{', '.join(f'{quoted(item.name)}: {item.text}' for item in found)}}}))"


def statements(writer: Writer) -> list[str]:
    """Return the statements of __init__ of a class that is an nn.Sequential."""
    chains = [frame.ops for frame in writer.frames]
    found = [*items(writer, chains, writer.rows())]
    if not by_place(chains):
        found = named(writer, chains, found)
        return [
            *conditional(
                (item.when, statement(item, f"self{in_sequential(item.name)} = {item.text}")) for item in found
            )
        ]
    note_numbers(writer, chains)
    if any(item.when for item in found):
        return [*conditional((item.when, statement(item, f"self.append({item.text})")) for item in found)]
    return [f"super().__init__({', '.join(map(argument, found))})"]


def _entry(writer: Writer, copies: Chains, rows: Sequence[Row], *, numbered: bool, loops: bool) -> Iterator[Item]:
    counts = {len(ops) for ops in copies}
    if loops and counts - {0, 1} and _worth_a_loop(writer, copies, rows, counts):
        saved = writer.scope
        for first in (0, 1):
            writer.scope = deepcopy(saved)
            try:
                yield from [*_loop(writer, copies, rows, first, numbered=numbered)]
                return
            except ConflictError:
                writer.scope = saved
    by_copy: dict[int, list[Op | None]] = {}
    for i, ops in enumerate(copies):
        for op in ops:
            by_copy.setdefault(op.key[-1], [None] * len(copies))[i] = op
    for number in sorted(by_copy):
        yield from _single(writer, by_copy[number], rows, numbered=numbered)


def _worth_a_loop(writer: Writer, copies: Chains, rows: Sequence[Row], counts: set[int]) -> bool:
    if INDEX in rows[0].extra:
        return False
    return len(counts) > 1 or max(counts) > _FEW or any(not plain(said) for said in _repeat(writer, copies, rows))


def _repeat(writer: Writer, copies: Chains, rows: Sequence[Row]) -> Iterator[Formula]:
    """Yield how the number of copies may be said."""
    first = [ops[0] if ops else None for ops in copies]
    yield from writer.sayings(rows, [making.written(op, op.step.entry.repeat) if op else None for op in first])


def _loop(writer: Writer, copies: Chains, rows: Sequence[Row], first: int, *, numbered: bool) -> Iterator[Item]:
    """Yield a loop over all copies but the first so many, which come before it."""
    if any(len(ops) < first or [op.key[-1] for op in ops] != [*range(len(ops))] for ops in copies):
        raise ConflictError("copies")
    for i in range(first):
        yield from _single(writer, [ops[i] for ops in copies], rows, numbered=numbered)
    entry = next(ops[0] for ops in copies if ops).step.entry
    name = entry.name or entry.stem
    called = [(op.name, identifier(f"{name}{i}")) for ops in copies for i, op in enumerate(ops, 1)]
    if not numbered and any(own != usual or is_taken(own) for own, usual in called):
        raise ConflictError(name)
    rest = [
        (Row(row.number, {INDEX: i}), op) for row, ops in zip(rows, copies, strict=True) for i, op in enumerate(ops)
    ]
    rest = [(row, op) for row, op in rest if row.extra[INDEX] >= first]
    text, activation = made(writer, [op for _, op in rest], [row for row, _ in rest])
    if activation:
        raise ConflictError("activation")
    count = writer.scope.resolve(Hole("repeats", [len(ops) for ops in copies], _repeat(writer, copies, rows)), rows)
    _track_last(writer, copies, rows, rest[0][1], count)
    yield Item(name, text, loop=_range(writer, count, first, counted=not numbered or INDEX in text))


def _range(writer: Writer, count: Formula, first: int, *, counted: bool) -> str:
    if first and counted:
        return f"range({first}, {writer.text(count)})"
    left = formula.difference(count, formula.literal(first))
    return f"range({writer.text(left)})"


def _track_last(writer: Writer, copies: Chains, rows: Sequence[Row], op: Op, count: Formula) -> None:
    """Note the channels of what the last copy gives: those of any, or as many more as there are copies."""
    channels, counts = writer.scope.channels, writer.book.channels
    longest = max(copies, key=len)
    start, grown = longest[0].reads[0], counts[longest[-1].gives[0]] - counts[longest[0].reads[0]]
    step = formula.literal(grown // len(longest))
    more = [formula.total([channels[start], formula.product(step, count)])] if start in channels else []
    last = [ops[-1] if ops else None for ops in copies]
    writer.track(last, rows, 0, [channels.get(op.gives[0]), channels.get(longest[0].gives[0]), *more])


def _single(writer: Writer, ops: Ops, rows: Sequence[Row], *, numbered: bool) -> Iterator[Item]:
    """Yield a module, and its activation behind it."""
    names = {op.name for op in ops if op}
    if len(names) > 1 and not numbered:
        raise ConflictError(min(names))
    when = making.condition(writer, ops, rows)
    text, activation = made(writer, ops, rows)
    yield Item(min(names), text, when)
    if activation:
        called = re.search(r"(\w+)\(", activation.make)
        yield Item(called[1].lower() if called else "act", activation.make, when, activation=True)


def made(writer: Writer, ops: Ops, rows: Sequence[Row]) -> tuple[str, making.Activation | None]:
    """Return what makes the module of a step, and its activation."""
    first = next(op for op in ops if op)
    if any((op.frame is None) is not (first.frame is None) for op in ops if op):
        raise ConflictError(first.name)
    if first.frame is None:
        layer = making.layer(writer, ops, rows)
        return f"{layer.make}{making.frozen(writer, ops, rows)}", making.activation(writer, ops, rows)
    return module(writer, ops, rows), None


def module(writer: Writer, ops: Ops, rows: Sequence[Row]) -> str:
    """Return what makes a module with more inside."""
    kinds = {op.frame.kind for op in ops if op and op.frame}
    write = sequential if kinds <= writer.book.inline else modules.call
    return write(writer, ops, rows) + making.frozen(writer, ops, rows)
