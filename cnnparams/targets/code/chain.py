"""Modules one after another, as they stand in an nn.Sequential; copies become a loop where they are many or vary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

from cnnparams.expression import Value
from cnnparams.schema.bodies import BlockCall
from cnnparams.targets.code import formula, making
from cnnparams.targets.code.attributes import is_attribute, is_taken, quoted
from cnnparams.targets.code.classes import Argument, ClassCode
from cnnparams.targets.code.frames import FrameKey, FrameStep
from cnnparams.targets.code.holes import ABSENT, ConflictError, Hole, HoleKind, HoleRow, same
from cnnparams.targets.code.making import written
from cnnparams.targets.code.names import ATTRIBUTES, METHODS, Namespace, identifier
from cnnparams.targets.code.simplify import Expr, plain
from cnnparams.targets.code.writer import INDEX, ClassWriter, Ops

_MOST_BY_PLACE = 3


def call(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> str:
    """Write the making of an instance in each row, and note the channels of what it gives."""
    frames = [op.frame if op else None for op in ops]
    classes = [writer.shared.class_of(frame) if frame else None for frame in frames]
    first = next(found for found in classes if found)
    named = _class(writer, classes, ops, rows)
    said: dict[str, Expr] = {}
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


def _class(writer: ClassWriter, classes: Sequence[ClassCode | None], ops: Ops, rows: Sequence[HoleRow]) -> str:
    """Return the class to call: the one of all rows, or what stands for those of blocks with the same params."""
    different = [*dict.fromkeys(found for found in classes if found)]
    if len(different) == 1:
        return different[0].name
    body = next(op.step.entry.body for op in ops if op)
    if not isinstance(body, BlockCall) or len({_looks(found) for found in different}) > 1:
        raise ConflictError(different[0].name)
    if any(len(writer.shared.classes_of(found.block or "")) > 1 for found in different):
        raise ConflictError(different[0].name)
    given = [written(op, body.block) for op in ops]
    blocks = [found.block if found else ABSENT for found in classes]
    hole = Hole("block", blocks, writer.sayings(rows, given), HoleKind.MODULE)
    return writer.text(writer.scope.resolve(hole, rows), HoleKind.MODULE)


def _looks(found: ClassCode) -> tuple[object, ...]:
    """Return what a call of a class depends on."""
    return tuple((a.name, a.kind, a.param, a.input, a.default and ast.dump(a.default)) for a in found.arguments)


def _is_written(writer: ClassWriter, hole: Hole, rows: Sequence[HoleRow]) -> bool:
    """Tell whether the spec computes a value, though it comes to the default wherever it is used."""
    known = [(row, value) for row, value in zip(rows, hole.values, strict=True) if value is not ABSENT]
    return any(not plain(said) and writer.scope.agrees(said, known) for said in hole.candidates)


def _is_default(argument: Argument, values: Sequence[Value]) -> bool:
    if argument.default is None:
        return False
    default = formula.value(argument.default, {})
    return all(value is ABSENT or same(value, default) for value in values)


def _hole(writer: ClassWriter, argument: Argument, values: Sequence[Value], ops: Ops, rows: Sequence[HoleRow]) -> Hole:
    """Return the hole of an argument: what the spec gives the block, the channels of an input, or neither."""
    name, kind = argument.name, argument.kind
    if argument.param is not None:
        return Hole(name, values, [*_given(writer, argument.param, ops, rows)], kind)
    if argument.input is not None:
        return Hole(name, values, writer.channels(ops, rows, argument.input), kind, counts=True)
    return Hole(name, values, kind=kind)


def _given(writer: ClassWriter, param: str, ops: Ops, rows: Sequence[HoleRow]) -> Iterator[Expr]:
    """Yield what a block is given for a param; what stands inside of another block has that block's own."""
    for op, row in zip(ops, rows, strict=True):
        around = writer.frames[row.number]
        if op and op.frame and op.frame.view is around.view:
            yield writer.own(param, around)
        elif op and op.frame:
            yield from writer.sayings([row], [op.frame.view[param]])


def _track(writer: ClassWriter, made: ClassCode, said: Mapping[str, Expr], ops: Ops, rows: Sequence[HoleRow]) -> None:
    known = {argument.name: argument.default for argument in made.arguments} | dict(said)
    for i, output in enumerate(made.outputs):
        found = output and formula.over(output, lambda name: known[name] or formula.name(name))
        writer.track(ops, rows, i, [*writer.channels(ops, rows), found])


