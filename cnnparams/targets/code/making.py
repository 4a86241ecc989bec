"""What makes a layer or a module: code in the names of the class that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cnnparams.expression import Value
from cnnparams.layers.contract.base import Layer
from cnnparams.layers.contract.spelling import Code, Spelling
from cnnparams.schema.bodies import LayerBody, NamedActivation
from cnnparams.schema.template import evaluate
from cnnparams.targets.code import formula
from cnnparams.targets.code.classes import SharedByClasses
from cnnparams.targets.code.frames import FrameStep, label
from cnnparams.targets.code.holes import ABSENT, ConflictError, Hole, HoleKind, HoleRow
from cnnparams.targets.code.simplify import Expr, every
from cnnparams.targets.code.writer import ClassWriter, Ops
from cnnparams.targets.code.written import Written

_CALL = re.compile(r"([\w.]+)\(([^()]*)\)")
_ARGUMENT = re.compile(r"(?:(\w+)=)?\{(\w+)\}")


class CodeTemplate(NamedTuple):
    """A template and, for each of its holes, the value in each row."""

    text: str
    holes: Mapping[str, list[Value]]


def joined(codes: Sequence[Code | None], layers: Sequence[Layer | None]) -> CodeTemplate:
    """Return the template of all; a setting that some leave out has its default there.

    A row without a layer has no code. Raise ConflictError for code that differs in more than settings.
    """
    given = [code for code in codes if code]
    text = given[0].template
    if any(code.template != text for code in given):
        text = _union([code.template for code in given], next(layer for layer in layers if layer))
    holes = dict.fromkeys(hole for code in given for hole in code.values if f"{{{hole}}}" in text)
    return CodeTemplate(text, {hole: [_value(hole, *row) for row in zip(codes, layers, strict=True)] for hole in holes})


def _value(hole: str, code: Code | None, layer: Layer | None) -> Value:
    if code is None or layer is None:
        return ABSENT
    return code.values[hole] if hole in code.values else type(layer).model_fields[hole].default


def _union(templates: Sequence[str], layer: Layer) -> str:
    """Return the call of a class with every setting that one of these calls has."""
    calls = [_CALL.fullmatch(text) for text in templates]
    found = [_arguments(call[2]) for call in calls if call]
    names = {call[1] for call in calls if call}
    by_place = {tuple(hole for named, hole in arguments if not named) for arguments in found}
    if not all(calls) or len(names) > 1 or len(by_place) > 1:
        raise ConflictError(templates[0])
    named = _merged([[hole for name, hole in arguments if name] for arguments in found])
    optional = [hole for hole in named if any((hole, hole) not in arguments for arguments in found)]
    if not type(layer).model_fields.keys() >= set(optional):
        raise ConflictError(templates[0])
    (first,), (name,) = by_place, names
    arguments = [*(f"{{{hole}}}" for hole in first), *(f"{hole}={{{hole}}}" for hole in named)]
    return f"{name}({', '.join(arguments)})"


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """Return all that any of these lists has, in an order that is that of each."""
    found: list[str] = []
    for order in orders:
        for before, item in zip([None, *order], order, strict=False):
            if item not in found:
                found.insert(found.index(before) + 1 if before else 0, item)
    return found


def _arguments(text: str) -> list[tuple[str | None, str]]:
    """Return the arguments of a call, each with its name and its hole; raise ConflictError where one is no hole."""
    found = [_ARGUMENT.fullmatch(argument) for argument in text.split(", ") if argument]
    if not all(argument and argument[1] in (None, argument[2]) for argument in found):
        raise ConflictError(text)
    return [(argument[1], argument[2]) for argument in found if argument]


class Made(NamedTuple):
    """A layer in code: what makes it, if anything, the template of its call, and what stands in the holes of that."""

    make: str | None
    call: str
    said: dict[str, Expr]


def layer(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow], *, in_forward: bool = False) -> Made:
    """Write a layer, and note the channels that it gives; raise ConflictError where no code is right in all rows."""
    spellings = [_spelling(op, in_forward=in_forward) for op in ops]
    given = [spelling for spelling in spellings if spelling]
    layers = [op.node.layer if op and op.node else None for op in ops]
    if len({spelling.make is None for spelling in given}) > 1:
        raise ConflictError("make")
    call = joined([spelling and spelling.call for spelling in spellings], layers)
    make = joined([spelling and spelling.make for spelling in spellings], layers) if given[0].make else None
    holes = {**(make.holes if make else {}), **call.holes}
    said = {hole: _said(writer, _hole(writer, hole, values, ops, rows), rows) for hole, values in holes.items()}
    _track(writer, ops, rows, said)
    texts = {hole: writer.text(found) for hole, found in said.items()}
    return Made(make and make.text.format_map(texts), call.text, {hole: said[hole] for hole in call.holes})


def _spelling(op: FrameStep | None, *, in_forward: bool) -> Spelling | None:
    if not op or not op.node:
        return None
    layer, shapes = op.node.layer, op.node.input_shapes
    return layer.in_forward(*shapes) if in_forward else layer.spelling(*shapes)


def _hole(writer: ClassWriter, name: str, values: Sequence[Value], ops: Ops, rows: Sequence[HoleRow]) -> Hole:
    """Return the hole of a setting: as the spec computes it, plain as the spec has it, or decided by the input."""
    body = next(op.step.entry.body for op in ops if op)
    template = body.template if isinstance(body, LayerBody) else None
    if template and name in (computed := dict(template.computed)):
        return Hole(name, values, writer.sayings(rows, [written(op, computed[name]) for op in ops]))
    if template and name in template.settings:
        return Hole(name, values)
    return Hole(name, values, writer.channels(ops, rows), counts=True)


def _said(writer: ClassWriter, hole: Hole, rows: Sequence[HoleRow]) -> Expr:
    """Return what stands in a hole; of a shape that the input decides, each dimension."""
    shapes = [value for value in hole.values if value is not ABSENT]
    if not hole.counts or any(not isinstance(shape, tuple) or len(shape) != len(shapes[0]) for shape in shapes):
        return writer.scope.resolve(hole, rows)
    candidates = [*hole.candidates]
    columns = [[v if v is ABSENT else v[i] for v in hole.values] for i in range(len(shapes[0]))]
    return formula.listed([writer.scope.resolve(hole._replace(values=c, candidates=candidates), rows) for c in columns])


def written(op: FrameStep | None, value: object) -> Written | None:
    """Return a value of an entry as it is written in it."""
    return Written(value, op.step.scope, op.view, op.step.source) if op else None


def _track(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow], said: Mapping[str, Expr]) -> None:
    known = [[writer.scope.channels.get(source) for source in op.reads] for op in ops if op]
    sums = [formula.total(parts) for parts in known if len(parts) > 1 and None not in parts]  # type: ignore[arg-type]
    own = [found for hole, found in said.items() if hole.startswith("out_")]
    writer.track(ops, rows, 0, [*own, *writer.channels(ops, rows), *said.values(), *sums[:1]])


class ActivationCode(NamedTuple):
    """The activation of a layer: what makes it, and what calls it without making anything, if there is such code."""

    make: str
    call: str | None = None


def activation(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> ActivationCode | None:
    """Return the activation of a layer, if it has one."""
    made = [_activation(op) for op in ops]
    present = {found for found, op in zip(made, ops, strict=True) if op}
    if len(present) == 1:
        return present.pop()
    if any(found and not found.make.endswith("()") for found in present):
        raise ConflictError("activation")
    given = [written(op, _activation_slot(op).word) if op else None for op in ops]
    hole = Hole("activation", [_word(op) for op in ops], writer.sayings(rows, given), HoleKind.ACTIVATION)
    text = writer.text(writer.scope.resolve(hole, rows), HoleKind.ACTIVATION)
    return ActivationCode(f"{text}()" if text.isidentifier() else f"({text})()")


def _activation(op: FrameStep | None) -> ActivationCode | None:
    if not op or not op.node or not op.node.activation:
        return None
    layer, shape = op.node.activation, op.node.output_shape
    made, called = layer.spelling(shape).make, layer.in_forward(shape)
    assert made
    return ActivationCode(made.text(), None if called.make else called.call.text({"x": "{x}"}))


def _activation_slot(op: FrameStep) -> NamedActivation:
    slot = getattr(op.step.entry.body, "activation", None)
    if not isinstance(slot, NamedActivation):
        raise ConflictError("activation")
    return slot


def _word(op: FrameStep | None) -> Value:
    return evaluate("activation", _activation_slot(op).word, op.step.scope) if op else ABSENT


def condition(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> str | None:
    """Return under what condition a step is there; None where it always is."""
    if all(ops):
        return None
    candidates = _met(writer, ops, rows)
    name = label(next(op for op in ops if op))
    return writer.text(writer.scope.resolve(Hole(name, [op is not None for op in ops], candidates), rows))


def _met(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> Iterator[Expr]:
    for op, row in zip(ops, rows, strict=True):
        if op:
            parts = [[*writer.sayings([row], [when])] for when in op.conditions]
            if all(parts):
                yield every([said for (said,) in parts])


def frozen(writer: ClassWriter, ops: Ops, rows: Sequence[HoleRow]) -> str:
    """Return what freezes a layer or a module, behind what makes it."""
    values = [writer.shared.trainable.get(id(op), ABSENT) if op else ABSENT for op in ops]
    if all(value is ABSENT for value in values):
        return ""
    given = [written(op, op.step.entry.trainable) if op else None for op in ops]
    whole = not any(_freezes_inside(op, writer.shared) for op in ops if op)
    hole = Hole("trainable", values, writer.sayings(rows, given) if whole else ())
    text = writer.text(writer.scope.resolve(hole, rows))
    if not whole and text not in ("True", "False"):
        raise ConflictError("trainable")  # what learns as a whole would learn in all parts
    return "" if text == "True" else f".requires_grad_({text})"


def _freezes_inside(op: FrameStep, shared: SharedByClasses) -> bool:
    inside = op.frame.ops if op.frame else ()
    return any(shared.trainable.get(id(inner)) is False or _freezes_inside(inner, shared) for inner in inside)
