"""Frames of a kind -> classes: one for all, or several where they differ in what no class can leave open."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cnnparams.schema.computed import Computed
from cnnparams.targets.code import chain, formula
from cnnparams.targets.code.classes import Argument, ClassCode, SharedByClasses
from cnnparams.targets.code.frames import Frame, FrameStep
from cnnparams.targets.code.holes import ConflictError, HoleKind
from cnnparams.targets.code.names import GLOBALS, Namespace, class_name
from cnnparams.targets.code.network import ClassBody, network
from cnnparams.targets.code.scope import ClassScope, Param
from cnnparams.targets.code.simplify import Expr
from cnnparams.targets.code.straight import is_straight
from cnnparams.targets.code.writer import INDEX, ClassWriter

_OFTEN = 3
_ARGUMENT = re.compile(r"(?:(?<=\()|(?<=, )|(?<=\w=))\w+(?: (?:[-+*]|//) \w+)+(?=[,)])")
"""An argument that is put together from names and numbers."""


def variables(writer: ClassWriter) -> Iterator[str]:
    """Yield the statements that give values to params of the block that follow from others."""
    scope, order = writer.scope, [*writer.frames[0].view]
    params = {name.id: param for param, name in scope.own.items() if isinstance(name, ast.Name)}
    said = {name: scope.locals[name] for name in sorted(scope.said, key=lambda name: order.index(params[name]))}
    unpacked = dict(_unpacked(said, scope))
    yield from (f"{', '.join(names)} = {items}" for items, names in unpacked.items())
    taken = {name for names in unpacked.values() for name in names}
    yield from (f"{name} = {writer.text(found)}" for name, found in said.items() if name not in taken)


def _unpacked(said: Mapping[str, Expr], scope: ClassScope) -> Iterator[tuple[str, list[str]]]:
    """Yield the lists all of whose items have names, with these."""
    items: dict[str, dict[int, str]] = {}
    for name, found in said.items():
        if not isinstance(found, ast.Subscript) or not isinstance(found.slice, ast.Constant):
            continue
        if isinstance(found.value, ast.Name) and found.value.id in scope.params and type(found.slice.value) is int:
            items.setdefault(found.value.id, {})[found.slice.value] = name
    for name, numbered in items.items():
        lengths = {len(row) for row in scope.params[name].column}
        if lengths == {len(numbered)} and sorted(numbered) == [*range(len(numbered))]:
            yield name, [numbered[i] for i in sorted(numbered)]


def without_repetition(lines: Sequence[str], names: Namespace) -> list[str]:
    """Return the statements with a variable for what is an argument over and over: how wide a block is inside."""
    count = Counter(found for line in lines for found in _ARGUMENT.findall(line) if INDEX not in found)
    said, times = max(count.items(), key=lambda pair: (pair[1], len(pair[0])), default=("", 0))
    if times < _OFTEN:
        return [*lines]
    name = names.add("hidden_channels")
    replaced = [_ARGUMENT.sub(lambda found: name if found[0] == said else found[0], line) for line in lines]
    return [f"{name} = {said}", *replaced]


_MADE = "super().__init__("


def written(shared: SharedByClasses, frames: Sequence[Frame]) -> ClassCode:
    """Write one class for these frames, as yet without a name; raise ConflictError where they differ too much."""
    if len({len(frame.inputs) for frame in frames}) > 1:
        raise ConflictError("inputs")
    inputs = _inputs(frames[0])
    writer = ClassWriter(shared, frames, _scope(shared, frames, inputs))
    straight = bool(frames[0].path) and all(is_straight(frame, shared.sharing) for frame in frames)
    body = ClassBody(chain.statements(writer), [], [], "nn.Sequential") if straight else network(writer, inputs)
    arguments = tuple(_arguments(writer))
    columns = {argument.name: writer.scope.params[argument.name].column for argument in arguments}
    values = {id(frame): {key: column[i] for key, column in columns.items()} for i, frame in enumerate(frames)}
    outputs = tuple(_outputs(writer, arguments))
    lines = tuple(_lines(writer, arguments, body))
    return ClassCode(body.base, arguments, values, outputs, lines, writer.places, frames[0].block)


def _inputs(frame: Frame) -> list[str]:
    """Return what the forward pass calls its inputs."""
    if len(frame.inputs) == 1:
        return ["x"]
    if not frame.path:
        return list(frame.inputs)
    called = [frame.names.get(source, "input") for source in frame.inputs]
    return [name if name != "input" else "x" if not i else f"x{i + 1}" for i, name in enumerate(called)]


def _scope(shared: SharedByClasses, frames: Sequence[Frame], inputs: Sequence[str]) -> ClassScope:
    """Return the scope of a class, with the channels of its inputs as params where they are not plain."""
    scope = ClassScope(Namespace(GLOBALS, shared.class_names, {INDEX}), [{} for _ in frames])
    single = len(frames) == 1 and frames[0].block is None
    for i, name in enumerate(inputs):
        column = [shared.channels[frame.inputs[i]] for frame in frames]
        wanted = f"{name}_channels" if i else "in_channels"
        said = formula.literal(column[0]) if single else scope.add(wanted, column, input=i)
        scope.channels.update((frame.inputs[i], said) for frame in frames)
    return scope


def _arguments(writer: ClassWriter) -> Iterator[Argument]:
    """Yield the params of a class: the channels of inputs, the block's, and others; those with a default last."""
    used = [param for param in writer.scope.params.values() if param.used]
    order = [*writer.frames[0].view]
    used.sort(key=lambda param: (param.input is None, order.index(param.param) if param.param else len(order)))
    found = [
        Argument(
            p.name, p.kind or HoleKind.VALUE, p.param, p.input, _default(writer, p), set(map(type, p.column)) == {bool}
        )
        for p in used
    ]
    return iter(sorted(found, key=lambda argument: (argument.default is not None, argument.is_flag)))


