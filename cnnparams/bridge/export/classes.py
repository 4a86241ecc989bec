"""Frames -> classes: one for all frames of a kind, or several where they differ too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnparams.bridge.export import chain, formula
from cnnparams.bridge.export.book import Argument, Book, Class
from cnnparams.bridge.export.frames import Frame
from cnnparams.bridge.export.holes import ConflictError, Kind
from cnnparams.bridge.export.names import GLOBALS, Namespace
from cnnparams.bridge.export.network import Body, network
from cnnparams.bridge.export.scope import Param, Scope
from cnnparams.bridge.export.simplify import Formula
from cnnparams.bridge.export.straight import is_straight
from cnnparams.bridge.export.variables import variables, without_repetition
from cnnparams.bridge.export.writer import INDEX, Writer
from cnnparams.schema.computed import Computed

_MADE = "super().__init__("


def written(book: Book, frames: Sequence[Frame]) -> Class:
    """Write one class for these frames, as yet without a name; raise ConflictError where they differ too much."""
    if len({len(frame.inputs) for frame in frames}) > 1:
        raise ConflictError("inputs")
    inputs = _inputs(frames[0])
    writer = Writer(book, frames, _scope(book, frames, inputs))
    straight = bool(frames[0].path) and all(is_straight(frame, book.sharing) for frame in frames)
    body = Body(chain.statements(writer), [], [], "nn.Sequential") if straight else network(writer, inputs)
    arguments = tuple(_arguments(writer))
    columns = {argument.name: writer.scope.params[argument.name].column for argument in arguments}
    values = {id(frame): {key: column[i] for key, column in columns.items()} for i, frame in enumerate(frames)}
    outputs = tuple(_outputs(writer, arguments))
    lines = tuple(_lines(writer, arguments, body))
    return Class(body.base, arguments, values, outputs, lines, writer.places, frames[0].block)


def _inputs(frame: Frame) -> list[str]:
    """Return what the forward pass calls its inputs."""
    if len(frame.inputs) == 1:
        return ["x"]
    if not frame.path:
        return list(frame.inputs)
    called = [frame.names.get(source, "input") for source in frame.inputs]
    return [name if name != "input" else "x" if not i else f"x{i + 1}" for i, name in enumerate(called)]


def _scope(book: Book, frames: Sequence[Frame], inputs: Sequence[str]) -> Scope:
    """Return the scope of a class, with the channels of its inputs as params where they are not plain."""
    scope = Scope(Namespace(GLOBALS, book.class_names, {INDEX}), [{} for _ in frames])
    single = len(frames) == 1 and frames[0].block is None
    for i, name in enumerate(inputs):
        column = [book.channels[frame.inputs[i]] for frame in frames]
        wanted = f"{name}_channels" if i else "in_channels"
        said = formula.literal(column[0]) if single else scope.add(wanted, column, input=i)
        scope.channels.update((frame.inputs[i], said) for frame in frames)
    return scope


def _arguments(writer: Writer) -> Iterator[Argument]:
    """Yield the params of a class: the channels of inputs, the block's, and others; those with a default last."""
    used = [param for param in writer.scope.params.values() if param.used]
    order = [*writer.frames[0].view]
    used.sort(key=lambda param: (param.input is None, order.index(param.param) if param.param else len(order)))
    found = [
        Argument(
            p.name, p.kind or Kind.VALUE, p.param, p.input, _default(writer, p), set(map(type, p.column)) == {bool}
        )
        for p in used
    ]
    return iter(sorted(found, key=lambda argument: (argument.default is not None, argument.is_flag)))


def _default(writer: Writer, param: Param) -> Formula | None:
    block = writer.frames[0].block
    default = writer.book.blocks[block].params[param.param] if block and param.param else None
    return None if default is None or isinstance(default, Computed) else formula.literal(default)


def _outputs(writer: Writer, arguments: Sequence[Argument]) -> Iterator[Formula | None]:
    """Yield the channels of what leaves, over the arguments."""
    scope, known = writer.scope, {argument.name for argument in arguments}
    for i in range(len(writer.frames[0].outputs)):
        sources = [frame.outputs[i] for frame in writer.frames]
        counts = [*zip(writer.rows(), map(writer.book.channels.__getitem__, sources), strict=True)]
        found = [_without_locals(scope, said) for source in sources if (said := scope.channels.get(source))]
        yield next(
            (said for said in found if known.issuperset(formula.names_in(said)) and scope.agrees(said, counts)), None
        )


def _without_locals(scope: Scope, said: Formula) -> Formula:
    found = formula.over(said, lambda name: scope.locals.get(name) or formula.name(name))
    return found if scope.locals.keys().isdisjoint(formula.names_in(found)) else _without_locals(scope, found)


def _lines(writer: Writer, arguments: Sequence[Argument], body: Body) -> Iterator[str]:
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


def _signature(writer: Writer, argument: Argument) -> str:
    if argument.default is None:
        return argument.name
    return f"{argument.name}={writer.text(argument.default, argument.kind)}"