def _arguments(writer: ClassWriter, made: ClassCode, said: Mapping[str, Expr]) -> list[str]:
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


Chains = Sequence[Sequence[FrameStep]]
"""The steps of a chain, or the copies of one of its entries, in each row."""


class SequentialItem(NamedTuple):
    """A module of a chain: its name, what makes it, and the condition under which it is there.

    Of copies that a loop makes, `loop` is the range of their numbers; the name is then that of all of them.
    """

    name: str
    text: str
    when: str | None = None
    loop: str | None = None
    activation: bool = False


def by_place(chains: Chains) -> bool:
    """Tell whether modules are called by their places: 0, 1, 2."""
    return all(op.name == str(place) for op, place in _placed(chains))


def _placed(chains: Chains) -> Iterator[tuple[FrameStep, int]]:
    """Yield steps with their places; activations, which are modules of their own, have one, too."""
    activated = {op.key[:-1] for ops in chains for op in ops if op.node and op.node.activation}
    for ops in chains:
        place = 0
        for op in ops:
            yield op, place
            place += 2 if op.key[:-1] in activated else 1


def conditional(parts: Iterable[tuple[str | None, Sequence[str]]]) -> Iterator[str]:
    """Yield statements under their conditions, one `if` for those that follow one another."""
    before: str | None = None
    other: str | None = None
    for when, lines in parts:
        if when is None:
            other = None
            yield from lines
        else:
            if when != before:
                yield "else:" if when == other else f"if {when}:"
                other = None if when == other else _negated(when)
            yield from (f"    {line}" for line in lines)
        before = when


def _negated(condition: str) -> str | None:
    """Return the opposite of a simple comparison."""
    found = re.fullmatch(r"(\S+) (==|!=) (\S+)", condition)
    return found and f"{found[1]} {'!=' if found[2] == '==' else '=='} {found[3]}"


def statement(item: SequentialItem, added: str) -> list[str]:
    """Return what adds a module to the class, in its loop."""
    if item.loop is None:
        return [added]
    if added.startswith("self.append("):
        return [f"for {_variable(item.text)} in {item.loop}:", f"    {added}"]
    called = f'f"{item.name}{{{INDEX} + 1}}"'
    return [f"for {INDEX} in {item.loop}:", f"    self.add_module({called}, {item.text})"]


def argument(item: SequentialItem) -> str:
    """Return a module as an argument of nn.Sequential, or the copies that a loop makes."""
    return item.text if item.loop is None else f"*[{item.text} for {_variable(item.text)} in {item.loop}]"


def _variable(text: str) -> str:
    return INDEX if re.search(rf"\b{INDEX}\b", text) else "_"


def named(writer: ClassWriter, chains: Chains, found: Sequence[SequentialItem]) -> list[SequentialItem]:
    """Return modules, each with its name; activations are called by their type, numbered if there are more."""
    own = {op.name for ops in chains for op in ops}
    names = Namespace(ATTRIBUTES, METHODS, own)
    writer.places.update((id(op), in_sequential(op.name)) for ops in chains for op in ops)
    types = [item.name for item in found if item.activation]
    named = []
    for i, item in enumerate(found):
        number = sum(other.activation and other.name == item.name for other in found[: i + 1])
        activation = f"{item.name}{number}" if types.count(item.name) > 1 else item.name
        named.append(item._replace(name=names.add(activation)) if item.activation else item)
    return named


def note_numbers(writer: ClassWriter, chains: Chains) -> None:
    """Note where modules are that have numbers for names."""
    writer.places.update((id(op), f"[{place}]") for op, place in _placed(chains))


def in_sequential(name: str) -> str:
    """Return what comes behind an nn.Sequential to get at the module of that name."""
    return f".{name}" if is_attribute(name) and not is_taken(name) else f"._modules[{quoted(name)}]"


_FEW = 2  # copies that are written one by one


def items(
    writer: ClassWriter, chains: Chains, rows: Sequence[HoleRow], *, loops: bool = True
) -> Iterator[SequentialItem]:
    """Yield the modules of a chain, with or without loops; raise ConflictError where the rows differ too much."""
    groups: dict[FrameKey, list[list[FrameStep]]] = {}
    for i, ops in enumerate(chains):
        for op in ops:
            groups.setdefault(op.key[:-1], [[] for _ in chains])[i].append(op)
    numbered = by_place(chains)
    for key in sorted(groups):
        yield from _entry(writer, groups[key], rows, numbered=numbered, loops=loops)