def _default(writer: ClassWriter, param: Param) -> Expr | None:
    block = writer.frames[0].block
    default = writer.shared.blocks[block].params[param.param] if block and param.param else None
    return None if default is None or isinstance(default, Computed) else formula.literal(default)


def _outputs(writer: ClassWriter, arguments: Sequence[Argument]) -> Iterator[Expr | None]:
    """Yield the channels of what leaves, over the arguments."""
    scope, known = writer.scope, {argument.name for argument in arguments}
    for i in range(len(writer.frames[0].outputs)):
        sources = [frame.outputs[i] for frame in writer.frames]
        counts = [*zip(writer.rows(), map(writer.shared.channels.__getitem__, sources), strict=True)]
        found = [_without_locals(scope, said) for source in sources if (said := scope.channels.get(source))]
        yield next(
            (said for said in found if known.issuperset(formula.names_in(said)) and scope.agrees(said, counts)), None
        )


def _without_locals(scope: ClassScope, said: Expr) -> Expr:
    found = formula.over(said, lambda name: scope.locals.get(name) or formula.name(name))
    return found if scope.locals.keys().isdisjoint(formula.names_in(found)) else _without_locals(scope, found)


def _lines(writer: ClassWriter, arguments: Sequence[Argument], body: ClassBody) -> Iterator[str]:
    """Yield the lines inside of a class, indented."""
    own = [*variables(writer), *without_repetition(body.init, writer.scope.names)]
    made_at_once = any(line.startswith(_MADE) for line in own)
    init = own if made_at_once else [f"{_MADE})", *own]
    if arguments or len(init) > 1 or made_at_once:
        yield f"    def __init__({', '.join(['self', *(_signature(writer, argument) for argument in arguments)])}):"
        yield from (f"        {line}" for line in init)
    if body.forward:
        if arguments or len(init) > 1:
            yield ""
        yield f"    def forward({', '.join(['self', *body.inputs])}):"
        yield from (f"        {line}" for line in body.forward)


def _signature(writer: ClassWriter, argument: Argument) -> str:
    if argument.default is None:
        return argument.name
    return f"{argument.name}={writer.text(argument.default, argument.kind)}"


ClassGroup = tuple[Sequence[Frame], ClassCode]

_MOST_TRIED = 8


def classes(shared: SharedByClasses, frames: Sequence[Frame]) -> Iterator[ClassCode]:
    """Write the classes of these frames, and note which frame has which."""
    by_look: dict[object, list[Frame]] = {}
    for frame in frames:
        by_look.setdefault(_look(frame, shared), []).append(frame)
    for group, found in _groups(shared, frames, [*by_look.values()]):
        named = replace(found, name=shared.names.add(class_name(frames[0].title)))
        shared.classes.update((id(frame), named) for frame in group)
        shared.places.update(named.places)
        yield named


def _groups(shared: SharedByClasses, frames: Sequence[Frame], looks: Iterable[Sequence[Frame]]) -> list[ClassGroup]:
    """Return which frames have a class in common: all if possible, else as many kinds of look as go together."""
    if whole := _tried(shared, frames):
        return [(frames, whole)]
    groups: list[ClassGroup] = []
    for alike in looks:
        own = _tried(shared, alike)
        if own is None:
            groups.extend(([frame], written(shared, [frame])) for frame in alike)
            continue
        for i, (group, _) in enumerate(groups[-_MOST_TRIED:], max(0, len(groups) - _MOST_TRIED)):
            if joined := _tried(shared, [*group, *alike]):
                groups[i] = ([*group, *alike], joined)
                break
        else:
            groups.append((alike, own))
    return groups


def _tried(shared: SharedByClasses, frames: Sequence[Frame]) -> ClassCode | None:
    try:
        return written(shared, frames)
    except ConflictError:
        return None


def _look(frame: Frame, shared: SharedByClasses) -> tuple[object, ...]:
    """Return what of a frame is more than values: the shape of its code."""
    numbers = {source: i for i, source in enumerate(frame.inputs)}
    look: list[object] = []
    for op in frame.ops:
        reads = tuple(numbers[source] for source in op.reads)
        look.append((op.key, op.name, reads, shared.trainable.get(id(op)), _look_of(op, shared)))
        for source in op.gives:
            numbers.setdefault(source, len(numbers))
    return *look, tuple(numbers[source] for source in frame.outputs)


def _look_of(op: FrameStep, shared: SharedByClasses) -> object:
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
    return _look(op.frame, shared) if op.frame.kind in shared.inline else id(shared.class_of(op.frame))