def sequential(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> str:
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


def statements(writer: ClassWriter) -> list[str]:
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


def _entry(
    writer: ClassWriter, copies: Chains, rows: Sequence[HoleRow], *, numbered: bool, loops: bool
) -> Iterator[SequentialItem]:
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
    by_copy: dict[int, list[FrameStep | None]] = {}
    for i, ops in enumerate(copies):
        for op in ops:
            by_copy.setdefault(op.key[-1], [None] * len(copies))[i] = op
    for number in sorted(by_copy):
        yield from _single(writer, by_copy[number], rows, numbered=numbered)


def _worth_a_loop(writer: ClassWriter, copies: Chains, rows: Sequence[HoleRow], counts: set[int]) -> bool:
    if INDEX in rows[0].extra:
        return False
    return len(counts) > 1 or max(counts) > _FEW or any(not plain(said) for said in _repeat(writer, copies, rows))


def _repeat(writer: ClassWriter, copies: Chains, rows: Sequence[HoleRow]) -> Iterator[Expr]:
    """Yield how the number of copies may be said."""
    first = [ops[0] if ops else None for ops in copies]
    yield from writer.sayings(rows, [making.written(op, op.step.entry.repeat) if op else None for op in first])


def _loop(
    writer: ClassWriter, copies: Chains, rows: Sequence[HoleRow], first: int, *, numbered: bool
) -> Iterator[SequentialItem]:
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
        (HoleRow(row.number, {INDEX: i}), op) for row, ops in zip(rows, copies, strict=True) for i, op in enumerate(ops)
    ]
    rest = [(row, op) for row, op in rest if row.extra[INDEX] >= first]
    text, activation = made(writer, [op for _, op in rest], [row for row, _ in rest])
    if activation:
        raise ConflictError("activation")
    count = writer.scope.resolve(Hole("repeats", [len(ops) for ops in copies], _repeat(writer, copies, rows)), rows)
    _track_last(writer, copies, rows, rest[0][1], count)
    yield SequentialItem(name, text, loop=_range(writer, count, first, counted=not numbered or INDEX in text))


def _range(writer: ClassWriter, count: Expr, first: int, *, counted: bool) -> str:
    if first and counted:
        return f"range({first}, {writer.text(count)})"
    left = formula.difference(count, formula.literal(first))
    return f"range({writer.text(left)})"


def _track_last(writer: ClassWriter, copies: Chains, rows: Sequence[HoleRow], op: FrameStep, count: Expr) -> None:
    """Note the channels of what the last copy gives: those of any, or as many more as there are copies."""
    channels, counts = writer.scope.channels, writer.shared.channels
    longest = max(copies, key=len)
    start, grown = longest[0].reads[0], counts[longest[-1].gives[0]] - counts[longest[0].reads[0]]
    step = formula.literal(grown // len(longest))
    more = [formula.total([channels[start], formula.product(step, count)])] if start in channels else []
    last = [ops[-1] if ops else None for ops in copies]
    writer.track(last, rows, 0, [channels.get(op.gives[0]), channels.get(longest[0].gives[0]), *more])


def _single(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow], *, numbered: bool) -> Iterator[SequentialItem]:
    """Yield a module, and its activation behind it."""
    names = {op.name for op in ops if op}
    if len(names) > 1 and not numbered:
        raise ConflictError(min(names))
    when = making.condition(writer, ops, rows)
    text, activation = made(writer, ops, rows)
    yield SequentialItem(min(names), text, when)
    if activation:
        called = re.search(r"(\w+)\(", activation.make)
        yield SequentialItem(called[1].lower() if called else "act", activation.make, when, activation=True)


def made(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> tuple[str, making.ActivationCode | None]:
    """Return what makes the module of a step, and its activation."""
    first = next(op for op in ops if op)
    if any((op.frame is None) is not (first.frame is None) for op in ops if op):
        raise ConflictError(first.name)
    if first.frame is None:
        layer = making.layer(writer, ops, rows)
        return f"{layer.make}{making.frozen(writer, ops, rows)}", making.activation(writer, ops, rows)
    return module(writer, ops, rows), None


def module(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> str:
    """Return what makes a module with more inside."""
    kinds = {op.frame.kind for op in ops if op and op.frame}
    write = sequential if kinds <= writer.shared.inline else call
    return write(writer, ops, rows) + making.frozen(writer, ops, rows)
